//! A file that was read: sections and options with their places, values still raw.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;
use serde_ini::Item;

use super::entries::{Entries, Line, Part};
use super::scanner::{Scanned, Scanner};
use super::section::Section;
use super::{find, read};
use crate::problem::{Code, Place, Problem, Problems, Severity, Source, Span};

/// The sections of one file, in its order.
///
/// Names and values are parts of the file's text: a section has no memory of its own but its entry
/// in a list.
pub struct Document {
    source: Arc<Source>,
    path: PathBuf,
    sections: Vec<Header>,
    /// Positions of sections by name.
    by_name: HashTable<u32>,
    hasher: RandomState,
    entries: Entries,
    /// `[DEFAULT]` may be written in parts, so its options are a list of their own.
    defaults: (Header, Entries),
    warnings: Vec<Problem>,
}

/// A section, but for its options.
#[derive(Debug)]
pub(super) struct Header {
    /// Where the name is written.
    pub(super) name: Span,
    pub(super) part: Part,
}

/// The position of `[DEFAULT]`, which is none of the sections.
pub(super) const DEFAULTS: u32 = u32::MAX;

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
        let (document, problems) = Document::parse_partly(path, source);
        match problems.has_errors() {
            true => Err(problems),
            false => Ok(document),
        }
    }

    /// Reads a text as if it were the content of `path`, for tools that go on where lines are wrong: those are
    /// left out, and of what is written twice the first counts. Where some are wrong, they are returned with
    /// what is to be warned of; else nothing is.
    ///
    /// ```
    /// use impasto::{Source, ini::Document};
    ///
    /// let source = Source::new("x.ini", "[app:main]\nuse = egg:x\nwrong\n");
    /// let (document, problems) = Document::parse_partly("x.ini", source);
    /// assert_eq!(document.section("app:main").unwrap().entries().len(), 1);
    /// assert_eq!(problems.iter().count(), 1);
    /// ```
    pub fn parse_partly(path: impl Into<PathBuf>, source: Arc<Source>) -> (Document, Problems) {
        // As many as a text of this length has, as a rule.
        let headers = source.text().len() / 96;
        let defaults = Entries::default();
        let mut document = Document {
            path: path.into(),
            sections: Vec::with_capacity(headers),
            by_name: HashTable::with_capacity(headers),
            hasher: RandomState::default(),
            entries: Entries::for_text(source.text()),
            defaults: (Header { name: Span::default(), part: defaults.begin(DEFAULTS) }, defaults),
            warnings: Vec::new(),
            source: Arc::clone(&source),
        };
        let mut current = DEFAULTS;
        let mut scanner = Scanner::new(&source);
        scanner.scan(|scanned, problems| match scanned.item {
            Item::Section { ref name } => current = document.begin(name, &scanned, problems),
            Item::Value { .. } => document.add(current, scanned, problems),
            Item::Empty | Item::Comment { .. } => {}
        });
        let problems = Problems(scanner.problems);
        if problems.has_errors() {
            let warnings = problems.iter().filter(|problem| problem.severity == Severity::Warning);
            document.warnings = warnings.cloned().collect();
            return (document, problems);
        }
        document.warnings = problems.0;
        (document, Problems::default())
    }

    /// Begins a section, or goes on with one that is there already; returns its position.
    fn begin(&mut self, name: &str, scanned: &Scanned, problems: &mut Vec<Problem>) -> u32 {
        let span = scanned.name;
        if name == "DEFAULT" {
            self.defaults.0.name = span;
            return DEFAULTS;
        }
        let Document { source, sections, by_name, hasher, entries, .. } = self;
        let text = source.text();
        let span_at = |at: &u32| sections[*at as usize].name;
        let hash_of = |name: &str| {
            let (kind, rest) = parts(name);
            hash(hasher, kind, rest)
        };
        let slot = by_name.entry(
            hash_of(name),
            |at| span_at(at).is(text, name),
            |at| hash_of(span_at(at).text(text)),
        );
        match slot {
            Slot::Occupied(first) => {
                let at = *first.get();
                let header = &mut sections[at as usize];
                let first = place(source, header.name);
                problems.push(duplicate_section(name, place(source, span), first));
                entries.resume(&mut header.part, text);
                at
            }
            Slot::Vacant(slot) => {
                let at = sections.len() as u32;
                slot.insert(at);
                sections.push(Header { name: span, part: entries.begin(at) });
                at
            }
        }
    }

    /// Adds an option to the section at `at`.
    fn add(&mut self, at: u32, scanned: Scanned, problems: &mut Vec<Problem>) {
        let Item::Value { key, value } = scanned.item else { return };
        let text = self.source.text();
        let (header, entries) = match at {
            DEFAULTS => (&mut self.defaults.0, &mut self.defaults.1),
            at => (&mut self.sections[at as usize], &mut self.entries),
        };
        // What the file says letter by letter needs no copy.
        let joined = scanned.is_joined.then(|| value.into_boxed_str());
        let name = scanned.name;
        let line = Line { key: name, value: scanned.value, joined };
        if let Err(first) = entries.add(&mut header.part, line, text) {
            let section = match at {
                DEFAULTS => "DEFAULT",
                _ => header.name.text(text),
            };
            let message = format!("option `{key}` is already in [{section}]");
            let problem = Problem::error(Code::DuplicateOption, message)
                .at(place(&self.source, name))
                .section(section)
                .key(key)
                .label(place(&self.source, first.key), "first written here")
                .help("remove one of the two");
            problems.push(problem);
        }
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
    pub fn defaults(&self) -> Section<'_> {
        self.section_at(DEFAULTS)
    }

    /// The sections but `[DEFAULT]`.
    pub fn sections(&self) -> impl ExactSizeIterator<Item = Section<'_>> {
        let (entries, headers) = (&self.entries, self.sections.iter());
        headers.map(move |header| Section { document: self, header, entries })
    }

    /// The section of this name, as written between the brackets.
    pub fn section(&self, name: &str) -> Option<Section<'_>> {
        let (kind, rest) = parts(name);
        let found = self.by_name.find(hash(&self.hasher, kind, rest), |at| {
            self.sections[*at as usize].name.is(self.source.text(), name)
        });
        found.map(|at| self.section_at(*at))
    }

    /// The section at `at` of [`sections`](Document::sections), or `[DEFAULT]`.
    pub(crate) fn section_at(&self, at: u32) -> Section<'_> {
        let (header, entries) = match self.sections.get(at as usize) {
            Some(header) => (header, &self.entries),
            None => (&self.defaults.0, &self.defaults.1),
        };
        Section { document: self, header, entries }
    }

    /// Where `[KIND:NAME]` is among [`sections`](Document::sections).
    pub(crate) fn position(&self, kind: &str, name: &str) -> Option<u32> {
        let is = |at: &u32| {
            let span = self.sections[*at as usize].name;
            let whole = self.source.text().as_bytes().get(span.range()).unwrap_or_default();
            whole.len() == kind.len() + 1 + name.len()
                && whole.ends_with(name.as_bytes())
                && whole.starts_with(kind.as_bytes())
                && whole[kind.len()] == b':'
        };
        self.by_name.find(hash(&self.hasher, kind, name), is).copied()
    }

    /// Whether `name` is the name of the option at `entry`, in the section at `section`.
    pub(crate) fn is_called(&self, section: u32, entry: u32, name: &str) -> bool {
        let entries = if section == DEFAULTS { &self.defaults.1 } else { &self.entries };
        entries.line(entry).is_some_and(|line| line.key.is(self.source.text(), name))
    }

    /// What a reader of the text would not expect it to mean.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sections = std::iter::once(self.defaults()).chain(self.sections());
        f.debug_list().entries(sections).finish()
    }
}

/// The two parts of a name, which are hashed one by one, so that a look-up needs no text with both.
fn parts(name: &str) -> (&str, &str) {
    match find(b':', name) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, ""),
    }
}

fn hash(hasher: &RandomState, kind: &str, rest: &str) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(kind.as_bytes());
    hasher.write(rest.as_bytes());
    hasher.finish()
}

fn place(source: &Arc<Source>, span: Span) -> Place {
    Place::new(source, span.range())
}

fn duplicate_section(name: &str, place: Place, first: Place) -> Problem {
    Problem::error(Code::DuplicateSection, format!("section [{name}] is already in this file"))
        .at(place)
        .section(name)
        .label(first, "first written here")
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
    fn wrong_lines_are_left_out_and_of_two_the_first_counts() {
        let text = "x\n[s]\na = 1\nword\na = 2\n[t]\nb = 3\n[s]\nc = 4\n[u\nd = 5\n";
        let (document, problems) = Document::parse_partly("x.ini", Source::new("x.ini", text));
        let found = format!("{document:?}");
        assert_eq!(found, "[[DEFAULT] [], [s] [a = \"1\"], [t] [b = \"3\"]]");
        assert_eq!(problems.0.len(), 5);
        assert!(document.warnings().is_empty());
    }

    #[test]
    fn default_may_be_written_in_parts() {
        let document = parse("[DEFAULT]\na=1\n[s]\n[DEFAULT]\nb=2\n").unwrap();
        assert_eq!(document.defaults().entries().count(), 2);
        assert_eq!(parse("[DEFAULT]\na=1\n[DEFAULT]\na=2\n").unwrap_err().0.len(), 1);
    }
}
