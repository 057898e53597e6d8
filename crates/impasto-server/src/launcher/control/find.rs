//! Finding the master of a file.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::client::Running;
use super::directory::Directories;
use super::name;
use super::words::{Reply, Request};
use crate::launcher::pid_file;

/// How long one of several masters has to say what it serves.
const GLANCE: Duration = Duration::from_secs(1);

/// The master that serves `file`, by this name or by another that leads to it.
///
/// A superuser finds everybody's masters, other users their own.
///
/// # Errors
///
/// `NotFound` when there is none.
pub fn find(file: &Path) -> io::Result<Running> {
    find_in(&Directories::of_this_process().all(), file)
}

fn find_in(directories: &[PathBuf], file: &Path) -> io::Result<Running> {
    let name = name::of(file)?;
    let mut known = directories.iter().map(|directory| directory.join(&name));
    if let Some(running) = known.find_map(|path| Running::at(&path).ok()) {
        return Ok(running);
    }
    let same = |running: &Running| match running.ask(&Request::Status, GLANCE) {
        Ok(Reply::Status(status)) => {
            let real = fs::canonicalize(file);
            let same = |real| fs::canonicalize(&status.file).is_ok_and(|it| it == real);
            // What is relative to another process's directory means nothing here.
            status.file.is_absolute() && real.is_ok_and(same)
        }
        _ => false,
    };
    all(directories).find(same).ok_or_else(|| {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        none(format!("nothing of this user serves `{}`", file.display()))
    })
}

/// The master with this pid.
///
/// # Errors
///
/// `NotFound` when there is none.
pub fn find_pid(pid: u32) -> io::Result<Running> {
    find_pid_in(&Directories::of_this_process().all(), pid)
}

/// The master whose pid is in a file.
///
/// # Errors
///
/// `NotFound` when there is none, or no such file; `InvalidData` when the file holds no pid.
pub fn find_by_pid_file(path: &Path) -> io::Result<Running> {
    let pid = pid_file::read(path).map_err(|error| {
        let text = format!("cannot read the pid file `{}`: {error}", path.display());
        io::Error::new(error.kind(), text)
    })?;
    find_pid(pid)
}

fn find_pid_in(directories: &[PathBuf], pid: u32) -> io::Result<Running> {
    all(directories)
        .find(|running| running.pid() == Some(pid))
        .ok_or_else(|| none(format!("no process {pid} of this user serves")))
}

fn none(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, text)
}

/// Every master that lives.
fn all(directories: &[PathBuf]) -> impl Iterator<Item = Running> {
    let entries = directories.iter().filter_map(|it| fs::read_dir(it).ok()).flatten();
    let paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let suffix = OsStr::new(name::SUFFIX.trim_start_matches('.'));
    let sockets = paths.into_iter().filter(move |path| path.extension() == Some(suffix));
    sockets.filter_map(|path| Running::at(&path).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launcher::control::{Control, Phase, Status};
    use std::os::unix::fs::symlink;
    use std::time::Instant;

    fn status(file: &Path) -> Reply {
        Reply::Status(Box::new(Status {
            pid: 1,
            file: file.to_owned(),
            version: String::new(),
            uptime: Duration::ZERO,
            phase: Phase::Serving,
            generations: Vec::new(),
            last_reload: None,
            upgrade: None,
        }))
    }

    #[test]
    fn a_master_is_found_by_its_file_its_links_and_its_pid() {
        let root = tempfile::tempdir().unwrap();
        let (file, link) = (root.path().join("a.ini"), root.path().join("current.ini"));
        fs::write(&file, "").unwrap();
        symlink(&file, &link).unwrap();
        let directories = [root.path().join("none"), root.path().join("sockets")];
        fs::create_dir(&directories[1]).unwrap();
        let none = find_in(&directories, &file).unwrap_err();
        assert_eq!(none.kind(), io::ErrorKind::NotFound);
        assert_eq!(none.to_string(), format!("nothing of this user serves `{}`", file.display()));

        // What the dead leave, and what is no socket, is passed over.
        let socket = directories[1].join(name::of(&link).unwrap());
        fs::write(directories[1].join("b.sock"), "").unwrap();
        drop(std::os::unix::net::UnixListener::bind(directories[1].join("c.sock")).unwrap());
        let mut control = Control::bind(&socket).unwrap();
        assert_eq!(find_in(&directories, &link).unwrap().path(), socket);
        let me = std::process::id();
        assert_eq!(find_pid_in(&directories, me).unwrap().path(), socket);
        assert!(find_pid_in(&directories, me + 1).is_err());

        // By another name for the same file, it is asked what it serves.
        let here = std::env::current_dir().unwrap().join("Cargo.toml");
        for (wanted, serves, is_found) in [
            (&file, link.as_path(), true),
            (&file, Path::new("/"), false),
            (&here, Path::new("Cargo.toml"), false),
        ] {
            let (directories, wanted) = (directories.clone(), wanted.clone());
            let finding = std::thread::spawn(move || find_in(&directories, &wanted));
            while !finding.is_finished() {
                let now = Instant::now();
                for (client, _) in control.ready(now) {
                    control.reply(client, &status(serves), now);
                }
            }
            let found = finding.join().unwrap();
            assert_eq!(found.is_ok_and(|found| found.path() == socket), is_found, "{serves:?}");
        }
    }
}
