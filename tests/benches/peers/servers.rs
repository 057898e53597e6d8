//! The servers that are measured, and how each is told to serve the same text.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::peer::{Peer, free_address};
use crate::tls::Certificate;
use crate::tools;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Server {
    Hyper,
    Impasto(Stack),
    Nginx,
    Caddy,
    Gunicorn(Stack),
    Eventlet(Stack),
}

/// What a file declares.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Stack {
    /// An app in Rust.
    Empty,
    /// That app behind the eight filters of the bench `stack`.
    Eight,
    /// An app that is written in both languages.
    Hello,
    /// That app behind five filters that both have.
    Five,
}

/// How a server is to serve.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    /// Processes of one thread each, or threads where a server has none. nginx, Caddy and impasto have as
    /// many as this.
    pub(crate) workers: usize,
    pub(crate) certificate: Option<&'a Certificate>,
    /// Speaks HTTP/2; nginx 1.22 then speaks nothing else without TLS.
    pub(crate) http2: bool,
    /// The socket on which impasto says that it is ready.
    pub(crate) notify: Option<&'a Path>,
}

impl Setup<'_> {
    pub(crate) const PLAIN: Setup<'static> =
        Setup { workers: 1, certificate: None, http2: false, notify: None };
}

/// impasto with no filter, and with the eight.
pub(crate) const EMPTY: Server = Server::Impasto(Stack::Empty);
pub(crate) const EIGHT: Server = Server::Impasto(Stack::Eight);

impl Server {
    pub(crate) fn description(self) -> &'static str {
        match self {
            Server::Hyper => "bare hyper",
            Server::Impasto(Stack::Empty) => "impasto, no filter",
            Server::Impasto(Stack::Eight) => "impasto, eight filters",
            Server::Impasto(Stack::Hello) => "impasto, the common file, no filter",
            Server::Impasto(Stack::Five) => "impasto, the common file, five filters",
            Server::Nginx => "nginx",
            Server::Caddy => "Caddy",
            Server::Gunicorn(Stack::Five) => "gunicorn, the common file, five filters",
            Server::Gunicorn(_) => "gunicorn, the common file, no filter",
            Server::Eventlet(Stack::Five) => "eventlet, the common file, five filters",
            Server::Eventlet(_) => "eventlet, the common file, no filter",
        }
    }

    /// Whether it answers hundreds of times slower than the others.
    pub(crate) fn is_slow(self) -> bool {
        matches!(self, Server::Gunicorn(_) | Server::Eventlet(_))
    }

    /// Starts it, and waits for nothing.
    pub(crate) fn start(self, setup: Setup<'_>) -> anyhow::Result<Peer> {
        let address = free_address()?;
        let directory = tempfile::tempdir()?;
        let command = self.command(setup, address, &directory)?;
        Peer::start(address, directory, command)
    }

    fn command(
        self,
        setup: Setup<'_>,
        address: SocketAddr,
        directory: &TempDir,
    ) -> anyhow::Result<Command> {
        let write = |name, text| fs::write(directory.path().join(name), text);
        let mut command;
        match self {
            Server::Hyper => {
                command = Command::new(std::env::current_exe()?);
                command.args(["hyper", &address.to_string()]);
            }
            Server::Impasto(stack) => {
                write("api-paste.ini", impasto(stack, setup, address))?;
                command = Command::new(env!("CARGO_BIN_EXE_impasto-tests"));
                command.args(["serve", "api-paste.ini"]);
            }
            Server::Nginx => {
                write("nginx.conf", nginx(setup, address))?;
                command = Command::new("nginx");
                command.args(["-p", ".", "-c", "nginx.conf"]);
            }
            Server::Caddy => {
                write("Caddyfile", caddy(address))?;
                command = Command::new("caddy");
                command.args(["run", "--config", "Caddyfile"]);
                command.env("GOMAXPROCS", setup.workers.to_string());
            }
            Server::Gunicorn(stack) => {
                command = Command::new(tools::python()?.join("bin/gunicorn"));
                command.args(["--paste", &uri(stack), "--bind", &address.to_string()]);
                command.args(["--worker-class", "gthread", "--threads", "4", "--keep-alive", "60"]);
            }
            Server::Eventlet(stack) => {
                command = Command::new(tools::python()?.join("bin/python"));
                command.arg(in_sources("eventlet_server.py"));
                command.args([address.port().to_string(), format!("config:{}", uri(stack))]);
            }
        }
        if let Some(socket) = setup.notify {
            command.env("NOTIFY_SOCKET", socket);
        }
        if self.is_slow() {
            command.env("PYTHONPATH", in_sources("")).env("PYTHONDONTWRITEBYTECODE", "1");
        }
        Ok(command)
    }
}

fn impasto(stack: Stack, setup: Setup<'_>, address: SocketAddr) -> String {
    // Workers of one thread, as nginx has them: without a launcher, the process would serve with a thread
    // for each core.
    let workers = setup.workers;
    let mut text = format!(
        "[app:main]\nuse = config:{}\n\
         [server:main]\nuse = egg:impasto#http\nlisten = {address}\nbacklog = 4096\n\
         handshake_timeout = 60s\nthreads = 1\nworkers = {workers}\n",
        uri(stack)
    );
    if let Some(certificate) = setup.certificate {
        text += &format!("tls_cert = {}\n", certificate.path.display());
    }
    text
}

fn nginx(setup: Setup<'_>, address: SocketAddr) -> String {
    let workers = setup.workers;
    let ssl = if setup.certificate.is_some() { " ssl" } else { "" };
    let http2 = if setup.http2 { " http2" } else { "" };
    let certificate = setup.certificate.map_or_else(String::new, |certificate| {
        let path = certificate.path.display();
        format!("ssl_certificate {path};\nssl_certificate_key {path};\n")
    });
    format!(
        "daemon off;\nworker_processes {workers};\nworker_rlimit_nofile 20000;\npid nginx.pid;\n\
         error_log stderr warn;\nevents {{\nworker_connections 16384;\n}}\n\
         http {{\naccess_log off;\nkeepalive_requests 100000000;\ndefault_type text/plain;\n\
         server {{\nlisten {address}{ssl}{http2} backlog=4096;\nssl_protocols TLSv1.2 TLSv1.3;\n{certificate}\
         location / {{\nreturn 200 \"Hello, world!\";\n}}\n}}\n}}\n"
    )
}

/// By its port, since the requests are for another host than the address.
fn caddy(address: SocketAddr) -> String {
    let (host, port) = (address.ip(), address.port());
    format!(
        "{{\nadmin off\nauto_https off\n}}\n\
         http://:{port} {{\nbind {host}\nrespond \"Hello, world!\"\n}}\n"
    )
}

/// Where the app of a stack is declared, as `config:` and gunicorn have it.
fn uri(stack: Stack) -> String {
    let (file, name) = match stack {
        Stack::Empty => ("../stack/stack.ini", "empty"),
        Stack::Eight => ("../stack/stack.ini", "eight"),
        Stack::Hello => ("api-paste.ini", "hello"),
        Stack::Five => ("api-paste.ini", "five"),
    };
    format!("{}#{name}", in_sources(file))
}

/// A path among the sources of this bench.
pub(crate) fn in_sources(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(file).display().to_string()
}
