//! The file of a unix socket: made, inherited from the dead, and removed.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use socket2::{Domain, SockAddr, Socket, Type};

/// The file of a listening unix socket; dropping this removes it, unless another socket is in its place.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    identity: [i64; 4],
    /// Whether it is another process's by now.
    left: AtomicBool,
}

impl SocketFile {
    /// Removes a socket that a dead server left behind.
    ///
    /// # Errors
    ///
    /// When somebody listens on it, and when `path` is no socket: neither is ours to remove.
    pub(crate) fn remove_stale(path: &Path) -> io::Result<()> {
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if !found.file_type().is_socket() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "the file is there and is no socket",
            ));
        }
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        // A listener with a full queue would keep a blocking connect waiting.
        socket.set_nonblocking(true)?;
        match socket.connect(&SockAddr::unix(path)?) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error),
            _ => Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another process listens on this socket",
            )),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes charge of the socket that was just made at `path`.
    pub(crate) fn own(path: &Path) -> io::Result<SocketFile> {
        // The process may change its directory before the end.
        let path = std::path::absolute(path)?;
        let identity = identity(&fs::symlink_metadata(&path)?);
        Ok(SocketFile { path, identity, left: AtomicBool::new(false) })
    }

    /// Leaves it to another process that listens on the same socket.
    pub(crate) fn leave(&self) {
        self.left.store(true, Ordering::Relaxed);
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // A successor may have put its own socket there.
        let ours = |found: Metadata| identity(&found) == self.identity;
        let left = self.left.load(Ordering::Relaxed);
        if !left && fs::symlink_metadata(&self.path).is_ok_and(ours) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// An inode's number is soon used again, so the time belongs to it.
fn identity(file: &Metadata) -> [i64; 4] {
    [file.dev() as i64, file.ino() as i64, file.mtime(), file.mtime_nsec()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_a_socket_that_nobody_answers_on_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        SocketFile::remove_stale(&path).unwrap();

        let alive = UnixListener::bind(&path).unwrap();
        let error = SocketFile::remove_stale(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop(alive);
        SocketFile::remove_stale(&path).unwrap();
        assert!(!path.exists());

        fs::write(&path, "precious").unwrap();
        let error = SocketFile::remove_stale(&path).unwrap_err();
        assert_eq!(error.to_string(), "the file is there and is no socket");
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }

    #[test]
    fn only_our_own_file_is_removed_at_the_end() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let _socket = UnixListener::bind(&path).unwrap();
        let file = SocketFile::own(&path).unwrap();
        fs::rename(&path, directory.path().join("old")).unwrap();
        let _successor = UnixListener::bind(&path).unwrap();
        drop(file);
        assert!(path.exists());
        drop(SocketFile::own(&path).unwrap());
        assert!(!path.exists());
    }
}
