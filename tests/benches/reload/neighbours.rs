//! Servers whose text can be changed while they run.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use impasto_tests::processes::{self, Process};
use tempfile::TempDir;

/// A server that runs; it is stopped when this is dropped.
pub(crate) struct Neighbour {
    pub(crate) name: &'static str,
    /// `HOST:PORT`
    pub(crate) address: String,
    directory: TempDir,
    /// Its file in this directory, and that file's text for an address and a revision.
    file: &'static str,
    text: fn(&str, u64) -> String,
    /// The command that reloads; without one it is sent `HUP`.
    reload: Option<Command>,
    child: Child,
}

type Start = fn(&[String]) -> anyhow::Result<Option<Neighbour>>;

pub(crate) const ALL: [Start; 5] = [impasto, generations, nginx, caddy, gunicorn];

fn impasto(words: &[String]) -> anyhow::Result<Option<Neighbour>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_impasto-tests"));
    command.args(["serve", "api-paste.ini"]);
    start("impasto", words, "api-paste.ini", command, |address, revision| {
        format!("{}workers = 2\n", text(address, revision))
    })
}

/// Where each reload needs other processes, as each of nginx and gunicorn does.
fn generations(words: &[String]) -> anyhow::Result<Option<Neighbour>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_impasto-tests"));
    command.args(["serve", "api-paste.ini"]);
    start("impasto-generations", words, "api-paste.ini", command, |address, revision| {
        format!("{}workers = {}\n", text(address, revision), 2 + revision % 2)
    })
}

fn text(address: &str, revision: u64) -> String {
    format!(
        "[pipeline:main]\npipeline = revision text\n\
         [filter:revision]\nuse = egg:impasto-tests#revision\nnumber = {revision}\n\
         [app:text]\nuse = egg:impasto#respond\nbody = revision {revision}\n\
         [server:main]\nuse = egg:impasto#http\nlisten = {address}\nthreads = 1\n"
    )
}

fn nginx(words: &[String]) -> anyhow::Result<Option<Neighbour>> {
    let mut command = Command::new("nginx");
    command.args(["-p", ".", "-c", "nginx.conf"]);
    start("nginx", words, "nginx.conf", command, |address, revision| {
        format!(
            "daemon off;\nworker_processes 2;\npid nginx.pid;\nerror_log stderr warn;\n\
             events {{}}\nhttp {{\naccess_log off;\nkeepalive_requests 1000000;\n\
             server {{\nlisten {address} backlog=1024;\n\
             location / {{\nadd_header x-revision {revision};\n\
             return 200 \"revision {revision}\";\n}}\n}}\n}}\n"
        )
    })
}

fn caddy(words: &[String]) -> anyhow::Result<Option<Neighbour>> {
    let mut command = Command::new("caddy");
    command.args(["run", "--config", "Caddyfile"]);
    let mut started = start("caddy", words, "Caddyfile", command, |address, revision| {
        format!(
            "{{\nadmin unix/admin.socket\nauto_https off\n}}\n\
             http://{address} {{\nheader x-revision {revision}\nrespond \"revision {revision}\"\n}}\n"
        )
    })?;
    if let Some(server) = &mut started {
        let mut reload = Command::new("caddy");
        reload.args(["reload", "--config", "Caddyfile", "--address", "unix/admin.socket"]);
        server.reload = Some(reload);
    }
    Ok(started)
}

fn gunicorn(words: &[String]) -> anyhow::Result<Option<Neighbour>> {
    if !is_wanted("gunicorn", words) {
        return Ok(None);
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = top.join("../target/python-reload");
    let made = Command::new("python3")
        .arg(top.join("oracle/environment.py"))
        .arg(&environment)
        .arg(top.join("benches/reload/requirements.txt"))
        .status();
    if !made.is_ok_and(|made| made.success()) {
        eprintln!("gunicorn is left out: it cannot be installed");
        return Ok(None);
    }
    let mut command = Command::new(environment.canonicalize()?.join("bin/gunicorn"));
    command.args(["--config", "settings.py", "app:app"]);
    start("gunicorn", words, "app.py", command, |_, revision| {
        format!(
            "def app(environ, start):\n    body = b\"revision {revision}\"\n    \
             start(\"200 OK\", [(\"x-revision\", \"{revision}\"), (\"content-length\", str(len(body)))])\n    \
             return [body]\n"
        )
    })
}

fn is_wanted(name: &str, words: &[String]) -> bool {
    words.is_empty() || words.iter().any(|word| word == name)
}

fn start(
    name: &'static str,
    words: &[String],
    file: &'static str,
    mut command: Command,
    text: fn(&str, u64) -> String,
) -> anyhow::Result<Option<Neighbour>> {
    if !is_wanted(name, words) {
        return Ok(None);
    }
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let directory = tempfile::tempdir()?;
    fs::write(directory.path().join(file), text(&address, 1))?;
    let settings = format!(
        "bind = '{address}'\nworkers = 2\nworker_class = 'gthread'\nthreads = 40\nkeepalive = 75\n\
         loglevel = 'error'\n"
    );
    fs::write(directory.path().join("settings.py"), settings)?;
    // Not in front of a terminal: `HUP` would mean that it is gone.
    command.current_dir(directory.path()).process_group(0).stdin(Stdio::null());
    // Where Caddy remembers what it served.
    command.env("HOME", directory.path()).env_remove("XDG_CONFIG_HOME");
    // A compiled module may be as old as a new text, to the second.
    command.env("PYTHONDONTWRITEBYTECODE", "1").stdout(Stdio::null());
    let log = fs::File::create(directory.path().join("log"))?;
    match command.stderr(log).spawn() {
        Err(error) => {
            eprintln!("{name} is left out: {error}");
            Ok(None)
        }
        Ok(child) => {
            Ok(Some(Neighbour { name, address, directory, file, text, reload: None, child }))
        }
    }
}

impl Neighbour {
    /// Has it serve another text, some time later.
    pub(crate) fn change(&mut self, revision: u64) -> anyhow::Result<()> {
        let path = self.directory.path();
        fs::write(path.join("new"), (self.text)(&self.address, revision))?;
        fs::rename(path.join("new"), path.join(self.file))?;
        match &mut self.reload {
            None => Process(self.child.id()).signal("HUP"),
            Some(reload) => {
                reload.current_dir(path).stdout(Stdio::null()).stderr(Stdio::null());
                anyhow::ensure!(reload.status()?.success(), "{} does not reload", self.name);
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
