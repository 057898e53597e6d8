//! Files are written together, or none is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why files were not written.
#[derive(Debug, Error)]
pub enum ScaffoldError {
    /// Something is where they should be: all of it.
    #[error("nothing is written where something is already: {}", list(.0))]
    InTheWay(Vec<PathBuf>),
    /// One of them, or a directory of one, cannot be made.
    #[error("cannot write {}: {error}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Writes each text to its path below `directory`.
pub(super) fn all(directory: &Path, files: &[(&str, String)]) -> Result<(), ScaffoldError> {
    // Below what is no directory nothing can be.
    let file = directory.ancestors().find(|path| path.exists()).filter(|path| !path.is_dir());
    if let Some(file) = file.filter(|path| !path.as_os_str().is_empty()) {
        return Err(ScaffoldError::InTheWay(vec![file.to_owned()]));
    }
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| directory.join(path)).collect();
    let in_the_way = |path: &&PathBuf| path.symlink_metadata().is_ok();
    let in_the_way: Vec<PathBuf> = paths.iter().filter(in_the_way).cloned().collect();
    if !in_the_way.is_empty() {
        return Err(ScaffoldError::InTheWay(in_the_way));
    }
    let mut made = Made::default();
    for (path, (_, text)) in paths.iter().zip(files) {
        if let Err(error) = made.file(path, text) {
            made.take_back();
            return Err(ScaffoldError::Unwritable { path: path.clone(), error });
        }
    }
    Ok(())
}

/// What has been made, in this order.
#[derive(Default)]
struct Made {
    directories: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    fn file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        if let Some(directory) = path.parent() {
            self.directory(directory)?;
        }
        // Also of what has come there in the meantime nothing is lost.
        let mut file = File::create_new(path)?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes())
    }

    fn directory(&mut self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            self.directory(above)?;
        }
        fs::create_dir(path)?;
        self.directories.push(path.to_owned());
        Ok(())
    }

    /// What cannot be taken back stays; nobody is helped by a second error.
    fn take_back(self) {
        for file in self.files.iter().rev() {
            let _ = fs::remove_file(file);
        }
        for directory in self.directories.iter().rev() {
            let _ = fs::remove_dir(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&'static str]) -> Vec<(&'static str, String)> {
        paths.iter().map(|path| (*path, format!("of {path}"))).collect()
    }

    #[test]
    fn files_come_with_their_directories() {
        let top = tempfile::tempdir().unwrap();
        let directory = top.path().join("x/y");
        all(&directory, &files(&["a", "b/c"])).unwrap();
        assert_eq!(fs::read_to_string(directory.join("b/c")).unwrap(), "of b/c");
    }

    #[test]
    fn all_that_is_in_the_way_is_named_and_nothing_written() {
        let top = tempfile::tempdir().unwrap();
        let path = |name: &str| top.path().join(name);
        fs::write(path("b"), "mine").unwrap();
        // One that leads nowhere.
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", path("c")).unwrap();
        #[cfg(not(unix))]
        fs::write(path("c"), "mine").unwrap();
        match all(top.path(), &files(&["a", "b", "c"])) {
            Err(ScaffoldError::InTheWay(found)) => assert_eq!(found, [path("b"), path("c")]),
            other => panic!("{other:?}"),
        }
        match all(&path("b/d/e"), &files(&["a"])) {
            Err(ScaffoldError::InTheWay(found)) => assert_eq!(found, [path("b")]),
            other => panic!("{other:?}"),
        }
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "mine");
        assert!(!path("a").exists() && !path("nowhere").exists());
    }

    #[test]
    fn what_was_made_before_an_error_is_taken_back() {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("file"), "").unwrap();
        let error = all(top.path(), &files(&["new/a", "b", "file/c"])).unwrap_err();
        assert!(matches!(error, ScaffoldError::Unwritable { .. }), "{error}");
        assert_eq!(top.path().read_dir().unwrap().count(), 1, "only what was there");
    }
}
