//! The master's side, for its poll loop.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::epoll;
use rustix::fs::{FlockOperation, flock};
use socket2::{Domain, SockAddr, Socket, Type};

use super::conversation::{Come, Conversation};
use super::directory::Directories;
use super::name;
use super::peer::Peer;
use super::words::{Reply, Request};
use crate::socket_file::SocketFile;

/// How long a client has to ask, and then to read the answer; and how long nobody is let in when the
/// system has no room for another connection.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(1);

/// How many clients there can be at once.
const MOST: usize = 64;

/// What an event of the listener is called; clients are counted from 1.
const LISTENER: u64 = 0;

/// The socket by which a master is asked and told.
///
/// It is one descriptor to wait for ([`AsFd`]): when it is readable, or [`Control::deadline`] has
/// come, [`Control::ready`] has something to do. Nothing here ever waits.
#[derive(Debug)]
pub struct Control {
    events: OwnedFd,
    listener: UnixListener,
    file: SocketFile,
    clients: BTreeMap<u64, (Conversation, Instant)>,
    last: u64,
    /// No connection is taken until then.
    paused: Option<Instant>,
}

/// One who asked. A reply to one who has gone since is no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(u64);

/// Why a master has no control socket. It can do without.
#[derive(Debug, thiserror::Error)]
pub enum NoControl {
    /// Another master of the same file lives.
    #[error("another master has the control socket `{}`", .0.display())]
    Taken(PathBuf),
    /// There is no place for it, or the system refuses.
    #[error("there can be no control socket: {0}")]
    Refused(#[from] io::Error),
}

impl Control {
    /// The control socket of a master that serves `file`.
    ///
    /// # Errors
    ///
    /// When another master has it, or when there is no directory for it that nobody else can write to.
    pub fn of(file: &Path) -> Result<Control, NoControl> {
        Control::bind(&place(file)?)
    }

    /// The same, taken from the master that has it: by its own successor.
    ///
    /// # Errors
    ///
    /// When there is no directory for it that nobody else can write to.
    pub fn take_over(file: &Path) -> Result<Control, NoControl> {
        Control::bind_over(&place(file)?)
    }

    pub(super) fn bind_over(path: &Path) -> Result<Control, NoControl> {
        Control::bind_with(path, |_| Ok(()))
    }

    /// A control socket at a path of one's own choice, which [`find`](super::find) does not know.
    ///
    /// # Errors
    ///
    /// When a master listens there already, and when the system refuses. What a dead one left is
    /// removed.
    pub fn bind(path: &Path) -> Result<Control, NoControl> {
        Control::bind_with(path, SocketFile::remove_stale)
    }

    fn bind_with(
        path: &Path,
        make_room: impl Fn(&Path) -> io::Result<()>,
    ) -> Result<Control, NoControl> {
        // Two masters that start together must not both find that the socket is a dead one's.
        let _turn = turn(path)?;
        make_room(path).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => NoControl::Taken(path.to_owned()),
            _ => error.into(),
        })?;
        path.parent().into_iter().for_each(sweep);
        let (listener, file) = listen(path)?;
        let events = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(io::Error::from)?;
        let control = Control {
            events,
            listener,
            file,
            clients: BTreeMap::new(),
            last: LISTENER,
            paused: None,
        };
        let data = epoll::EventData::new_u64(LISTENER);
        epoll::add(&control.events, &control.listener, data, epoll::EventFlags::IN)
            .map_err(io::Error::from)?;
        Ok(control)
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// When [`Control::ready`] wants to be called even if nobody does anything.
    pub fn deadline(&self) -> Option<Instant> {
        let clients = self.clients.values().filter(|(client, _)| client.is_timed());
        clients.map(|(_, until)| *until).chain(self.paused).min()
    }

    /// What has been asked since the last time.
    pub fn ready(&mut self, now: Instant) -> Vec<(Client, Request)> {
        if self.paused.is_some_and(|until| until <= now) {
            self.paused = None;
            self.let_in(true);
        }
        self.clients.retain(|_, (client, until)| !client.is_timed() || *until > now);
        let mut asked = Vec::new();
        for id in self.events() {
            match id {
                LISTENER => self.accept(now),
                id => {
                    let come = self.clients.get_mut(&id).map(|(client, _)| client.go_on());
                    if let Some(Come::Wants(request)) = come {
                        self.watch(id, epoll::EventFlags::empty());
                        asked.push((Client(id), request));
                    } else if let Some(Come::Puzzles(why)) = come {
                        let refusal = format!("not understood, perhaps of another version: {why}");
                        self.reply(Client(id), &Reply::Refused(refusal), now);
                    } else if let Some(Come::Ends) = come {
                        self.clients.remove(&id);
                    }
                }
            }
        }
        asked
    }

    /// Answers, now or as soon as the client reads.
    pub fn reply(&mut self, client: Client, reply: &Reply, now: Instant) {
        let Some((conversation, until)) = self.clients.get_mut(&client.0) else { return };
        *until = now + PATIENCE;
        match conversation.answer(reply) {
            Come::Waits => self.watch(client.0, epoll::EventFlags::OUT),
            _ => _ = self.clients.remove(&client.0),
        }
    }

    /// Who did something, the listener among them.
    fn events(&self) -> Vec<u64> {
        let mut events = Vec::with_capacity(MOST + 1);
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        // A signal may interrupt it; there is another time.
        let _ = epoll::wait(&self.events, rustix::buffer::spare_capacity(&mut events), Some(&now));
        events.iter().map(|event: &epoll::Event| event.data.u64()).collect()
    }

    fn accept(&mut self, now: Instant) {
        for _ in 0..MOST {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    let ours = rustix::process::geteuid().as_raw();
                    let may = Peer::of(&stream).is_ok_and(|it| it.uid == 0 || it.uid == ours);
                    let Ok(mut client) = Conversation::new(stream) else { continue };
                    if !may || self.clients.len() >= MOST {
                        let why = if may { "too many clients" } else { "not permitted" };
                        client.answer(&Reply::Refused(why.to_owned()));
                        continue;
                    }
                    self.last += 1;
                    let (id, data) = (self.last, epoll::EventData::new_u64(self.last));
                    let flags = epoll::EventFlags::IN;
                    if epoll::add(&self.events, client.stream(), data, flags).is_ok() {
                        self.clients.insert(id, (client, now + PATIENCE));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    // Waiting for it would not wait, as long as there are no descriptors.
                    tracing::debug!(%error, "cannot accept a control connection");
                    self.paused = Some(now + PAUSE);
                    return self.let_in(false);
                }
            }
        }
    }

    fn let_in(&self, whether: bool) {
        let flags = if whether { epoll::EventFlags::IN } else { epoll::EventFlags::empty() };
        let data = epoll::EventData::new_u64(LISTENER);
        let _ = epoll::modify(&self.events, &self.listener, data, flags);
    }

    /// Says what to wait for. That a client has gone is noticed in any case.
    fn watch(&mut self, id: u64, flags: epoll::EventFlags) {
        let Some((client, _)) = self.clients.get(&id) else { return };
        let data = epoll::EventData::new_u64(id);
        if epoll::modify(&self.events, client.stream(), data, flags).is_err() {
            self.clients.remove(&id);
        }
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.events.as_fd()
    }
}

/// Where the socket of a master that serves `file` is.
fn place(file: &Path) -> io::Result<PathBuf> {
    Ok(Directories::of_this_process().own()?.join(name::of(file)?))
}

/// Removes what masters of other files left when they died: nobody else might ever do it. A master's
/// socket has its name only when it listens.
fn sweep(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if name::is_one(&entry.file_name()) {
            let _ = SocketFile::remove_stale(&entry.path());
        }
    }
}

/// Listens under another name first, so that whoever connects to `path` finds a master or nothing.
fn listen(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::unix(&beside)?)?;
    let made = fs::set_permissions(&beside, Permissions::from_mode(0o600))
        .and_then(|()| socket.listen(128))
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| SocketFile::own(path));
    if made.is_err() {
        let _ = fs::remove_file(&beside);
    }
    Ok((socket.into(), made?))
}

/// Exclusive use of a directory, until it is dropped.
fn turn(path: &Path) -> io::Result<OwnedFd> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path.with_file_name(".lock"))?;
    // It is held for an instant; one who was stopped meanwhile must not stop others.
    for _ in 0..100 {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(10)),
            done => return done.map(|()| file.into()).map_err(io::Error::from),
        }
    }
    Err(io::Error::new(io::ErrorKind::WouldBlock, "its directory is locked by another process"))
}
