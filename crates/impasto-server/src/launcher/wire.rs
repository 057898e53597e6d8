//! What a master and its workers say to each other.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recv, recvmsg, sendmsg, socketpair,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The number of a reload: an answer may come when the next has begun.
pub(super) type Attempt = u64;

/// From the master. The descriptors that go with a message are named beside it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToWorker {
    /// The first message: serve this, and perhaps look at what is wrong elsewhere in the file. With the
    /// order, the tally, and the listeners.
    Serve {
        checks_all: bool,
        /// The worker's place in the tally, if there is one left.
        seat: Option<usize>,
    },
    /// Compose this beside what is served. With the order.
    Prepare(Attempt),
    Commit(Attempt),
    Abort,
    Drain,
    /// Say how much there is to do: somebody wants to know.
    Count,
}

/// From a worker.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromWorker {
    /// It accepts connections.
    Ready,
    /// Its factories have read these files.
    Reads(Vec<PathBuf>),
    /// It lives, and has so much to do.
    Beat(Load),
    /// It has so much to do, whether or not its runtime lives.
    Counted(Load),
    /// What it is to serve is wrong.
    Unfit(String),
    Prepared(Attempt, Result<(), String>),
    Swapped(Attempt),
    /// It accepts no more connections.
    Retired,
}

/// What a worker is doing.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) connections: usize,
    pub(super) requests: usize,
}

/// Such a message, with as many files as there is room for.
pub(super) fn reads(files: Vec<PathBuf>) -> FromWorker {
    let mut room = LONGEST_TEXT;
    let fits = |file: &PathBuf| {
        let left = room.checked_sub(file.as_os_str().len());
        room = left.unwrap_or(0);
        left.is_some()
    };
    FromWorker::Reads(files.into_iter().take_while(fits).collect())
}

/// One end of a line on which messages arrive whole. Its end tells each side that the other is gone.
#[derive(Debug)]
pub(super) struct Line(OwnedFd);

/// The longest text in a message, in bytes: a socket takes about four times as much at once.
const LONGEST_TEXT: usize = 48 * 1024;

/// As many as Linux passes at once (`SCM_MAX_FD`).
const MOST_DESCRIPTORS: usize = 253;

/// As many sockets as a worker can be given beside its order and the tally.
pub(super) const MOST_LISTENERS: usize = MOST_DESCRIPTORS - 2;

impl Line {
    /// The master's end, which never waits, and the worker's.
    pub(super) fn pair() -> io::Result<(Line, OwnedFd)> {
        let kind = SocketType::SEQPACKET;
        let (ours, theirs) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?;
        rustix::io::ioctl_fionbio(&ours, true)?;
        Ok((Line(ours), theirs))
    }

    /// The end that this process was started with, as its standard input; that is empty afterwards.
    pub(super) fn from_stdin() -> io::Result<Line> {
        let line = rustix::io::fcntl_dupfd_cloexec(io::stdin().as_fd(), 3)?;
        // Whoever reads standard input must not read messages.
        let nothing = std::fs::File::open("/dev/null")?;
        rustix::stdio::dup2_stdin(&nothing)?;
        Ok(Line(line))
    }

    #[cfg(test)]
    fn new(socket: OwnedFd) -> Line {
        Line(socket)
    }

    /// # Errors
    ///
    /// `WouldBlock` when the other end has not listened for long, and `BrokenPipe` when it is gone.
    pub(super) fn send(&self, message: &impl Serialize, with: &[BorrowedFd<'_>]) -> io::Result<()> {
        self.write(message, with, SendFlags::NOSIGNAL)
    }

    /// As [`send`](Line::send), but never waits.
    pub(super) fn try_send(&self, message: &impl Serialize) -> io::Result<()> {
        self.write(message, &[], SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
    }

    fn write(
        &self,
        message: &impl Serialize,
        with: &[BorrowedFd<'_>],
        flags: SendFlags,
    ) -> io::Result<()> {
        let bytes = serde_json::to_vec(message)?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        if !with.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(with)) {
            let most = format!("a worker can be given at most {MOST_DESCRIPTORS} descriptors");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, most));
        }
        sendmsg(&self.0, &[IoSlice::new(&bytes)], &mut beside, flags)?;
        Ok(())
    }

    /// The next message; `None` when the other end is gone.
    ///
    /// # Errors
    ///
    /// `WouldBlock` when there is none, and `InvalidData` for one that nobody understands.
    pub(super) fn receive<M: DeserializeOwned>(&self) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
        self.read(RecvFlags::CMSG_CLOEXEC)
    }

    /// As [`receive`](Line::receive), but never waits.
    pub(super) fn try_receive<M: DeserializeOwned>(&self) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
        self.read(RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT)
    }

    /// Whether the other end is gone.
    pub(super) fn has_ended(&self) -> io::Result<bool> {
        let mut line = [PollFd::from_borrowed_fd(self.as_fd(), PollFlags::empty())];
        poll(&mut line, Some(&Timespec::default()))?;
        Ok(line[0].revents().contains(PollFlags::HUP))
    }

    fn read<M: DeserializeOwned>(&self, flags: RecvFlags) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
        let mut bytes = vec![0; self.next_length(flags)?];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
        let mut beside = RecvAncillaryBuffer::new(&mut space);
        let received = recvmsg(&self.0, &mut [IoSliceMut::new(&mut bytes)], &mut beside, flags)?;
        let rights = beside.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        });
        let descriptors = rights.flatten().collect();
        if received.bytes == 0 {
            return Ok(None);
        }
        let message = serde_json::from_slice(&bytes[..received.bytes])?;
        Ok(Some((message, descriptors)))
    }

    /// How many bytes the next message has; waits for it, unless told otherwise. 0 at the end.
    ///
    /// Most messages are short, and room for the longest would be new pages for each.
    fn next_length(&self, flags: RecvFlags) -> io::Result<usize> {
        let flags = flags | RecvFlags::PEEK | RecvFlags::TRUNC;
        let (_, length) = match recv(&self.0, &mut [0u8; 0], flags) {
            // The other end died before it read everything. What it had said is there all the same.
            Err(Errno::CONNRESET) => recv(&self.0, &mut [0u8; 0], flags)?,
            length => length?,
        };
        Ok(length)
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// As much of a text as a message takes.
pub(super) fn cut(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
        text.push_str("\n(and more)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek, Write};

    #[test]
    fn messages_arrive_whole_with_their_descriptors() {
        let (master, worker) = Line::pair().unwrap();
        let worker = Line::new(worker);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"hello").unwrap();
        master.send(&ToWorker::Serve { checks_all: false, seat: None }, &[file.as_fd()]).unwrap();
        master.send(&ToWorker::Drain, &[]).unwrap();
        let (message, mut with) = worker.receive::<ToWorker>().unwrap().unwrap();
        assert!(matches!(message, ToWorker::Serve { .. }));
        let mut same = std::fs::File::from(with.remove(0));
        same.rewind().unwrap();
        let mut text = String::new();
        same.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
        let (message, with) = worker.receive::<ToWorker>().unwrap().unwrap();
        assert!(matches!(message, ToWorker::Drain) && with.is_empty());
    }

    #[test]
    fn both_sides_learn_of_the_other_s_end() {
        let (master, worker) = Line::pair().unwrap();
        let nothing = master.receive::<FromWorker>().unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        assert!(!master.has_ended().unwrap());
        drop(worker);
        assert!(master.has_ended().unwrap());
        assert!(master.receive::<FromWorker>().unwrap().is_none());
        let gone = master.send(&ToWorker::Commit(1), &[]).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);

        let (master, worker) = Line::pair().unwrap();
        drop(master);
        assert!(Line::new(worker).receive::<ToWorker>().unwrap().is_none());
    }

    #[test]
    fn what_was_said_before_a_death_is_heard() {
        let (master, worker) = Line::pair().unwrap();
        let worker = Line::new(worker);
        master.send(&ToWorker::Drain, &[]).unwrap();
        worker.send(&FromWorker::Ready, &[]).unwrap();
        drop(worker);
        let heard = master.receive::<FromWorker>().unwrap();
        assert!(matches!(heard, Some((FromWorker::Ready, _))));
        assert!(master.receive::<FromWorker>().unwrap().is_none());
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = cut("ä".repeat(LONGEST_TEXT));
        assert!(text.len() < LONGEST_TEXT + 20 && text.ends_with("ä\n(and more)"));
        let worst = FromWorker::Unfit(cut("\u{1}".repeat(LONGEST_TEXT)));
        let (master, _worker) = Line::pair().unwrap();
        assert!(master.send(&worst, &[]).is_err());
    }
}
