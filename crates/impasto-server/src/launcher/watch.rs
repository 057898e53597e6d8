//! Files that are watched: a change is what a reload is asked for with `--watch`.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// Looks at files now and then. An editor that writes a file in several steps is waited for: only a
/// change that is the same at two looks is one.
#[derive(Debug, Default)]
pub struct Watch {
    known: Stamps,
    seen: Option<Stamps>,
}

/// What tells one content from another without reading it; `None` for a file that is not there.
type Stamps = BTreeMap<PathBuf, Option<[i64; 5]>>;

impl Watch {
    /// These have just been read: from now on they are watched, and no others.
    pub fn read(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.known = files.into_iter().map(stamped).collect();
        self.seen = None;
    }

    /// These have been read, too; those that are watched already are as they were.
    pub fn also(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        for file in
            files.into_iter().filter(|file| !self.known.contains_key(file)).collect::<Vec<_>>()
        {
            let (file, stamp) = stamped(file);
            self.known.insert(file, stamp);
        }
    }

    /// Whether one of them has changed and has come to rest, which takes two looks. Says so once.
    pub fn has_changed(&mut self) -> bool {
        let now: Stamps = self.known.keys().cloned().map(stamped).collect();
        if now == self.known {
            self.seen = None;
            return false;
        }
        let rests = self.seen.as_ref() == Some(&now);
        if rests {
            // A reload that fails is not asked for again until something else changes.
            self.known = now;
            self.seen = None;
        } else {
            self.seen = Some(now);
        }
        rests
    }
}

fn stamped(file: PathBuf) -> (PathBuf, Option<[i64; 5]>) {
    let stamp = std::fs::metadata(&file).ok().map(|found| {
        let content = [found.size() as i64, found.mtime(), found.mtime_nsec()];
        [found.dev() as i64, found.ino() as i64, content[0], content[1], content[2]]
    });
    (file, stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_change_is_told_once_when_it_has_come_to_rest() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.ini");
        fs::write(&file, "one").unwrap();
        let mut watch = Watch::default();
        watch.read([file.clone()]);
        assert!(!watch.has_changed());
        fs::write(&file, "three").unwrap();
        assert!(!watch.has_changed());
        fs::write(&file, "fourteen").unwrap();
        assert!(!watch.has_changed());
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        fs::remove_file(&file).unwrap();
        assert!(!watch.has_changed());
        assert!(watch.has_changed());
    }
}
