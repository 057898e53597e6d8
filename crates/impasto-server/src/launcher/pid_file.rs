//! The file that says which process the master is, where one is asked for.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// The end of a successor's name.
const SECOND: &str = ".2";

/// How often, and after how long, it is tried again to replace what another master is replacing.
const TRIES: u32 = 20;
const TRY: Duration = Duration::from_millis(10);

/// A pid file of this process, which is removed when this is dropped.
///
/// It is locked as long as the process lives. That, and not the number in it, says whether a master
/// lives: a number is given to another process sooner or later.
#[derive(Debug)]
pub struct PidFile {
    path: PathBuf,
    file: File,
}

/// Why there is no pid file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PidFileError {
    /// Another master has it.
    #[error("process {pid} has the pid file `{}`", path.display())]
    Taken {
        /// The file.
        path: PathBuf,
        /// The number in it.
        pid: u32,
    },
    /// It holds something else, which may be precious.
    #[error("`{}` is there and is no pid file", .0.display())]
    Foreign(PathBuf),
    /// The system refuses.
    #[error("cannot write the pid file `{}`: {error}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
}

impl PidFile {
    /// Writes it at `path`. What a dead master left there is replaced.
    ///
    /// # Errors
    ///
    /// When another master has it, or when it cannot be written.
    pub fn write(path: &Path) -> Result<PidFile, PidFileError> {
        let refused = |error| PidFileError::Refused { path: path.to_owned(), error };
        // The process may change its directory before the end.
        let path = std::path::absolute(path).map_err(refused)?;
        let (beside, file) = written_beside(&path).map_err(refused)?;
        let placed = place(&beside, &path);
        let _ = fs::remove_file(&beside);
        placed.map(|()| PidFile { path, file })
    }

    /// The file of a master that is to take the place of the one which has `path`: `path.2`, until it
    /// is [promoted](PidFile::promote).
    ///
    /// # Errors
    ///
    /// As [`write`](PidFile::write).
    pub(crate) fn write_second(path: &Path) -> Result<PidFile, PidFileError> {
        PidFile::write(&second(path))
    }

    /// Whether it is the one that `path` asks for.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        std::path::absolute(path).is_ok_and(|path| path == self.path)
    }

    /// Removes what a second master left that has died before it was promoted. One that lives keeps its own.
    pub(crate) fn remove_second(&self) {
        let second = second(&self.path);
        let flags = flags(OFlags::NONBLOCK | OFlags::NOFOLLOW);
        let Ok(left) = OpenOptions::new().read(true).custom_flags(flags).open(&second) else {
            return;
        };
        let is_left = flock(&left, FlockOperation::NonBlockingLockExclusive).is_ok();
        if is_left && is_same(&left, &second) && pid_in(&left).is_ok_and(|pid| pid.is_some()) {
            let _ = fs::remove_file(&second);
        }
    }

    /// Puts a second file into the place of the first, whoever has that.
    ///
    /// # Errors
    ///
    /// When the system refuses; it stays what it was then.
    pub(crate) fn promote(&mut self) -> io::Result<()> {
        let name = self.path.as_os_str().as_bytes();
        let Some(first) = name.strip_suffix(SECOND.as_bytes()) else { return Ok(()) };
        let first = PathBuf::from(OsStr::from_bytes(first));
        fs::rename(&self.path, &first)?;
        self.path = first;
        Ok(())
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // A successor may have put its own file there.
        if is_same(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The pid in a pid file.
///
/// # Errors
///
/// When it cannot be read, and `InvalidData` when it holds no number.
pub(crate) fn read(path: &Path) -> io::Result<u32> {
    // A pipe would keep the reader waiting.
    let file = OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(path)?;
    pid_in(&file)?.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is no pid file"))
}

/// Where the second file beside the one at `path` is.
fn second(path: &Path) -> PathBuf {
    let mut second = path.as_os_str().to_owned();
    second.push(SECOND);
    second.into()
}

fn flags(flags: OFlags) -> i32 {
    flags.bits() as i32
}

/// `None` for anything that is no pid file. An empty one may be what a full disk left.
fn pid_in(mut file: &File) -> io::Result<Option<u32>> {
    let mut bytes = [0; 32];
    let some = file.read(&mut bytes)?;
    let text = str::from_utf8(&bytes[..some]).ok().map(str::trim_ascii);
    Ok(text.and_then(|text| text.parse().ok()))
}

/// A locked file with our pid, next to where it is to be: it must never be seen without either.
fn written_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&beside)?;
    let written = flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(file, "{}", std::process::id()));
    match written {
        Ok(()) => Ok((beside, file)),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

/// Moves our file to where it is to be, unless somebody else has a live one there.
fn place(beside: &Path, path: &Path) -> Result<(), PidFileError> {
    let refused = |error| PidFileError::Refused { path: path.to_owned(), error };
    // Another master may be about to do the same.
    let mut attempts = 0..TRIES;
    loop {
        let is_last = attempts.next().is_none();
        match fs::hard_link(beside, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => return linked.map_err(refused),
        }
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(flags(OFlags::NONBLOCK | OFlags::NOFOLLOW))
            .open(path);
        let old = match opened {
            Ok(old) => old,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            // A link, which is not followed: what it leads to may be anybody's.
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                return Err(PidFileError::Foreign(path.to_owned()));
            }
            Err(error) => return Err(refused(error)),
        };
        let pid = pid_in(&old).map_err(refused)?;
        match flock(&old, FlockOperation::NonBlockingLockExclusive) {
            // Nobody else can replace it as long as we have its lock.
            Ok(()) if is_same(&old, path) => {
                let is_empty = old.metadata().is_ok_and(|old| old.is_file() && old.len() == 0);
                return match pid {
                    None if !is_empty => Err(PidFileError::Foreign(path.to_owned())),
                    _ => fs::rename(beside, path).map_err(refused),
                };
            }
            Ok(()) if is_last => return Err(refused(io::ErrorKind::ResourceBusy.into())),
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                // A dead master's file that is locked is being replaced just now.
                match pid {
                    Some(pid) if is_last || is_alive(pid) => {
                        return Err(PidFileError::Taken { path: path.to_owned(), pid });
                    }
                    None if is_last => return Err(PidFileError::Foreign(path.to_owned())),
                    _ => std::thread::sleep(TRY),
                }
            }
            Err(error) => return Err(refused(error.into())),
        }
    }
}

fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Whether `path` still leads to this file.
fn is_same(file: &File, path: &Path) -> bool {
    let identity = |it: fs::Metadata| (it.dev(), it.ino());
    let there = fs::symlink_metadata(path).map(identity);
    file.metadata().is_ok_and(|file| there.is_ok_and(|there| there == identity(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_there_as_long_as_its_owner() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pid");
        let file = PidFile::write(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        assert_eq!(read(&path).unwrap(), std::process::id());
        assert!(file.is_at(&path) && !file.is_at(directory.path()));
        let taken = PidFile::write(&path).unwrap_err().to_string();
        let me = std::process::id();
        assert_eq!(taken, format!("process {me} has the pid file `{}`", path.display()));
        drop(file);
        assert_eq!(directory.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn what_the_dead_leave_is_replaced_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pid");
        // The pid of a process that lives, but never had this file.
        for left in ["1\n", "4194304\n", "", " 12 "] {
            fs::write(&path, left).unwrap();
            let file = PidFile::write(&path).unwrap();
            assert_eq!(read(&path).unwrap(), std::process::id());
            drop(file);
        }
        fs::write(&path, "precious").unwrap();
        let foreign = PidFile::write(&path).unwrap_err().to_string();
        assert_eq!(foreign, format!("`{}` is there and is no pid file", path.display()));
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        assert_eq!(read(&path).unwrap_err().to_string(), "it is no pid file");
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
        let foreign = PidFile::write(&link).unwrap_err().to_string();
        assert_eq!(foreign, format!("`{}` is there and is no pid file", link.display()));
        fs::remove_file(link).unwrap();
        for refused in [directory.path().join("none/pid"), directory.path().to_owned()] {
            let error = PidFile::write(&refused).unwrap_err().to_string();
            assert!(error.starts_with("cannot write the pid file"), "{error}");
        }
        assert_eq!(directory.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_successor_takes_the_place_of_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pid");
        let first = PidFile::write(&path).unwrap();
        let mut second = PidFile::write_second(&path).unwrap();
        assert!(directory.path().join("pid.2").exists());
        second.promote().unwrap();
        assert!(!directory.path().join("pid.2").exists());
        // The first goes, and leaves what is no longer its own.
        drop(first);
        assert_eq!(read(&path).unwrap(), std::process::id());
        second.promote().unwrap();
        drop(second);
        assert_eq!(directory.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn what_a_successor_leaves_is_removed_once_it_is_dead() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pid");
        let first = PidFile::write(&path).unwrap();
        let second = PidFile::write_second(&path).unwrap();
        let left = directory.path().join("pid.2");
        first.remove_second();
        assert!(left.exists(), "its owner lives");
        drop(second);
        first.remove_second();
        for (text, is_left) in [("4194304\n", false), ("precious", true)] {
            fs::write(&left, text).unwrap();
            first.remove_second();
            assert_eq!(left.exists(), is_left, "{text}");
        }
    }

    #[test]
    fn one_of_many_that_start_together_has_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pid");
        fs::write(&path, "4194304\n").unwrap();
        let open = || {
            let file = OpenOptions::new().read(true).open(&path).unwrap();
            flock(&file, FlockOperation::NonBlockingLockExclusive).map(|()| file)
        };
        // While one replaces a dead one's file, others wait for it.
        let replacing = open().unwrap();
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || PidFile::write(&path)
        });
        std::thread::sleep(Duration::from_millis(30));
        drop(replacing);
        let file = waiting.join().unwrap().unwrap();
        assert!(open().is_err());
        drop(file);
    }
}
