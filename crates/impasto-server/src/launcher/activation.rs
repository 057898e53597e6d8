//! Sockets that systemd opened for this process.

use std::env;
use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::OnceLock;

use listenfd::ListenFd;
use socket2::SockRef;

use crate::address::{BoundAddress, DESCRIPTOR};

/// The number of the first one's descriptor.
const FIRST: usize = 3;

/// One that was passed.
#[derive(Debug)]
struct Passed {
    /// `FileDescriptorName=` of its unit.
    name: String,
    /// `None` for something that no stream can come from.
    socket: Option<(BoundAddress, OwnedFd)>,
}

/// They are taken once, and stay open for whoever asks for them again.
static PASSED: OnceLock<Vec<Passed>> = OnceLock::new();

/// The sockets of this name, or all where it is empty, with where they listen.
///
/// # Errors
///
/// `NotFound` when there is none, `InvalidInput` when one does not listen for streams.
pub(crate) fn sockets(name: &str) -> io::Result<Vec<(BoundAddress, OwnedFd)>> {
    let mut found = Vec::new();
    let number = name.strip_prefix(DESCRIPTOR).and_then(|number| number.parse::<usize>().ok());
    let is_asked_for = |at: usize, name_of_it: &str| match number {
        Some(number) => at + FIRST == number,
        None => name.is_empty() || name_of_it == name,
    };
    let passed = PASSED.get_or_init(take).iter().enumerate();
    for (_, passed) in passed.filter(|(at, it)| is_asked_for(*at, &it.name)) {
        let Some((address, socket)) = &passed.socket else {
            let text = format!("`{}` of systemd is no socket that accepts streams", passed.name);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        };
        found.push((address.clone(), socket.try_clone()?));
    }
    match found.is_empty() {
        true => Err(io::Error::new(io::ErrorKind::NotFound, "systemd has opened no such socket")),
        false => Ok(found),
    }
}

fn take() -> Vec<Passed> {
    let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    let mut passed = ListenFd::from_env();
    let each = 0..passed.len();
    each.map(|at| {
        // The name that systemd gives to what has none.
        let name = names.next().filter(|name| !name.is_empty()).unwrap_or("unknown").to_owned();
        Passed { name, socket: socket(&mut passed, at).ok().flatten() }
    })
    .collect()
}

/// `None` where it has no address, or does not listen.
fn socket(passed: &mut ListenFd, at: usize) -> io::Result<Option<(BoundAddress, OwnedFd)>> {
    let tcp = passed.take_tcp_listener(at).ok().flatten();
    let (address, socket): (_, OwnedFd) = match tcp {
        Some(socket) => (BoundAddress::Tcp(TcpListener::local_addr(&socket)?), socket.into()),
        None => match passed.take_unix_listener(at)? {
            Some(socket) => (BoundAddress::Unix(path(&socket)?), socket.into()),
            None => return Ok(None),
        },
    };
    if !SockRef::from(&socket).is_listener()? {
        return Ok(None);
    }
    SockRef::from(&socket).set_nonblocking(true)?;
    Ok(Some((address, socket)))
}

/// A name in the abstract namespace is shown as systemd's units have it.
fn path(socket: &UnixListener) -> io::Result<PathBuf> {
    use std::os::linux::net::SocketAddrExt;
    let address = socket.local_addr()?;
    let name = address.as_abstract_name().map(String::from_utf8_lossy);
    let path = address.as_pathname().map(PathBuf::from);
    Ok(path.or_else(|| Some(format!("@{}", name?).into())).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    /// Runs the test of this name in a process that is started as systemd does it, with sockets for
    /// its descriptors 3 and 4.
    fn activated(test: &str, names: &str, sockets: [OwnedFd; 2]) -> String {
        let [first, second] = sockets;
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec 3<&0 4>&1 >&2 </dev/null; LISTEN_PID=$$ exec "$@""#, "sh"]);
        command.arg(env::current_exe().unwrap());
        command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        command.env("LISTEN_FDS", "2").env("LISTEN_FDNAMES", names);
        command.stdin(Stdio::from(first)).stdout(Stdio::from(second)).stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{text}");
        text
    }

    fn inner(name: &str) -> String {
        let module = module_path!().split_once("::").unwrap().1;
        format!("{module}::{name}")
    }

    #[test]
    fn sockets_are_known_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let unix = UnixListener::bind(&path).unwrap();
        let expected = format!("http://{} unix:{}", tcp.local_addr().unwrap(), path.display());
        let text = activated(&inner("prints_all"), "web:api", [tcp.into(), unix.into()]);
        assert!(text.contains(&format!("all: {expected}\n")), "{text}");
        let unix = expected.split(' ').next_back().unwrap();
        assert!(text.contains(&format!("api: {unix}\n")), "{text}");
        assert!(text.contains("other: systemd has opened no such socket\n"), "{text}");
        assert!(text.contains("again: 2\n"), "{text}");
    }

    #[test]
    fn what_does_not_listen_is_refused_when_it_is_asked_for() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let (file, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let address = tcp.local_addr().unwrap();
        let text = activated(&inner("prints_all"), "web:api", [tcp.into(), file.into()]);
        let refused = "`api` of systemd is no socket that accepts streams";
        assert!(text.contains(&format!("api: {refused}\n")), "{text}");
        assert!(text.contains(&format!("web: http://{address}\n")), "{text}");
        assert!(text.contains(&format!("all: {refused}\n")), "{text}");
    }

    #[test]
    #[ignore = "runs as a process of the tests above"]
    fn prints_all() {
        for name in ["", "web", "api", "other"] {
            let found = match sockets(name) {
                Ok(found) => {
                    let addresses = found.iter().map(|(address, _)| address.to_string());
                    addresses.collect::<Vec<_>>().join(" ")
                }
                Err(error) => error.to_string(),
            };
            eprintln!("{}: {found}", if name.is_empty() { "all" } else { name });
        }
        eprintln!("again: {}", sockets("").map_or(0, |found| found.len()));
    }
}
