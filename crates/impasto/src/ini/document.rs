//! A file that was read: sections and options with their places, values still raw.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use serde_ini::Item;

use super::scanner::{Scanned, Scanner};
use super::{lines, read, split, strip};
use crate::problem::{Code, Place, Problem, Problems, Source};
use crate::table::Table;

/// The sections of one file, in its order.
#[derive(Debug)]
pub struct Document {
    source: Arc<Source>,
    path: PathBuf,
    defaults: Section,
    sections: IndexMap<Arc<str>, Section, RandomState>,
    warnings: Vec<Problem>,
}

/// A section and its options, in the order of the file.
#[derive(Debug)]
pub struct Section {
    name: Arc<str>,
    place: Place,
    entries: Table<Entry>,
}

/// An option as written.
#[derive(Debug)]
pub struct Entry {
    raw: String,
    key: (u32, u32),
    value: (u32, u32),
}

impl Document {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// The file is unreadable, not UTF-8 or larger than [`MAX_FILE_SIZE`](super::MAX_FILE_SIZE); or
    /// some of its lines are wrong, and then all of those.
    pub fn read(path: impl AsRef<Path>) -> Result<Document, Problems> {
        let path = path.as_ref();
        let source = read::read(path, &path.display().to_string())?;
        Document::parse(path, source)
    }

    /// Reads a text as if it were the content of `path`.
    ///
    /// # Errors
    ///
    /// All lines that are wrong.
    pub fn parse(path: impl Into<PathBuf>, source: Arc<Source>) -> Result<Document, Problems> {
        let whole = Place::new(&source, 0..0);
        let mut defaults = Section::new("DEFAULT".into(), whole);
        let mut sections: IndexMap<Arc<str>, Section, RandomState> = IndexMap::default();
        sections.reserve(memchr::memmem::find_iter(source.text().as_bytes(), "\n[").count() + 1);
        let mut names = HashSet::default();
        let mut current = None;
        let mut scanner = Scanner::new(&source);
        scanner.scan(|scanned, problems| match scanned.item {
            Item::Section { ref name } if name == "DEFAULT" => {
                defaults.place = Place::new(&source, scanned.name);
                current = None;
            }
            Item::Section { name } => {
                let name: Arc<str> = name.into();
                let place = Place::new(&source, scanned.name);
                match sections.entry(Arc::clone(&name)) {
                    Slot::Occupied(first) => {
                        problems.push(duplicate_section(&name, place, &first.get().place));
                        current = Some(first.index());
                    }
                    Slot::Vacant(slot) => {
                        current = Some(slot.index());
                        slot.insert(Section::new(name, place));
                    }
                }
            }
            Item::Value { .. } => {
                let section = match current {
                    Some(at) => &mut sections[at],
                    None => &mut defaults,
                };
                section.add(&source, scanned, &mut names, problems);
            }
            Item::Empty | Item::Comment { .. } => {}
        });
        let problems = Problems(scanner.problems);
        if problems.has_errors() {
            return Err(problems);
        }
        let path = path.into();
        Ok(Document { source, path, defaults, sections, warnings: problems.0 })
    }

    /// The file's path, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The options of `[DEFAULT]`; empty when the file has none.
    pub fn defaults(&self) -> &Section {
        &self.defaults
    }

    /// The sections but `[DEFAULT]`.
    pub fn sections(&self) -> impl ExactSizeIterator<Item = &Section> {
        self.sections.values()
    }

    /// The section of this name, as written between the brackets.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.get(name)
    }

    /// The section at `index` of [`sections`](Document::sections).
    pub(crate) fn section_at(&self, index: usize) -> &Section {
        &self.sections[index]
    }

    /// Where the section of this name is among [`sections`](Document::sections).
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.sections.get_index_of(name)
    }

    /// What a reader of the text would not expect it to mean.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

impl Section {
    fn new(name: Arc<str>, place: Place) -> Section {
        Section { name, place, entries: Table::default() }
    }

    /// The name, as written between the brackets.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Where the name is written.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The options, in the order of the file.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Entry)> {
        self.entries.iter()
    }

    /// The option of this name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    pub(crate) fn entry_at(&self, index: usize) -> Option<(&Arc<str>, &Entry)> {
        self.entries.at(index)
    }

    fn add(
        &mut self,
        source: &Arc<Source>,
        scanned: Scanned,
        names: &mut HashSet<Arc<str>>,
        problems: &mut Vec<Problem>,
    ) {
        let Item::Value { key, value } = scanned.item else { return };
        let span = |range: Range<usize>| (range.start as u32, range.end as u32);
        let entry = Entry { raw: value, key: span(scanned.name), value: span(scanned.value) };
        if let Some(first) = self.entries.get(&key) {
            let message = format!("option `{key}` is already in [{}]", self.name);
            let problem = Problem::error(Code::DuplicateOption, message)
                .at(entry.key_place(source))
                .section(&*self.name)
                .key(key)
                .label(first.key_place(source), "first written here")
                .help("remove one of the two");
            return problems.push(problem);
        }
        // The same few names stand in every section.
        let name = match names.get(&*key) {
            Some(known) => Arc::clone(known),
            None => {
                let name: Arc<str> = key.into();
                names.insert(Arc::clone(&name));
                name
            }
        };
        self.entries.push(name, entry);
    }
}

impl Entry {
    /// The value before interpolation; lines of a longer value are joined by `\n`.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Where the name is written, in a file whose text is `source`.
    pub fn key_place(&self, source: &Arc<Source>) -> Place {
        at(source, self.key)
    }

    /// Where the value is written, in a file whose text is `source`.
    pub fn value_place(&self, source: &Arc<Source>) -> Place {
        at(source, self.value)
    }

    /// Whether the value is just what stands at its place.
    pub(crate) fn is_as_written(&self, source: &Source) -> bool {
        source.text().get(self.value.0 as usize..self.value.1 as usize) == Some(&*self.raw)
    }

    pub(crate) fn spans(&self) -> ((u32, u32), (u32, u32)) {
        (self.key, self.value)
    }
}

/// Where the words of a value are written, given the place of the whole value: comment lines between
/// its lines do not count.
pub(crate) fn word_places(value: &Place) -> impl Iterator<Item = Place> {
    let text = value.text();
    let base = text.as_ptr() as usize;
    lines(text)
        .filter(|(start, line)| *start == 0 || !strip(line).starts_with(['#', ';']))
        .flat_map(|(_, line)| split(line))
        .map(move |word| {
            let start = word.as_ptr() as usize - base;
            value.narrow(start..start + word.len())
        })
}

/// Where word `index` of a value is written.
pub(crate) fn word_place(value: &Place, index: usize) -> Option<Place> {
    word_places(value).nth(index)
}

fn at(source: &Arc<Source>, (start, end): (u32, u32)) -> Place {
    Place::new(source, start as usize..end as usize)
}

fn duplicate_section(name: &str, place: Place, first: &Place) -> Problem {
    Problem::error(Code::DuplicateSection, format!("section [{name}] is already in this file"))
        .at(place)
        .section(name)
        .label(first.clone(), "first written here")
        .help("merge the two, or give one another name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, Problems> {
        Document::parse("x.ini", Source::new("x.ini", text))
    }

    fn raw(text: &str) -> String {
        let document = parse(text).unwrap();
        document.section("s").unwrap().entry("a").unwrap().raw().to_owned()
    }

    #[test]
    fn values_over_lines() {
        assert_eq!(raw("[s]\na = 1\n"), "1");
        assert_eq!(raw("[s]\na : 1"), "1");
        assert_eq!(raw("[s]\na =\n  x\n  y\n"), "\nx\ny");
        assert_eq!(raw("[s]\na = x\n\n  y\n\n\n[t]"), "x\n\ny");
        assert_eq!(raw("[s]\na = x\n # c\n  y"), "x\ny");
        assert_eq!(raw("[s]\na = x\n [t]\n b = 1"), "x\n[t]\nb = 1");
        assert_eq!(raw("\u{feff}[s]\r\na = x ; y\r\n"), "x ; y");
    }

    #[test]
    fn the_first_line_after_a_header_continues_nothing() {
        let document = parse("[s]\n     a = 1\n  b = 2\n").unwrap();
        assert_eq!(document.section("s").unwrap().entries().count(), 2);
    }

    #[test]
    fn every_wrong_line_is_reported() {
        let problems = parse("x\n[s]\nword\n= v\na=1\na=2\n[s]\n[]\n").unwrap_err();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.code, problem.place.as_ref().unwrap().line()))
            .collect();
        assert_eq!(
            found,
            [
                (Code::NoSectionHeader, 1),
                (Code::NoDelimiter, 3),
                (Code::EmptyName, 4),
                (Code::DuplicateOption, 6),
                (Code::DuplicateSection, 7),
                (Code::NoDelimiter, 8),
            ]
        );
    }

    #[test]
    fn default_may_be_written_in_parts() {
        let document = parse("[DEFAULT]\na=1\n[s]\n[DEFAULT]\nb=2\n").unwrap();
        assert_eq!(document.defaults().entries().count(), 2);
        assert_eq!(parse("[DEFAULT]\na=1\n[DEFAULT]\na=2\n").unwrap_err().0.len(), 1);
    }

    #[test]
    fn words_have_places() {
        let document = parse("[s]\na = one\n  # no\n  two three\n").unwrap();
        let place =
            document.section("s").unwrap().entry("a").unwrap().value_place(document.source());
        let word = word_place(&place, 2).unwrap();
        assert_eq!((word.text(), word.line(), word.column()), ("three", 4, 7));
    }
}
