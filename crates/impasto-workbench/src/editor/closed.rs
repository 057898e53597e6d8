//! Files that nobody has open, and that may name sections of one that somebody has.

use std::collections::{HashSet, VecDeque};
use std::fs::read_dir;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::document::Document;
use super::workspace::Workspace;
use crate::edit::references::real;

/// So many entries of directories are looked at: who has more below a root waits for nothing.
const ENTRIES: usize = 4_000;
/// So many files are read, ...
const FILES: usize = 500;
/// ... none larger than this, in bytes, ...
const LARGEST: u64 = 1 << 20;
/// ... and no more than this of all together.
const BYTES: u64 = 8 << 20;

impl Workspace {
    /// The files that are not open: those that open ones include, and those that these do; and those in the folder
    /// of the file at `path` and below the roots that name other files. Of those no more than can be read in a
    /// moment, the nearest first.
    pub(super) fn closed(&self, path: &Path) -> Vec<Rc<Document>> {
        let mut known: HashSet<PathBuf> = self.documents().map(|open| real(open.path())).collect();
        let mut found = Vec::new();
        let mut wanted: Vec<PathBuf> = self.documents().flat_map(Document::includes).collect();
        while let Some(path) = wanted.pop() {
            if known.insert(real(&path))
                && let Some(document) = self.read(&path)
            {
                wanted.extend(document.includes());
                found.push(document);
            }
        }
        let mut left = BYTES;
        for file in self.nearby(path) {
            let size = file.metadata().map_or(u64::MAX, |metadata| metadata.len());
            if size > LARGEST.min(left) || !known.insert(real(&file)) {
                continue;
            }
            left -= size;
            found.extend(self.read(&file).filter(|document| document.names_files()));
        }
        found
    }

    /// Files of configuration in the folder of the one at `path`, and in and below the roots.
    fn nearby(&self, path: &Path) -> Vec<PathBuf> {
        let folder = path.parent().map(Path::to_owned);
        let mut files = Vec::new();
        let mut entries = 0;
        let mut folders: VecDeque<(PathBuf, bool)> =
            folder.into_iter().map(|it| (it, false)).collect();
        folders.extend(self.roots().iter().map(|root| (root.clone(), true)));
        while let Some((folder, is_below_root)) = folders.pop_front() {
            for entry in read_dir(&folder).into_iter().flatten().flatten() {
                entries += 1;
                if entries > ENTRIES || files.len() >= FILES {
                    return files;
                }
                let is_dir = entry.file_type().is_ok_and(|it| it.is_dir());
                let path = entry.path();
                if !is_dir && is_configuration(&path) {
                    files.push(path);
                } else if is_dir && is_below_root && !is_hidden(&path) {
                    folders.push_back((path, true));
                }
            }
        }
        files
    }
}

fn is_configuration(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ini" || extension == "conf")
}

/// What tools keep for themselves.
fn is_hidden(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
