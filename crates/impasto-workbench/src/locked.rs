//! A file that is changed by one at a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use impasto::{Problem, Source, ini};
use rustix::fs::{FlockOperation, flock};
use thiserror::Error;

use crate::write::replace;

/// A file that nobody else who opens it so changes meanwhile.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    source: Arc<Source>,
    /// Its lock goes when it is closed.
    _file: File,
}

/// Why a file could not be opened for change.
#[derive(Debug, Error)]
pub enum LockError {
    /// It cannot be read.
    #[error("{}", .0.message)]
    Unread(Box<Problem>),
    /// It cannot be written, or not be locked.
    #[error("cannot change the file: {0}")]
    Io(#[from] io::Error),
}

/// Another may put a new file in the place of the one that was locked; more often than this, nobody does.
const TRIES: usize = 1000;

impl Locked {
    /// Waits until nobody else has the file, and reads it.
    ///
    /// # Errors
    ///
    /// It cannot be read, or may not be written.
    pub fn open(path: &Path) -> Result<Locked, LockError> {
        let name = path.display().to_string();
        let read = || ini::read(path, &name).map_err(|problem| LockError::Unread(problem.into()));
        // What cannot be read has a better reason than what cannot be written.
        read()?;
        for _ in 0..TRIES {
            let file = File::options().read(true).write(true).open(path)?;
            flock(&file, FlockOperation::LockExclusive).map_err(io::Error::from)?;
            if is_at(&file, path)? {
                return Ok(Locked { path: path.to_owned(), source: read()?, _file: file });
            }
        }
        Err(io::Error::other("others change it all the time").into())
    }

    /// The text, as it was when the lock was got.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Gives the file another text, as [`replace`] does.
    ///
    /// # Errors
    ///
    /// As there; or the file has another text by now, from somebody who takes no lock.
    pub fn replace(self, text: &str) -> io::Result<()> {
        if fs::read(&self.path)? != self.source.text().as_bytes() {
            return Err(io::Error::other("somebody else has just changed it"));
        }
        replace(&self.path, text)
    }
}

/// Whether this is the file that is there.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (own, there) = (file.metadata()?, fs::metadata(path)?);
    Ok((own.dev(), own.ino()) == (there.dev(), there.ino()))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn changes_at_once_are_all_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ini");
        fs::write(&path, "").unwrap();
        let add = |name: &str| {
            let file = Locked::open(&path).unwrap();
            let text = format!("{}{name}\n", file.source().text());
            file.replace(&text).unwrap();
        };
        thread::scope(|scope| {
            for writer in 0..8 {
                scope.spawn(move || (0..5).for_each(|at| add(&format!("{writer}-{at}"))));
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 40);
    }

    #[test]
    fn what_somebody_else_wrote_is_not_lost() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ini");
        fs::write(&path, "one").unwrap();
        let file = Locked::open(&path).unwrap();
        fs::write(&path, "two").unwrap();
        assert!(file.replace("three").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    }
}
