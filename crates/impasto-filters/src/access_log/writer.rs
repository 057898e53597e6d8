//! The thread that writes lines, and the buffer in front of it.

use std::fs::File;
use std::io::{self, Write as _};
use std::mem;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How many bytes of lines may wait; what comes then is lost.
const BOUND: usize = 1 << 20;

/// How many bytes of lines there is room for from the start, so that a request pays for its line only.
const ROOM: usize = 64 * 1024;

/// How long the thread waits for more lines before it writes the first. A system call for each would
/// cost more than the line.
const GATHER: Duration = Duration::from_millis(10);

/// How often the thread looks whether its file was moved away, and says that it cannot write.
const LOOK: Duration = Duration::from_secs(1);

/// How long the end of a log waits for its last lines to be written.
const PATIENCE: Duration = Duration::from_millis(500);

/// A log that is open. All filters that write to one place share it.
pub(super) struct Writer {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    pending: Mutex<Pending>,
    /// For the thread: there is something to do.
    work: Condvar,
    /// For whoever ends the log: everything is written.
    done: Condvar,
}

#[derive(Default)]
struct Pending {
    lines: Vec<u8>,
    lost: u64,
    /// Whether the thread waits for a first line.
    idle: bool,
    closed: bool,
    finished: bool,
}

impl Writer {
    /// The log at `path`.
    pub(super) fn to(path: &str) -> io::Result<Arc<Writer>> {
        static OPEN: Mutex<Vec<(String, Weak<Writer>)>> = Mutex::new(Vec::new());
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(_, writer)| writer.strong_count() > 0);
        let known = open.iter().filter(|(other, _)| other == path);
        if let Some(writer) = known.filter_map(|(_, writer)| writer.upgrade()).next() {
            return Ok(writer);
        }
        let writer = Arc::new(Writer::start(Target::open(path)?)?);
        open.push((path.to_owned(), Arc::downgrade(&writer)));
        Ok(writer)
    }

    fn start(target: Target) -> io::Result<Writer> {
        let shared = Arc::new(Shared::default());
        shared.lock().lines.reserve(ROOM);
        let of_thread = shared.clone();
        thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || of_thread.run(target))?;
        Ok(Writer { shared })
    }

    /// Has `write` add a line, unless too many wait already.
    pub(super) fn line(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut pending = self.shared.lock();
        let before = pending.lines.len();
        if before >= BOUND {
            pending.lost += 1;
            return;
        }
        write(&mut pending.lines);
        let is_urgent = before < BOUND / 2 && pending.lines.len() >= BOUND / 2;
        if mem::take(&mut pending.idle) || is_urgent {
            drop(pending);
            self.shared.work.notify_one();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut pending = self.shared.lock();
        pending.closed = true;
        self.shared.work.notify_one();
        let unfinished = |pending: &mut Pending| !pending.finished;
        drop(self.shared.done.wait_timeout_while(pending, PATIENCE, unfinished));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut target: Target) {
        let mut lines = Vec::with_capacity(ROOM);
        loop {
            let (lost, closed) = self.take(&mut lines);
            target.write(&lines, lost);
            lines.clear();
            if closed {
                break;
            }
        }
        self.lock().finished = true;
        self.done.notify_all();
    }

    /// Waits for lines and swaps them into `lines`. Also says how many were lost, and whether these are
    /// the last ones.
    fn take(&self, lines: &mut Vec<u8>) -> (u64, bool) {
        let mut pending = self.lock();
        while pending.lines.is_empty() && !pending.closed {
            pending.idle = true;
            pending = self.work.wait(pending).unwrap_or_else(PoisonError::into_inner);
        }
        pending.idle = false;
        let few = |pending: &mut Pending| !pending.closed && pending.lines.len() < BOUND / 2;
        let gathered = self.work.wait_timeout_while(pending, GATHER, few);
        let mut pending = gathered.unwrap_or_else(PoisonError::into_inner).0;
        mem::swap(&mut pending.lines, lines);
        (mem::take(&mut pending.lost), pending.closed)
    }
}

/// Where lines end up.
struct Target {
    name: String,
    file: File,
    /// The path of a file that may be moved away.
    path: Option<PathBuf>,
    looked: Instant,
    /// Lines that were lost and not yet told of.
    lost: u64,
    told: Option<Instant>,
}

impl Target {
    fn open(name: &str) -> io::Result<Target> {
        let (file, path) = match name {
            // A copy of the descriptor, so that a reader who does not read holds up nobody else.
            "stdout" => (File::from(io::stdout().as_fd().try_clone_to_owned()?), None),
            "stderr" => (File::from(io::stderr().as_fd().try_clone_to_owned()?), None),
            path => (append_to(path.as_ref())?, Some(PathBuf::from(path))),
        };
        let name = name.to_owned();
        Ok(Target { name, file, path, looked: Instant::now(), lost: 0, told: None })
    }

    fn write(&mut self, lines: &[u8], lost: u64) {
        self.lost += lost;
        let outcome = self.reopen_if_moved().and_then(|()| self.file.write_all(lines));
        if outcome.is_err() {
            self.lost += lines.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        let is_time = self.told.is_none_or(|told| told.elapsed() >= LOOK);
        if self.lost > 0 && is_time {
            let lost = mem::take(&mut self.lost);
            let reason = match outcome {
                Ok(()) => "too many waited".to_owned(),
                Err(error) => error.to_string(),
            };
            tracing::warn!(path = self.name, lost, reason, "lines of the access log were lost");
            self.told = Some(Instant::now());
        }
    }

    fn reopen_if_moved(&mut self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        let place = |metadata: io::Result<std::fs::Metadata>| {
            metadata.ok().map(|metadata| (metadata.dev(), metadata.ino()))
        };
        if place(std::fs::metadata(path)) != place(self.file.metadata()) {
            self.file = append_to(path)?;
        }
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    File::options().append(true).create(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn say(writer: &Writer, text: &str) {
        writer.line(|line| line.extend_from_slice(text.as_bytes()));
    }

    #[test]
    fn what_waits_is_written_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "before\n").unwrap();
        let writer = Writer::to(path.to_str().unwrap()).unwrap();
        say(&writer, "one\n");
        say(&writer, "two\n");
        drop(writer);
        assert_eq!(fs::read_to_string(&path).unwrap(), "before\none\ntwo\n");
    }

    #[test]
    fn a_place_is_opened_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let open = || Writer::to(path.to_str().unwrap()).unwrap();
        let (one, other) = (open(), open());
        assert!(Arc::ptr_eq(&one, &other));
        drop(one);
        say(&other, "still open\n");
        drop(other);
        assert_eq!(fs::read_to_string(&path).unwrap(), "still open\n");
    }

    #[test]
    fn a_file_that_was_moved_away_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
        let mut target = Target::open(path.to_str().unwrap()).unwrap();
        target.write(b"one\n", 0);
        fs::rename(&path, &moved).unwrap();
        target.looked -= LOOK;
        target.write(b"two\n", 0);
        assert_eq!(fs::read_to_string(&moved).unwrap(), "one\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
    }

    #[test]
    fn a_reader_that_does_not_read_costs_lines_and_no_time() {
        let (reader, sender) = io::pipe().unwrap();
        let file = File::from(std::os::fd::OwnedFd::from(sender));
        let looked = Instant::now();
        let name = "a pipe".to_owned();
        let target = Target { name, file, path: None, looked, lost: 0, told: None };
        let writer = Writer::start(target).unwrap();
        // The thread takes this all at once, and is then held up by the pipe.
        say(&writer, &"x".repeat(BOUND / 4));
        while !writer.shared.lock().lines.is_empty() {
            thread::yield_now();
        }
        let line = format!("{}\n", "x".repeat(1023));
        let full = BOUND / line.len();
        let start = Instant::now();
        (0..5 * full).for_each(|_| say(&writer, &line));
        assert!(start.elapsed() < Duration::from_secs(2));
        assert_eq!(writer.shared.lock().lost, 4 * full as u64);
        drop(reader);
    }

    #[test]
    fn a_full_disk_costs_lines() {
        let mut target = Target::open("/dev/full").unwrap();
        target.told = Some(Instant::now());
        target.write(b"one\ntwo\n", 1);
        assert_eq!(target.lost, 3);
        assert!(Target::open("/no/such/directory/log").is_err());
    }
}
