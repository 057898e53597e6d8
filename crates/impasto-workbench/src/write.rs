//! A file is replaced at once or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Gives the file at `path` another text. Whoever reads it sees the old one or the new one, also after a
/// crash; its mode and owner stay, and what a symbolic link leads to is replaced, not the link.
///
/// # Errors
///
/// Whatever the file system says; the file is then as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let old = fs::metadata(&path)?;
    let mut new = NamedTempFile::new_in(directory)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(old.permissions())?;
    keep_owner(&old, new.as_file())?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    // The name is on the disk when its directory is.
    File::open(directory)?.sync_all()
}

#[cfg(unix)]
fn keep_owner(old: &fs::Metadata, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let is = new.metadata()?;
    match (is.uid(), is.gid()) == (old.uid(), old.gid()) {
        true => Ok(()),
        false => fchown(new, Some(old.uid()), Some(old.gid())),
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_keeps_its_mode_and_a_link_its_aim() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("a.ini"), directory.path().join("link.ini"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a.ini", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(directory.path().read_dir().unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        assert!(replace(&directory.path().join("none.ini"), "new").is_err());
    }
}
