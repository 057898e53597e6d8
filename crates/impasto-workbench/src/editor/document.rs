//! A text that is open, and what is known of it.

use std::cell::OnceCell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use impasto::ini::split;
use impasto::{Source, Uri};

use super::index::Index;
use crate::edit::references::{other_file, real};
use crate::text::Text;

/// A file as an editor has it, or as it is on the disk.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    source: Arc<Source>,
    // Most changes are not asked about before the next one comes.
    text: OnceCell<Text>,
    index: OnceCell<Index>,
}

impl Document {
    pub(super) fn new(path: &Path, text: impl Into<String>) -> Document {
        let source = Source::new(path.to_string_lossy(), text);
        Document { path: path.to_owned(), source, text: OnceCell::new(), index: OnceCell::new() }
    }

    /// The same with some bytes replaced. A range that is not in the text, or parts a character, is moved to
    /// where it can be.
    pub(super) fn with(&self, range: Range<usize>, text: &str) -> Document {
        let old = self.source.text();
        let start = boundary(old, range.start);
        let end = boundary(old, range.end).max(start);
        Document::new(&self.path, [&old[..start], text, &old[end..]].concat())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its name and text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// What stands where.
    pub fn text(&self) -> &Text {
        self.text.get_or_init(|| Text::new(Arc::clone(&self.source)))
    }

    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(self.text()))
    }

    /// The other files that its options name.
    pub(super) fn includes(&self) -> Vec<PathBuf> {
        let text = self.text();
        if !self.names_files() {
            return Vec::new();
        }
        let options = text.sections().flat_map(|section| section.options());
        let values: Vec<String> = options.map(|option| option.value()).collect();
        let words = values.iter().flat_map(|value| split(value));
        let file = |word: &str| match Uri::parse(word) {
            Ok(Uri::Config { path, .. }) => other_file(text, &path),
            _ => None,
        };
        words.filter_map(file).collect()
    }

    /// Whether it may name other files at all.
    pub(super) fn names_files(&self) -> bool {
        self.source.text().to_ascii_lowercase().contains("config:")
    }

    /// Whether it is the file at `path`, under whatever name.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        self.path == path || real(&self.path) == real(path)
    }
}

/// The last place before or at a byte where no character is parted.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_range_is_too_wrong() {
        let document = Document::new(Path::new("/x.ini"), "aüb");
        let with = |range| document.with(range, "-").source.text().to_owned();
        assert_eq!(with(0..1), "-üb");
        assert_eq!(with(1..2), "a-üb");
        assert_eq!(with(3..900), "aü-");
        let (late, early) = (3, 1);
        assert_eq!(with(late..early), "aü-b");
    }
}
