//! The files that may be served.

use std::fs::{File, Metadata};
use std::future::Future;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::Backend;

/// What lies below a directory: regular files, and directories. Pipes, sockets and devices are not there, of
/// which opening alone may wait for ever; symbolic links only where they are followed.
#[derive(Clone)]
pub(super) struct Beneath {
    root: Arc<Path>,
    follows: bool,
}

type Later<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Beneath {
    pub(super) fn new(root: &Path, follows: bool) -> Beneath {
        Beneath { root: root.into(), follows }
    }

    /// The directory at `path` below the root, to be read.
    pub(super) fn directory(&self, path: &Path) -> io::Result<OwnedFd> {
        self.find(path, OFlags::RDONLY | OFlags::DIRECTORY)
    }

    /// Whether links are as good as what they lead to.
    pub(super) fn follows(&self) -> bool {
        self.follows
    }

    /// Does `work` where it may wait for a disk.
    fn later<T: Send + 'static>(
        &self,
        path: PathBuf,
        work: impl FnOnce(&Beneath, &Path) -> io::Result<T> + Send + 'static,
    ) -> Later<T> {
        let this = self.clone();
        Box::pin(async move {
            let work = move || {
                // ServeDir has put the root before what it was asked for.
                let below = path.strip_prefix(&this.root).map_err(|_| io::ErrorKind::NotFound)?;
                work(&this, below)
            };
            tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
        })
    }

    /// What is at `path`, opened without anything being done to it.
    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let found = File::from(self.find(path, OFlags::PATH)?).metadata()?;
        match found.is_file() || found.is_dir() {
            true => Ok(found),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        self.metadata(path)?;
        // What was a file a moment ago may be a pipe now, and is not waited for.
        let file = File::from(self.find(path, OFlags::RDONLY | OFlags::NONBLOCK)?);
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Goes down from the root step by step, so that no step is a link while it is looked at.
    fn find(&self, path: &Path, how: OFlags) -> io::Result<OwnedFd> {
        let how = how | OFlags::CLOEXEC;
        if self.follows {
            let path = self.root.join(path);
            return openat(CWD, path, how, Mode::empty()).map_err(like_nothing);
        }
        let step = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        // The root is the operator's word, links in it too.
        let mut at = openat(CWD, &*self.root, step, Mode::empty())?;
        let mut names = path.components().peekable();
        if names.peek().is_none() {
            return Ok(openat(&at, ".", how, Mode::empty())?);
        }
        while let Some(name) = names.next() {
            let Component::Normal(name) = name else { return Err(io::ErrorKind::NotFound.into()) };
            let how = if names.peek().is_some() { step } else { how };
            at = openat(&at, name, how | OFlags::NOFOLLOW, Mode::empty()).map_err(like_nothing)?;
        }
        // `PATH` opens a link itself, which is no file and no directory.
        Ok(at)
    }
}

/// A link, one that leads to itself, and a name that no file can have are answered like nothing.
fn like_nothing(error: Errno) -> io::Error {
    match error {
        Errno::LOOP | Errno::NAMETOOLONG | Errno::INVAL => io::ErrorKind::NotFound.into(),
        error => error.into(),
    }
}

impl Backend for Beneath {
    type File = Opened;
    type Metadata = Metadata;
    type OpenFuture = Later<Opened>;
    type MetadataFuture = Later<Metadata>;

    fn open(&self, path: PathBuf) -> Later<Opened> {
        self.later(path, |this, path| Ok(Opened(tokio::fs::File::from_std(this.open(path)?))))
    }

    fn metadata(&self, path: PathBuf) -> Later<Metadata> {
        self.later(path, |this, path| this.metadata(path))
    }
}

/// A file that is being sent.
pub(super) struct Opened(tokio::fs::File);

impl tower_http::services::fs::File for Opened {
    type Metadata = Metadata;
    type MetadataFuture<'a> = Pin<Box<dyn Future<Output = io::Result<Metadata>> + Send + 'a>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        Box::pin(self.0.metadata())
    }
}

impl AsyncRead for Opened {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncSeek for Opened {
    fn start_seek(mut self: Pin<&mut Self>, position: io::SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.0).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.0).poll_complete(context)
    }
}
