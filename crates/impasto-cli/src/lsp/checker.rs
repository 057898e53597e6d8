//! Finds what is wrong with files, in a thread of its own: no answer waits for it.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use impasto::{Code, Loader, Problem, Problems, Snapshot};
use tokio::runtime::Runtime;

use super::Event;
use crate::check::everything;

/// So long nothing must have been typed.
const PAUSE: Duration = Duration::from_millis(150);
/// But no longer is waited for that.
const PATIENCE: Duration = Duration::from_secs(2);

/// A file to check, with the texts of all that is open.
pub(super) struct Job {
    pub(super) path: PathBuf,
    pub(super) texts: Snapshot,
    /// Counts the changes of this file and of those that it includes.
    pub(super) turn: u64,
}

/// What is wrong with a file.
pub(super) struct Checked {
    pub(super) path: PathBuf,
    pub(super) turn: u64,
    pub(super) problems: Problems,
    /// The file itself and all that it includes.
    pub(super) files: Vec<PathBuf>,
}

/// The thread, seen from outside. It ends when this goes.
pub(super) struct Checker(Sender<Job>);

impl Checker {
    pub(super) fn start(events: Sender<Event>) -> io::Result<Checker> {
        // Factories may ask for the runtime they will serve on.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (jobs, queue) = mpsc::channel();
        let thread = thread::Builder::new().name("lsp-checker".to_owned());
        thread.spawn(move || {
            // Of this thread alone, as Linux has it: who waits for an answer goes first. Else nobody is worse off.
            let _ = rustix::process::nice(10);
            work(&queue, &events, &runtime);
        })?;
        Ok(Checker(jobs))
    }

    /// Checks a file soon, and not what it was before.
    pub(super) fn check(&self, job: Job) {
        // The thread catches what panics, so it is there.
        let _ = self.0.send(job);
    }
}

fn work(queue: &Receiver<Job>, events: &Sender<Event>, runtime: &Runtime) {
    let mut waiting: BTreeMap<PathBuf, Job> = BTreeMap::new();
    let add = |job: Job, waiting: &mut BTreeMap<PathBuf, Job>| {
        waiting.insert(job.path.clone(), job);
    };
    loop {
        if waiting.is_empty() {
            let Ok(job) = queue.recv() else { return };
            add(job, &mut waiting);
        }
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            match queue.recv_timeout(PAUSE) {
                Ok(job) => add(job, &mut waiting),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        while let Some((_, job)) = waiting.pop_first() {
            let checked = check(job, runtime);
            queue.try_iter().for_each(|job| add(job, &mut waiting));
            // What is newer is to come.
            let is_old = waiting.contains_key(&checked.path);
            if !is_old && events.send(Event::Checked(checked)).is_err() {
                return;
            }
            if is_old {
                break;
            }
        }
    }
}

fn check(job: Job, runtime: &Runtime) -> Checked {
    let Job { path, texts, turn } = job;
    let found = catch_unwind(AssertUnwindSafe(|| problems(&path, texts, runtime)));
    let (problems, files) = found.unwrap_or_else(|_panic| {
        let message = "a factory panicked while the file was checked; the log has more";
        (Problem::error(Code::FactoryFailed, message).into(), vec![path.clone()])
    });
    Checked { path, turn, problems, files }
}

fn problems(path: &Path, texts: Snapshot, runtime: &Runtime) -> (Problems, Vec<PathBuf>) {
    match Loader::open_partly(texts, path, std::iter::empty::<(&str, &str)>()) {
        Ok(loader) => (everything(&loader, runtime), loader.files()),
        Err(problems) => (problems, vec![path.to_owned()]),
    }
}
