//! Servers whose text can be changed while they run.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use impasto_tests::processes::{self, Process};
use tempfile::TempDir;

use super::texts;

/// A server that runs; it is stopped when this is dropped.
pub(crate) struct Neighbour {
    pub(crate) addresses: Addresses,
    directory: TempDir,
    kind: Kind,
    child: Child,
}

/// Where a server listens, and whom it asks, each as `HOST:PORT`.
pub(crate) struct Addresses {
    pub(crate) http1: String,
    /// The same, where a server tells HTTP/1 and HTTP/2 apart.
    pub(crate) http2: String,
    pub(crate) upstream: String,
}

/// What can be started.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Whether it speaks HTTP/2 without TLS.
    pub(crate) http2: bool,
    command: fn() -> anyhow::Result<Command>,
    /// The name of its file, and its text for a revision.
    file: &'static str,
    text: fn(&Addresses, u64) -> String,
    /// The command that reloads; without one it is sent `HUP`.
    reload: &'static [&'static str],
}

pub(crate) const UPSTREAM: Kind = Kind { name: "upstream", text: texts::upstream, ..IMPASTO };

pub(crate) const ALL: [Kind; 5] = [
    IMPASTO,
    Kind { name: "impasto-generations", text: texts::generations, ..IMPASTO },
    Kind {
        name: "nginx",
        http2: true,
        command: || Ok(command("nginx", &["-p", ".", "-c", "nginx.conf"])),
        file: "nginx.conf",
        text: texts::nginx,
        reload: &[],
    },
    Kind {
        name: "caddy",
        http2: true,
        command: || Ok(command("caddy", &["run", "--config", "Caddyfile"])),
        file: "Caddyfile",
        text: texts::caddy,
        reload: &["caddy", "reload", "--config", "Caddyfile", "--address", "unix/admin.socket"],
    },
    Kind {
        name: "gunicorn",
        http2: false,
        command: gunicorn,
        file: "app.py",
        text: texts::gunicorn,
        reload: &[],
    },
];

const IMPASTO: Kind = Kind {
    name: "impasto",
    http2: true,
    command: || Ok(command(env!("CARGO_BIN_EXE_impasto-tests"), &["serve", "api-paste.ini"])),
    file: "api-paste.ini",
    text: texts::impasto,
    reload: &[],
};

fn gunicorn() -> anyhow::Result<Command> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = top.join("../target/python-reload");
    let made = Command::new("python3")
        .arg(top.join("oracle/environment.py"))
        .arg(&environment)
        .arg(top.join("benches/reload/requirements.txt"))
        .status();
    anyhow::ensure!(made.is_ok_and(|made| made.success()), "it cannot be installed");
    let program = environment.canonicalize()?.join("bin/gunicorn");
    Ok(command(&program.display().to_string(), &["--config", "settings.py", "app:app"]))
}

fn command(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    command
}

impl Kind {
    /// Starts it, and waits for nothing. It may ask `upstream` for what it cannot do itself.
    pub(crate) fn start(self, upstream: &str) -> anyhow::Result<Neighbour> {
        let http1 = free_address()?;
        let http2 = if self.name == "nginx" { free_address()? } else { http1.clone() };
        let addresses = Addresses { http1, http2, upstream: upstream.to_owned() };
        let directory = tempfile::tempdir()?;
        fs::write(directory.path().join(self.file), (self.text)(&addresses, 1))?;
        let settings = texts::gunicorn_settings(&addresses);
        fs::write(directory.path().join("settings.py"), settings)?;
        let mut command = (self.command)()?;
        // Not in front of a terminal: `HUP` would mean that it is gone.
        command.current_dir(directory.path()).process_group(0).stdin(Stdio::null());
        // Where Caddy remembers what it served.
        command.env("HOME", directory.path()).env_remove("XDG_CONFIG_HOME");
        // A compiled module may be as old as a new text, to the second.
        command.env("PYTHONDONTWRITEBYTECODE", "1").stdout(Stdio::null());
        command.stderr(fs::File::create(directory.path().join("log"))?);
        let child = command.spawn()?;
        Ok(Neighbour { addresses, directory, kind: self, child })
    }
}

fn free_address() -> std::io::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

impl Neighbour {
    /// Has it serve another text, some time later.
    pub(crate) fn change(&mut self, revision: u64) -> anyhow::Result<()> {
        let path = self.directory.path();
        fs::write(path.join("new"), (self.kind.text)(&self.addresses, revision))?;
        fs::rename(path.join("new"), path.join(self.kind.file))?;
        match self.kind.reload {
            [] => Process(self.child.id()).signal("HUP"),
            [program, words @ ..] => {
                let mut reload = command(program, words);
                reload.current_dir(path).stdout(Stdio::null()).stderr(Stdio::null());
                anyhow::ensure!(reload.status()?.success(), "{} does not reload", self.kind.name);
            }
        }
        Ok(())
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        processes::stop(&mut self.child);
    }
}
