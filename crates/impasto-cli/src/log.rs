//! The log: lines on standard error.

use std::env;
use std::io::{self, IsTerminal};

use impasto_server::Stderr;
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::SystemTime;

/// Logs to standard error for the rest of the process. Does nothing where a program has set up a log
/// of its own.
///
/// Lines begin with the time, unless they go to the journal, which knows it.
pub(crate) fn to_stderr() {
    let (filter, wrong) = filter();
    let ansi = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Stderr);
    // What cannot be logged cannot be complained of either: that would panic.
    let lines = lines.with_ansi(ansi).log_internal_errors(false);
    let set_up = match env::var_os("JOURNAL_STREAM") {
        Some(_) => lines.without_time().try_init(),
        None => lines.with_timer(SystemTime).try_init(),
    };
    if let (Ok(()), Some(wrong)) = (set_up, wrong) {
        tracing::warn!("{wrong}");
    }
}

/// From now on, what a pipe behind standard error cannot take is lost, for this process and its workers: one
/// that nobody empties must not hold up requests.
///
/// The pipe is opened anew, since whoever else writes into it may want to wait. (A socket cannot be; see
/// [`Stderr`].)
pub(crate) fn never_wait() {
    let mode = fstat(io::stderr()).map(|stat| FileType::from_raw_mode(stat.st_mode));
    if mode == Ok(FileType::Fifo) {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        // One without a reader cannot be opened, and keeps nobody waiting.
        let opened = open("/proc/self/fd/2", flags, Mode::empty());
        let _ = opened.and_then(rustix::stdio::dup2_stderr);
    }
}

/// The filter that the environment asks for. A wrong one must not keep a service from starting.
fn filter() -> (EnvFilter, Option<String>) {
    let set = ["IMPASTO_LOG", "RUST_LOG"].into_iter().find_map(|name| {
        let text = env::var(name).ok().filter(|text| !text.trim().is_empty())?;
        Some((name, text))
    });
    let usual = || EnvFilter::new("info");
    match set {
        None => (usual(), None),
        Some((name, text)) => match EnvFilter::try_new(&text) {
            Ok(filter) => (filter, None),
            Err(error) => (usual(), Some(format!("`{name}={text}` is no filter: {error}"))),
        },
    }
}
