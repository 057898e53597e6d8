//! One of two readings.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::ini::interpolate::Interpolator;
use crate::ini::{Entry, Section};
use crate::loader::files::File;
use crate::loader::load::Loader;

/// A reading of a file and those that it includes.
pub(super) struct Side<'a> {
    pub(super) loader: &'a Loader,
    files: Vec<Arc<File>>,
    /// Positions in `files`, and in the sections of each, with `[DEFAULT]` behind them.
    by_key: HashMap<Key, (usize, u32)>,
}

/// A section, by the file it is in: seen from the directory of the first, so that two directories with files
/// of the same names can be compared. The first has no name.
pub(super) type Key = (String, String);

/// What an option comes to.
#[derive(Debug, PartialEq)]
pub(super) struct Effective {
    pub(super) text: String,
    pub(super) secret: bool,
}

impl<'a> Side<'a> {
    pub(super) fn of(loader: &'a Loader) -> Side<'a> {
        let files = loader.load.files.all();
        let mut side = Side { loader, files, by_key: HashMap::new() };
        for (file_at, file) in side.files.iter().enumerate() {
            let name = side.name(file);
            let document = &file.document;
            let all = document.sections().chain([document.defaults()]);
            side.by_key.extend(all.map(|section| {
                ((name.clone(), section.name().to_owned()), (file_at, section.at()))
            }));
        }
        side
    }

    /// All sections, in the order of their files, the first file first. `[DEFAULT]` is there in each.
    pub(super) fn sections(&self) -> impl Iterator<Item = (Key, Section<'_>)> {
        let (own, others): (Vec<_>, Vec<_>) = self.files.iter().partition(|file| self.is_own(file));
        own.into_iter().chain(others).flat_map(|file| {
            let name = self.name(file);
            let document = &file.document;
            let all = std::iter::once(document.defaults()).chain(document.sections());
            all.map(move |section| ((name.clone(), section.name().to_owned()), section))
        })
    }

    pub(super) fn section(&self, key: &Key) -> Option<Section<'_>> {
        let (file, section) = self.by_key.get(key)?;
        Some(self.files[*file].document.section_at(*section))
    }

    /// Whether a section is one of the file that was opened.
    pub(super) fn has(&self, section: Section<'_>) -> bool {
        self.loader.document().is_some_and(|own| std::ptr::eq(own, section.document()))
    }

    /// What an option comes to, where it can be told: the sections of other files are read with the globals
    /// of whoever includes them. None when a default hides it.
    pub(super) fn value(&self, entry: Entry<'_>) -> Option<Effective> {
        let as_written = || Effective { text: entry.raw().to_owned(), secret: false };
        let own = self.loader.frame.as_ref().filter(|_| self.has(entry.section()));
        let Some(frame) = own else { return Some(as_written()) };
        let load = &self.loader.load;
        let mut by = Interpolator::new(&load.budget, &load.secrets);
        let read = match entry.section().name() {
            "DEFAULT" => frame.read(None, entry.name(), &mut by),
            _ if frame.is_default(entry.name()) => return None,
            _ => frame.read_entry(entry, &mut by),
        };
        Some(match read {
            Ok(value) => Effective { text: value.text().to_owned(), secret: value.is_secret() },
            Err(_) => as_written(),
        })
    }

    /// A value without the directory of the file, which is none of its meaning.
    pub(super) fn without_here(&self, text: &str) -> String {
        match self.here() {
            Some(here) => text.replace(here, "%(here)s"),
            None => text.to_owned(),
        }
    }

    pub(super) fn here(&self) -> Option<&str> {
        self.loader.frame.as_ref().map(|frame| &*frame.file.here)
    }

    fn is_own(&self, file: &Arc<File>) -> bool {
        self.loader
            .frame
            .as_ref()
            .is_some_and(|frame| Arc::ptr_eq(&frame.file.document, &file.document))
    }

    fn name(&self, file: &Arc<File>) -> String {
        if self.is_own(file) {
            return String::new();
        }
        let path = Path::new(&*file.path);
        let below = self.here().and_then(|here| path.strip_prefix(here).ok());
        below.unwrap_or(path).to_string_lossy().into_owned()
    }
}
