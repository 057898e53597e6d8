//! Datagrams, and the thread that sees to it that they go out.

use std::fmt;
use std::io;
use std::mem;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The most bytes of a datagram: what fits into a frame of Ethernet, as statsd's documentation has it.
const FULL: usize = 1432;

/// How long a line waits for others at most.
const GATHER: Duration = Duration::from_millis(100);

/// Sends lines to one server. What was not sent goes out when this is dropped.
pub(super) struct Sender {
    shared: Arc<Shared>,
}

struct Shared {
    socket: UdpSocket,
    pending: Mutex<Pending>,
    /// For the thread: there is a first line, or this is the end.
    work: Condvar,
}

#[derive(Default)]
struct Pending {
    lines: String,
    closed: bool,
}

impl Sender {
    pub(super) fn to(server: SocketAddr) -> io::Result<Sender> {
        let socket = match server {
            SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
            SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
        };
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        let lines = String::with_capacity(2 * FULL);
        let pending = Mutex::new(Pending { lines, closed: false });
        let shared = Arc::new(Shared { socket, pending, work: Condvar::new() });
        let of_thread = shared.clone();
        thread::Builder::new().name("stats".to_owned()).spawn(move || of_thread.run())?;
        Ok(Sender { shared })
    }

    /// Has `write` add a line, without its end.
    pub(super) fn send(&self, write: impl FnOnce(&mut String) -> fmt::Result) {
        let mut pending = self.shared.lock();
        let before = pending.lines.len();
        if before > 0 {
            pending.lines.push('\n');
        }
        // Writing to a text does not fail.
        let _ = write(&mut pending.lines);
        if before > 0 && pending.lines.len() > FULL {
            // What was there before fits, and goes with the line's end behind it.
            self.shared.datagram(&pending.lines[..before]);
            pending.lines.drain(..=before);
        }
        if before == 0 {
            drop(pending);
            self.shared.work.notify_one();
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut pending = self.shared.lock();
        pending.closed = true;
        let lines = mem::take(&mut pending.lines);
        self.shared.datagram(&lines);
        self.shared.work.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what waits, some time after the first of it came.
    fn run(&self) {
        loop {
            let idle = |pending: &mut Pending| pending.lines.is_empty() && !pending.closed;
            let pending = self.work.wait_while(self.lock(), idle);
            let pending = pending.unwrap_or_else(PoisonError::into_inner);
            let open = |pending: &mut Pending| !pending.closed;
            let gathered = self.work.wait_timeout_while(pending, GATHER, open);
            let mut pending = gathered.unwrap_or_else(PoisonError::into_inner).0;
            self.datagram(&pending.lines);
            pending.lines.clear();
            if pending.closed {
                return;
            }
        }
    }

    /// Sends these lines, if there are any. It does not wait: what the system has no room for is lost, as is what
    /// nobody receives.
    fn datagram(&self, lines: &str) {
        if !lines.is_empty() {
            let _ = self.socket.send(lines.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::time::Instant;

    fn server() -> (UdpSocket, Sender) {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let sender = Sender::to(server.local_addr().unwrap()).unwrap();
        (server, sender)
    }

    fn received(server: &UdpSocket) -> String {
        let mut datagram = [0; 4096];
        let length = server.recv(&mut datagram).unwrap();
        String::from_utf8(datagram[..length].to_vec()).unwrap()
    }

    #[test]
    fn lines_are_gathered() {
        let (server, sender) = server();
        for line in ["a:1|c", "b:2|c"] {
            sender.send(|lines| lines.write_str(line));
        }
        assert_eq!(received(&server), "a:1|c\nb:2|c");
        sender.send(|lines| lines.write_str("c:3|c"));
        drop(sender);
        assert_eq!(received(&server), "c:3|c");
    }

    #[test]
    fn no_datagram_is_too_long_and_no_line_lost() {
        let (server, sender) = server();
        for number in 0..1000 {
            sender.send(|lines| write!(lines, "name.{number}:1|c"));
        }
        drop(sender);
        let mut all = Vec::new();
        while all.len() < 1000 {
            let datagram = received(&server);
            assert!((1..=FULL).contains(&datagram.len()), "{datagram}");
            all.extend(datagram.lines().map(str::to_owned));
        }
        let expected: Vec<_> = (0..1000).map(|number| format!("name.{number}:1|c")).collect();
        assert_eq!(all, expected);
    }

    #[test]
    fn a_line_of_any_length_is_sent() {
        let (server, sender) = server();
        let long = "x".repeat(FULL + 1);
        sender.send(|lines| lines.write_str(&long));
        assert_eq!(received(&server), long);
    }

    #[test]
    fn a_server_that_is_not_there_holds_up_nobody() {
        let (server, sender) = server();
        drop(server);
        let start = Instant::now();
        for _ in 0..10_000 {
            sender.send(|lines| lines.write_str("some.name:1|c"));
        }
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
