//! The files that factories read.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

thread_local! {
    /// Of the factory that is called on this thread.
    static READS: RefCell<BTreeSet<PathBuf>> = const { RefCell::new(BTreeSet::new()) };
}

/// Says, from within a factory, that it reads this file as it creates what it makes: `--watch` reloads when
/// the file changes, as it does for the configuration itself. Said before it is read, that also holds for a
/// file that is not there yet. A relative path is one of the current directory.
///
/// ```
/// fn factory(path: &std::path::Path) -> anyhow::Result<String> {
///     impasto::reads(path);
///     Ok(std::fs::read_to_string(path)?)
/// }
/// # assert!(factory("no/such/file".as_ref()).is_err());
/// ```
///
/// A file that is looked at anew while requests are served needs no reload, and is not to be named.
pub fn reads(path: impl AsRef<Path>) {
    let path = path.as_ref();
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    READS.with_borrow_mut(|files| files.insert(whole));
}

/// What the factories of a load have read.
#[derive(Debug, Default)]
pub(crate) struct Reads(Mutex<BTreeSet<PathBuf>>);

impl Reads {
    /// Calls a factory; one of its own parts may be within.
    pub(crate) fn of<T>(&self, call: impl FnOnce() -> T) -> T {
        let outer = READS.take();
        let made = call();
        let inner = READS.replace(outer);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(inner);
        made
    }

    /// All of them, sorted.
    pub(crate) fn all(&self) -> Vec<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_load_knows_its_own() {
        let (outer, inner) = (Reads::default(), Reads::default());
        reads("/nobody/s");
        outer.of(|| {
            reads("/a");
            inner.of(|| reads("/b"));
            reads("/c");
        });
        assert_eq!(outer.all(), [Path::new("/a"), Path::new("/c")]);
        assert_eq!(inner.all(), [Path::new("/b")]);
    }
}
