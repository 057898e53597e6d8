//! What systemd and a service it started say to each other.
//!
//! Nothing here fails a start: a service runs as well when nobody listens to it.

use std::env;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The variables by which systemd speaks to one process: no child of it may have them.
pub(crate) const VARIABLES: [&str; 6] = [
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
    "WATCHDOG_PID",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LISTEN_FDNAMES",
];

/// What a service is told to systemd to be doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State<'a> {
    /// It has started, or has reloaded.
    Ready,
    /// It has begun to reload.
    Reloading,
    /// It has begun to end.
    Stopping,
    /// It lives.
    Alive,
    /// This process is the service from now on.
    MainPid(u32),
    /// In words, for `systemctl status`.
    Status(&'a str),
}

/// The service manager of this process, if it has one.
#[derive(Debug)]
pub(crate) struct Systemd {
    to: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Systemd {
    pub(crate) fn of_this_process() -> Systemd {
        let to = env::var_os("NOTIFY_SOCKET");
        let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        // Another process may be meant, whose environment we were given.
        let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|usec| is_ours && *usec > 0);
        Systemd::new(to.as_deref().map(OsStrExt::as_bytes), watchdog.map(Duration::from_micros))
    }

    fn new(to: Option<&[u8]>, watchdog: Option<Duration>) -> Systemd {
        let to = to.filter(|to| !to.is_empty()).and_then(|to| match connect(to) {
            Ok(to) => Some(to),
            Err(error) => {
                tracing::warn!(%error, "cannot speak to systemd");
                None
            }
        });
        let watchdog = watchdog.filter(|_| to.is_some());
        Systemd { to, watchdog }
    }

    /// Says that this process is the service from now on, and nothing more: whatever we said of our
    /// own end would be taken for its.
    pub(crate) fn hand_over(&mut self, to: u32) {
        self.tell(&[State::MainPid(to)]);
        (self.to, self.watchdog) = (None, None);
    }

    /// How often to say that we live: twice as often as systemd wants to hear it.
    pub(crate) fn watchdog(&self) -> Option<Duration> {
        self.watchdog.map(|watchdog| watchdog / 2)
    }

    /// Says so, several things at once. Never waits: a manager that does not listen must not stop us.
    pub(crate) fn tell(&self, states: &[State<'_>]) {
        let Some((socket, to)) = &self.to else { return };
        let text: String = states.iter().map(|state| line(*state)).collect();
        if let Err(error) = socket.send_to_addr(text.as_bytes(), to) {
            tracing::debug!(%error, "cannot speak to systemd");
        }
    }
}

/// A path, or a name in the abstract namespace.
fn connect(to: &[u8]) -> io::Result<(UnixDatagram, SocketAddr)> {
    let to = match to {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        [b'/', ..] => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(to))?,
        _ => {
            let text = "NOTIFY_SOCKET is no unix socket";
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    Ok((socket, to))
}

fn line(state: State<'_>) -> String {
    match state {
        State::Ready => "READY=1\n".into(),
        State::Reloading => {
            // By which systemd knows a READY that belongs to it from an older one.
            let now = clock_gettime(ClockId::Monotonic);
            let usec = now.tv_sec * 1_000_000 + now.tv_nsec / 1000;
            format!("RELOADING=1\nMONOTONIC_USEC={usec}\n")
        }
        State::Stopping => "STOPPING=1\n".into(),
        State::Alive => "WATCHDOG=1\n".into(),
        State::MainPid(pid) => format!("MAINPID={pid}\n"),
        State::Status(text) => {
            // Each line is a message of its own.
            format!("STATUS={}\n", text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(by: &UnixDatagram) -> String {
        let mut bytes = [0; 4096];
        let some = by.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..some].to_vec()).unwrap()
    }

    #[test]
    fn states_arrive_as_lines() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let path = path.as_os_str().as_bytes();
        let mut systemd = Systemd::new(Some(path), Some(Duration::from_secs(10)));
        assert_eq!(systemd.watchdog(), Some(Duration::from_secs(5)));
        systemd.tell(&[State::Ready, State::Status("2 workers\nREADY=0")]);
        assert_eq!(heard(&manager), "READY=1\nSTATUS=2 workers READY=0\n");
        systemd.tell(&[State::Stopping]);
        systemd.tell(&[State::Alive]);
        assert_eq!(heard(&manager), "STOPPING=1\n");
        assert_eq!(heard(&manager), "WATCHDOG=1\n");
        systemd.tell(&[State::Reloading]);
        let reloading = heard(&manager);
        let usec = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
        let said = usec.trim_end().parse::<f64>().unwrap() / 1e6;
        assert!(said > 0.0 && said <= uptime + 1.0, "{said} {uptime}");
        systemd.hand_over(17);
        systemd.tell(&[State::Stopping]);
        assert_eq!(heard(&manager), "MAINPID=17\n");
        manager.set_nonblocking(true).unwrap();
        assert!(manager.recv(&mut [0]).is_err());
    }

    #[test]
    fn a_name_may_be_abstract() {
        let name = format!("impasto-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        Systemd::new(Some(format!("@{name}").as_bytes()), None).tell(&[State::Ready]);
        assert_eq!(heard(&manager), "READY=1\n");
    }

    #[test]
    fn a_manager_that_is_not_there_or_does_not_listen_changes_nothing() {
        let watchdog = Some(Duration::from_secs(1));
        for to in [None, Some(&b""[..]), Some(b"vsock:2:1"), Some(&[b'/'; 200])] {
            let systemd = Systemd::new(to, watchdog);
            assert_eq!(systemd.watchdog(), None);
            systemd.tell(&[State::Ready]);
        }
        Systemd::new(Some(b"/no/such/socket"), None).tell(&[State::Ready]);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let _deaf = UnixDatagram::bind(&path).unwrap();
        let systemd = Systemd::new(Some(path.as_os_str().as_bytes()), None);
        (0..10_000).for_each(|_| systemd.tell(&[State::Alive]));
    }
}
