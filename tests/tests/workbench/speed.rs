use std::path::Path;
use std::time::{Duration, Instant};

/// What any command may take for a file of a real project; without optimization it takes ten times as long.
const LONG: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 });

/// Runs it, and sees to it that it takes no longer than a command may: once in a few tries, for others
/// want the machine, too.
pub(crate) fn in_time<R>(path: &Path, run: impl Fn() -> R) -> R {
    let mut times = Vec::new();
    for _ in 0..10 {
        let start = Instant::now();
        let done = run();
        times.push(start.elapsed());
        if times.last().is_some_and(|took| *took < LONG) {
            return done;
        }
    }
    panic!("{}: {times:?}", path.display());
}
