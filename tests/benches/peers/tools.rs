//! The peers, as Debian and PyPI have them. What is missing is installed, or named.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::Context as _;

/// Sees that nginx, Caddy and the Python packages are there.
pub(crate) fn install() -> anyhow::Result<()> {
    let is_missing = |name: &&&str| {
        let mut tried = Command::new(name);
        tried.arg("version").stdout(Stdio::null()).stderr(Stdio::null());
        tried.status().is_err()
    };
    let missing: Vec<&str> = ["nginx", "caddy"].iter().filter(is_missing).copied().collect();
    if !missing.is_empty() {
        let names = missing.join(" ");
        anyhow::ensure!(rustix::process::geteuid().is_root(), "needed and not found: {names}");
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        let mut install = Command::new("apt-get");
        install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(missing);
        run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    python().map(|_| ())
}

/// The Python environment with gunicorn, eventlet, PasteDeploy and oslo.middleware.
pub(crate) fn python() -> anyhow::Result<&'static Path> {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    if let Some(made) = PYTHON.get() {
        return Ok(made);
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = top.join("../target/python-peers");
    let mut make = Command::new("python3");
    make.arg(top.join("oracle/environment.py")).arg(&environment);
    run(make.arg(top.join("benches/peers/requirements.txt")))?;
    Ok(PYTHON.get_or_init(|| environment))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    anyhow::ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
