//! All that is open.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use impasto::ini::read;
use impasto::{Loader, Problems, Snapshot};

use super::document::Document;

/// The texts that an editor has open, by absolute path. Files that they name are read where they are open, and
/// else from the disk.
#[derive(Default)]
pub struct Workspace {
    open: HashMap<PathBuf, Rc<Document>>,
    roots: Vec<PathBuf>,
    /// What was resolved last of each, until something changes.
    loaders: RefCell<HashMap<PathBuf, Result<Loader, Problems>>>,
    /// The last of each whose lines were all right.
    readable: RefCell<HashMap<PathBuf, Loader>>,
}

impl Workspace {
    /// Below these folders, too, are files looked for that name sections of open ones; those in the folders of open
    /// ones are known anyhow.
    pub fn set_roots(&mut self, roots: impl IntoIterator<Item = PathBuf>) {
        self.roots = roots.into_iter().collect();
    }

    /// The folders that were given last.
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Opens a file with this text, or gives an open one another.
    pub fn open(&mut self, path: &Path, text: impl Into<String>) {
        self.open.insert(path.to_owned(), Rc::new(Document::new(path, text)));
        self.touch();
    }

    /// Puts `text` in the place of some bytes of an open file; tells whether it is open. A range that is not in
    /// the file, or parts a character, is moved to where it can be.
    pub fn change(&mut self, path: &Path, range: Range<usize>, text: &str) -> bool {
        let Some(document) = self.open.get_mut(path) else { return false };
        *document = Rc::new(document.with(range, text));
        self.touch();
        true
    }

    /// Closes a file.
    pub fn close(&mut self, path: &Path) {
        self.open.remove(path);
        self.readable.get_mut().remove(path);
        self.touch();
    }

    /// Says that files on the disk are not what they were.
    pub fn touch(&mut self) {
        self.loaders.get_mut().clear();
    }

    /// An open file.
    pub fn document(&self, path: &Path) -> Option<&Document> {
        self.open.get(path).map(|document| &**document)
    }

    /// All open files.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.open.values().map(|document| &**document)
    }

    /// The texts of all open files, for whoever loads one of them.
    pub fn snapshot(&self) -> Snapshot {
        let add = |snapshot: Snapshot, document: &Document| {
            snapshot.with(document.path(), document.source().text())
        };
        self.documents().fold(Snapshot::default(), add)
    }

    /// A file that is open, or else is on the disk.
    pub(super) fn read(&self, path: &Path) -> Option<Rc<Document>> {
        let open = self.open.get(path);
        let open = open.or_else(|| self.open.values().find(|document| document.is_at(path)));
        if let Some(document) = open {
            return Some(Rc::clone(document));
        }
        let source = read(path, &path.to_string_lossy()).ok()?;
        Some(Rc::new(Document::new(path, source.text())))
    }

    /// The loader of an open file; it resolves nothing before it is asked.
    ///
    /// # Errors
    ///
    /// What is wrong with the lines of the file.
    pub fn loader(&self, path: &Path) -> Result<Loader, Problems> {
        if let Some(known) = self.loaders.borrow().get(path) {
            return known.clone();
        }
        let none = std::iter::empty::<(&str, &str)>();
        let loader = Loader::open_snapshot(self.snapshot(), path, none);
        if let Ok(loader) = &loader {
            self.readable.borrow_mut().insert(path.to_owned(), loader.clone());
        }
        self.loaders.borrow_mut().insert(path.to_owned(), loader.clone());
        loader
    }

    /// The same, or that of an earlier text where lines are wrong.
    pub(super) fn readable(&self, path: &Path) -> Option<Loader> {
        self.loader(path).ok().or_else(|| self.readable.borrow().get(path).cloned())
    }
}
