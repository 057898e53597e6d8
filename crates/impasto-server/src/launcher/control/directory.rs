//! The directories that hold control sockets.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Where a process may have its socket, and where it may find those of others.
pub(super) struct Directories {
    uid: u32,
    run: PathBuf,
    tmp: PathBuf,
    /// The directory that systemd has made for this service.
    given: Option<PathBuf>,
}

impl Directories {
    pub(super) fn of_this_process() -> Directories {
        // Several are separated by colons.
        let given = env::var_os("RUNTIME_DIRECTORY");
        let given = given.and_then(|given| env::split_paths(&given).next());
        Directories {
            uid: rustix::process::geteuid().as_raw(),
            run: "/run".into(),
            tmp: "/tmp".into(),
            given: given.filter(|given| given.is_absolute()),
        }
    }

    /// The first directory that can be ours, made if it is not there.
    ///
    /// # Errors
    ///
    /// Why the last of them cannot.
    pub(super) fn own(&self) -> io::Result<PathBuf> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for directory in self.usual() {
            match make(&directory).and_then(|()| check(&directory, |owner| owner == self.uid)) {
                Ok(()) => return Ok(directory),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// All that may hold a socket that this process may speak to. Nobody else can put one there.
    pub(super) fn all(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = self.usual().collect();
        // A unit with `User=` has its runtime directory there, and an instance of a template in there.
        let system = linked(self.run.join("impasto"));
        let instances: Vec<PathBuf> = entries(&system).map(linked).collect();
        all.extend([system].into_iter().chain(instances));
        if self.uid == 0 {
            all.extend(entries(&self.run.join("user")).map(|user| user.join("impasto")));
            all.extend(entries(&self.tmp).filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| name.starts_with("impasto-"))
            }));
        }
        let mut seen = Vec::new();
        all.retain(|directory| {
            let is_new = !seen.contains(directory);
            seen.push(directory.clone());
            let trusts = |owner| owner == 0 || self.uid == 0 || owner == self.uid;
            is_new && check(directory, trusts).is_ok()
        });
        all
    }

    fn usual(&self) -> impl Iterator<Item = PathBuf> {
        let users = self.run.join("user").join(self.uid.to_string());
        let given = self.given.clone().map(linked).into_iter();
        let system = (self.uid == 0).then(|| linked(self.run.join("impasto")));
        let user = users.is_dir().then(|| users.join("impasto"));
        let last = self.tmp.join(format!("impasto-{}", self.uid));
        given.chain(system).chain(user).chain([last])
    }
}

/// What a path that only root can have made leads to: a unit with `DynamicUser=` has a link there.
fn linked(path: PathBuf) -> PathBuf {
    fs::canonicalize(&path).unwrap_or(path)
}

fn entries(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}

fn make(directory: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Whether only somebody who is trusted can change what is in a directory. What is in one that others
/// can look into is as safe: a socket lets nobody in but its owner.
fn check(directory: &Path, trusts: impl Fn(u32) -> bool) -> io::Result<()> {
    // A link in `/tmp` may be anybody's.
    let found = fs::symlink_metadata(directory)?;
    let refused = |why: String| {
        let text = format!("`{}` {why}", directory.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, text))
    };
    match (found.is_dir(), found.mode() & 0o022) {
        (false, _) => refused("is no directory".into()),
        _ if !trusts(found.uid()) => refused(format!("belongs to user {}", found.uid())),
        (true, 0) => Ok(()),
        _ => refused("can be written to by others".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    fn directories(root: &Path, uid: u32) -> Directories {
        let (run, tmp) = (root.join("run"), root.join("tmp"));
        fs::create_dir_all(&run).unwrap();
        fs::create_dir_all(&tmp).unwrap();
        Directories { uid, run, tmp, given: None }
    }

    fn me() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    #[test]
    fn the_first_that_is_there_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let mut directories = directories(root.path(), me());
        let run = root.path().join("run");
        if me() == 0 {
            let system = run.join("impasto");
            assert_eq!(directories.own().unwrap(), system);
            fs::create_dir(system.join("instance")).unwrap();
            assert_eq!(directories.all(), [system.clone(), system.join("instance")]);
            fs::remove_dir_all(system).unwrap();
            // Nothing can be made there, whoever asks.
            fs::write(run.join("impasto"), "").unwrap();
        }
        let tmp = root.path().join("tmp").join(format!("impasto-{}", me()));
        assert_eq!(directories.own().unwrap(), tmp);
        assert_eq!(fs::metadata(&tmp).unwrap().mode() & 0o7777, 0o700);
        fs::create_dir_all(run.join("user").join(me().to_string())).unwrap();
        let user = run.join("user").join(me().to_string()).join("impasto");
        assert_eq!(directories.own().unwrap(), user);
        let given = root.path().join("given");
        fs::create_dir(&given).unwrap();
        symlink("given", root.path().join("link")).unwrap();
        directories.given = Some(root.path().join("link"));
        assert_eq!(directories.own().unwrap(), given);
        assert_eq!(directories.all(), [given, user, tmp]);
    }

    #[test]
    fn what_others_can_change_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let directories = directories(root.path(), me());
        let run = root.path().join("run/impasto");
        if me() == 0 {
            fs::write(run, "").unwrap();
        }
        let tmp = root.path().join("tmp").join(format!("impasto-{}", me()));
        let refused = || {
            assert!(directories.all().is_empty());
            directories.own().unwrap_err().to_string()
        };
        fs::create_dir(root.path().join("elsewhere")).unwrap();
        symlink(root.path().join("elsewhere"), &tmp).unwrap();
        assert_eq!(refused(), format!("`{}` is no directory", tmp.display()));
        fs::remove_file(&tmp).unwrap();
        fs::create_dir(&tmp).unwrap();
        fs::set_permissions(&tmp, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(refused(), format!("`{}` can be written to by others", tmp.display()));
        fs::set_permissions(&tmp, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(directories.own().unwrap(), tmp);
        if me() == 0 {
            chown(&tmp, Some(1234), None).unwrap();
            let error = directories.own().unwrap_err().to_string();
            assert_eq!(error, format!("`{}` belongs to user 1234", tmp.display()));
            // The superuser may speak to everybody's master.
            assert_eq!(directories.all(), std::slice::from_ref(&tmp));
            let other = Directories { uid: 1235, ..self::directories(root.path(), me()) };
            assert!(other.all().is_empty());
        }
    }
}
