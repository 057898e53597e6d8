//! What a load read, so that others read the same.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::load::Loader;
use super::paths::abspath;
use super::resolve::Load;
use super::value::Value;
use crate::problem::Problems;

/// The texts of all files that a load has read, secret files among them.
///
/// A load from a snapshot reads them there, whatever has become of the files: so processes that begin
/// at different times serve the same, and one that may not read a file any more can still load it. Only
/// a file that the snapshot does not have is read from the disk.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// By the name a file was opened under.
    pub(super) texts: BTreeMap<String, String>,
    /// By the path that `%(file:PATH)s` comes to.
    pub(super) secrets: BTreeMap<PathBuf, String>,
}

impl Snapshot {
    /// The same with another text for the file at `path`, or with a first one.
    pub fn with(mut self, path: impl AsRef<Path>, text: impl Into<String>) -> Snapshot {
        let name = abspath(&path.as_ref().to_string_lossy());
        self.texts.insert(name, text.into());
        self
    }

    /// A load that reads these texts.
    pub(super) fn load(self) -> Load {
        let load = Load::default();
        load.files.give(self.texts);
        load.secrets.give(self.secrets);
        load
    }
}

impl Loader {
    /// The files that were read so far; [`read_ahead`](Loader::read_ahead) reads what is needed later.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { texts: self.load.files.texts(), secrets: self.load.secrets.texts() }
    }

    /// The paths of the files that factories have [said](crate::reads) that they read: those that this load has
    /// called so far.
    pub fn read_by_factories(&self) -> Vec<PathBuf> {
        self.load.reads.all()
    }

    /// The paths of all files that this load depends on so far, also where they could not be read: those that
    /// factories [said](crate::reads), those of the configuration, and secret files. When one of them changes,
    /// another load may come to something else.
    pub fn sought(&self) -> Vec<PathBuf> {
        let mut all = self.read_by_factories();
        all.extend(self.load.files.sought());
        all.extend(self.load.secrets.sought());
        all
    }

    /// As [`open_with`](Loader::open_with), from a snapshot.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn open_snapshot<N: AsRef<str>, V: Into<Value>>(
        snapshot: Snapshot,
        path: impl AsRef<Path>,
        global_conf: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Loader, Problems> {
        Loader::begin(snapshot.load(), path.as_ref(), global_conf.into_iter().collect())
    }
}

/// The names; texts may hold what nobody else may read.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.texts.keys()).entries(self.secrets.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::registry::Group;

    #[test]
    fn another_load_reads_what_the_first_did() {
        let directory = tempfile::tempdir().unwrap();
        let (main, other) = (directory.path().join("main.ini"), directory.path().join("other.ini"));
        fs::write(&main, "[app:main]\nuse = config:other.ini\n").unwrap();
        fs::write(&other, "[app:main]\nuse = egg:first\n").unwrap();
        let first = Loader::open(&main).unwrap();
        first.context(Group::App, "main").unwrap();
        let snapshot = first.snapshot();

        fs::write(&main, "[app:main]\nuse = egg:second\n").unwrap();
        fs::remove_file(&other).unwrap();
        let shape = |loader: Loader| loader.context(Group::App, "main").unwrap().shape();
        let none = std::iter::empty::<(&str, &str)>;
        assert_eq!(
            shape(Loader::open_snapshot(snapshot, &main, none()).unwrap()),
            "egg:first#main"
        );
        assert_eq!(shape(Loader::open(&main).unwrap()), "egg:second#main");
    }

    #[test]
    fn files_that_are_not_there_were_sought_too() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let text =
            "[app:main]\nuse = egg:it\nkey = %(file:key)s\n[app:other]\nuse = config:gone.ini\n";
        fs::write(at("a.ini"), text).unwrap();
        let loader = Loader::open(at("a.ini")).unwrap();
        assert_eq!(loader.sought(), [at("a.ini")]);
        for (name, file) in [("other", "gone.ini"), ("main", "key")] {
            loader.context(Group::App, name).unwrap_err();
            assert!(loader.sought().contains(&at(file)), "{:?}", loader.sought());
        }
        assert_eq!(loader.files(), [at("a.ini")]);
    }

    #[test]
    fn what_composites_lead_to_is_read_ahead() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let write = |name: &str, text: &str| fs::write(at(name), text).unwrap();
        write(
            "main.ini",
            "[composite:main]\nuse = egg:Paste#urlmap\n/ = below\n/again = main\n\
             [composite:below]\nuse = egg:Paste#urlmap\n/ = config:other.ini\n/gone = gone\n",
        );
        write("other.ini", "[app:main]\nuse = egg:it\nkey = %(file:key)s\n");
        write("key", "old");
        let loader = Loader::open(at("main.ini")).unwrap();
        loader.read_ahead();
        let snapshot = loader.snapshot();
        assert!(!format!("{snapshot:?}").contains("old"));
        write("other.ini", "[app:main]\nuse = egg:another\n");
        write("key", "new");

        let none = std::iter::empty::<(&str, &str)>;
        let again = Loader::open_snapshot(snapshot.clone(), at("main.ini"), none()).unwrap();
        let uri = format!("config:{}", at("other.ini").display());
        let app = again.context(Group::App, &uri).unwrap();
        assert_eq!(app.shape(), "egg:it#main");
        assert_eq!(app.local_conf().get("key").unwrap().text(), "old");
        assert_eq!(again.sought(), [at("main.ini"), at("other.ini"), at("key")]);
        assert_eq!(again.snapshot().secrets, snapshot.secrets, "it can be passed on");
    }
}
