//! The options of a file in one list: a section is a part of it.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::lengths::Lengths;
use crate::problem::Span;

/// An option. Its name is what stands at its place.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) key: Span,
    pub(super) value: Span,
    /// The raw value, when that is not just what stands at its place.
    pub(super) joined: Option<Box<str>>,
}

/// Options in the order of the file. Those of one section are searched, and hashed only where there
/// are many: a section has five, as a rule.
#[derive(Debug, Default)]
pub(super) struct Entries {
    lines: Vec<Line>,
    index: HashTable<Indexed>,
    hasher: RandomState,
}

/// An option of a section that has more than [`FEW`].
#[derive(Clone, Copy, Debug)]
struct Indexed {
    section: u32,
    at: u32,
}

/// Which of the options are a section's.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) section: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    lengths: Lengths,
    /// Whether they are hashed.
    indexed: bool,
}

const FEW: u32 = 12;

impl Entries {
    /// With room for as many as a text of this length has, as a rule.
    pub(super) fn for_text(text: &str) -> Entries {
        let lines = Vec::with_capacity(text.len() / 32);
        Entries { lines, ..Entries::default() }
    }

    pub(super) fn line(&self, at: u32) -> Option<&Line> {
        self.lines.get(at as usize)
    }

    pub(super) fn lines(&self, part: &Part) -> &[Line] {
        self.lines.get(part.start as usize..part.end as usize).unwrap_or_default()
    }

    /// A part without options yet, to which the next ones belong.
    pub(super) fn begin(&self, section: u32) -> Part {
        let end = self.lines.len() as u32;
        Part { section, start: end, end, lengths: Lengths::default(), indexed: false }
    }

    /// Makes a part ready for options that do not stand next to its own.
    pub(super) fn resume(&mut self, part: &mut Part, text: &str) {
        if part.end as usize != self.lines.len() {
            self.index(part, text);
        }
    }

    /// Adds an option to a part, unless there is one of its name: then returns that.
    pub(super) fn add(&mut self, part: &mut Part, line: Line, text: &str) -> Result<(), &Line> {
        let name = line.key.text(text);
        if let Some(known) = self.find(part, name, text) {
            return Err(&self.lines[known as usize]);
        }
        part.lengths.add(name);
        let at = self.lines.len() as u32;
        self.lines.push(line);
        if part.end == at {
            part.end += 1;
        }
        if part.indexed {
            self.insert(part.section, at, text);
        } else if part.end - part.start > FEW {
            self.index(part, text);
        }
        Ok(())
    }

    /// The option of this name in a part.
    pub(super) fn find(&self, part: &Part, name: &str, text: &str) -> Option<u32> {
        if !part.lengths.may_hold(name) {
            return None;
        }
        let is = |line: &Line| line.key.is(text, name);
        if !part.indexed {
            let at = self.lines(part).iter().position(is)?;
            return Some(part.start + at as u32);
        }
        let same =
            |known: &Indexed| known.section == part.section && is(&self.lines[known.at as usize]);
        let found = self.index.find(hash(&self.hasher, part.section, name), same);
        found.map(|found| found.at)
    }

    fn index(&mut self, part: &mut Part, text: &str) {
        if !part.indexed {
            part.indexed = true;
            (part.start..part.end).for_each(|at| self.insert(part.section, at, text));
        }
    }

    fn insert(&mut self, section: u32, at: u32, text: &str) {
        let Entries { lines, index, hasher } = self;
        let of =
            |known: &Indexed| hash(hasher, known.section, lines[known.at as usize].key.text(text));
        let new = Indexed { section, at };
        index.insert_unique(of(&new), new, of);
    }
}

fn hash(hasher: &RandomState, section: u32, name: &str) -> u64 {
    hasher.hash_one((section, name))
}
