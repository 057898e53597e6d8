//! The files of one load, each read once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::index::Index;
use super::lost::Lost;
use super::paths::abspath;
use crate::ini::Document;
use crate::problem::{Problems, Source};

/// A file that was read, with its sections indexed.
pub(crate) struct File {
    pub(crate) document: Arc<Document>,
    pub(crate) index: Index,
    /// Its directory and itself, absolute: `here` and `__file__`.
    pub(crate) here: Arc<str>,
    pub(crate) path: Arc<str>,
    /// Where lines are wrong: what is not in the document.
    pub(crate) lost: Option<Box<Lost>>,
    /// Without links: what it is, under whatever name.
    real: PathBuf,
}

/// Reads files and remembers them, also that one could not be read.
#[derive(Default)]
pub(crate) struct Files {
    /// By the name they were opened under, which differs from the path where `..` does not.
    opened: Mutex<HashMap<String, Result<Arc<File>, Problems>>>,
    /// Texts that are read instead of files.
    given: OnceLock<BTreeMap<String, String>>,
    /// Whether files are read without those of their lines that are wrong.
    partly: AtomicBool,
    /// How the first file is called in problems; others are shown in the same manner.
    shown: OnceLock<(String, String)>,
}

impl Files {
    pub(crate) fn open(&self, name: &str) -> Result<Arc<File>, Problems> {
        // PasteDeploy strips the name before it opens the file.
        let name = crate::ini::strip(name);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.get(name) {
            return known.clone();
        }
        let read = self.read(name, &opened);
        opened.insert(name.to_owned(), read.clone());
        read
    }

    /// Reads these texts instead of the files of these names.
    pub(crate) fn give(&self, texts: BTreeMap<String, String>) {
        let _ = self.given.set(texts);
    }

    /// Reads what there is of files whose lines are wrong.
    pub(crate) fn read_partly(&self) {
        self.partly.store(true, Ordering::Relaxed);
    }

    /// The texts of all files that were read, by the names they were opened under.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |file: &Arc<File>| file.document.source().text().to_owned();
        let read = opened
            .iter()
            .filter_map(|(name, file)| Some((name.clone(), text(file.as_ref().ok()?))));
        read.collect()
    }

    /// Says that the file opened as `name` is called `shown` in problems.
    pub(crate) fn show_as(&self, name: &str, shown: &str) {
        let _ = self.shown.set((name.to_owned(), shown.to_owned()));
    }

    /// Whoever names a file relative to the current directory reads other names so, too.
    fn shown(&self, name: &str) -> String {
        match self.shown.get() {
            Some((first, shown)) if first == name => shown.clone(),
            Some((_, shown)) if !shown.starts_with('/') => shorten(name),
            _ => name.to_owned(),
        }
    }

    /// All files that were read, sorted by path.
    pub(crate) fn all(&self) -> Vec<Arc<File>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let mut files: Vec<_> = opened.values().flatten().cloned().collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files.dedup_by(|one, other| one.path == other.path);
        files
    }

    /// The paths of all files, also of those that could not be read.
    pub(crate) fn sought(&self) -> BTreeSet<PathBuf> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.keys().map(|name| PathBuf::from(abspath(name))).collect()
    }

    fn read(
        &self,
        name: &str,
        opened: &HashMap<String, Result<Arc<File>, Problems>>,
    ) -> Result<Arc<File>, Problems> {
        let path = abspath(name);
        // Behind a link, `..` leads elsewhere than the path says.
        let real = std::fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name));
        // As texts: a slash behind the name of a file makes it another one, which is not there.
        let same =
            |file: &&Arc<File>| file.real.as_os_str() == real.as_os_str() && *file.path == *path;
        if let Some(file) = opened.values().flatten().find(same) {
            return Ok(Arc::clone(file));
        }
        let source = match self.given.get().and_then(|given| given.get(name)) {
            Some(text) => Source::new(self.shown(name), text.clone()),
            None => crate::ini::read(Path::new(name), &self.shown(name))?,
        };
        let (document, problems) = Document::parse_partly(name, source);
        let is_wrong = problems.has_errors();
        if is_wrong && !self.partly.load(Ordering::Relaxed) {
            return Err(problems);
        }
        let lost = is_wrong.then(|| Box::new(Lost::of(&document, problems)));
        let document = Arc::new(document);
        let index = Index::new(&document);
        let here = super::paths::dirname(&path).into();
        Ok(Arc::new(File { document, index, here, path: path.into(), lost, real }))
    }
}

/// A path as a person at this directory would write it.
fn shorten(name: &str) -> String {
    let current = std::env::current_dir().ok();
    let current = current.as_deref().and_then(Path::to_str);
    let below = current.and_then(|current| name.strip_prefix(current)?.strip_prefix('/'));
    match below.map(|path| path.trim_start_matches('/')) {
        Some("") => ".".to_owned(),
        Some(path) => path.to_owned(),
        None => name.to_owned(),
    }
}
