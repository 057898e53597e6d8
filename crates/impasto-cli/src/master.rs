//! A running `impasto serve`, for the commands that speak to one.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use impasto_server::control::{Reply, Request, Running, find, find_by_pid_file};

use crate::complete;
use crate::locate::Directories;
use crate::output::FormatArgs;
use crate::waiting::Waiting;
use crate::words::FILE;

/// Which one.
#[derive(Args, Debug)]
pub(crate) struct MasterArgs {
    /// The file that it serves; `api-paste.ini` when none is named.
    #[arg(add = complete::files())]
    file: Option<PathBuf>,

    /// The file that holds its pid, instead of the file that it serves.
    #[arg(long, value_name = "FILE", conflicts_with = "file", add = complete::any_file())]
    pid_file: Option<PathBuf>,

    #[command(flatten)]
    directories: Directories,
}

impl MasterArgs {
    /// The master, or `None` when it was said that there is none.
    pub(crate) fn find(&self, format: &FormatArgs) -> io::Result<Option<Running>> {
        let found = match &self.pid_file {
            Some(pid_file) => find_by_pid_file(pid_file),
            None => find(&self.directories.find(self.file.as_deref().unwrap_or(FILE.as_ref()))),
        };
        match found {
            Ok(running) => Ok(Some(running)),
            Err(error) => format.refuse(error, None).map(|()| None),
        }
    }
}

/// Asks, and says so when there is no answer.
pub(crate) fn ask(
    master: &Running,
    request: &Request,
    timeout: Duration,
    format: &FormatArgs,
) -> io::Result<Option<Reply>> {
    let name = name(master);
    let waiting = Waiting::of(format!("an answer of {name}"));
    let answer = master.ask(request, timeout);
    drop(waiting);
    let why = match answer {
        Ok(Reply::Refused(why)) => format!("{name} refuses: {}", plain(&why)),
        Ok(reply) => return Ok(Some(reply)),
        // That is what it was asked for, and the quickest way to do it.
        Err(error) if is_end(&error) && matches!(request, Request::Stop { .. }) => {
            return Ok(Some(Reply::Stopping));
        }
        Err(error) if is_end(&error) => format!("{name} ended before it answered"),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            let timeout = impasto::settings::Duration::from(timeout);
            format!("{name} has not answered within {timeout}")
        }
        Err(error) => format!("cannot speak to {name}: {error}"),
    };
    format.refuse(why, None).map(|()| None)
}

/// Whether nobody is at the other end any more.
fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionRefused, ConnectionReset, NotFound, UnexpectedEof};
    let kinds = [BrokenPipe, ConnectionRefused, ConnectionReset, NotFound, UnexpectedEof];
    kinds.contains(&error.kind())
}

/// `process 4711`
pub(crate) fn name(master: &Running) -> String {
    match master.pid() {
        Some(pid) => format!("process {pid}"),
        None => "a process of another container".into(),
    }
}

/// A text in which nothing but the ends of lines moves the cursor: it comes from another process.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.trim_end().chars() {
        match c.is_control() && c != '\n' {
            true => plain.extend(c.escape_default()),
            false => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_text_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2J\r\nb ä\n\n"), "a\\u{1b}[2J\\r\nb ä");
    }
}
