//! What could stand where the cursor is.

mod factories;
mod headers;
mod names;
mod settings;
mod variables;

use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use super::document::Document;
use super::hover::group;
use super::place::{Part, Spot};
use super::workspace::Workspace;
use crate::edit::names::Names;
use crate::edit::references::{Composed, Role, is_factory};
use crate::text::{OptionText, SectionText};

/// What could stand somewhere, the best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completion {
    /// The texts.
    pub items: Vec<Item>,
    /// Whether there are more, which another letter may bring up.
    pub is_incomplete: bool,
}

/// A text that could stand somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The text as it is shown.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// A word or two on it.
    pub detail: Option<String>,
    /// All there is to say of it, in Markdown.
    pub docs: Option<String>,
    /// What it takes the place of.
    pub replace: Range<usize>,
    /// What is written.
    pub text: String,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// An app.
    App,
    /// A filter.
    Filter,
    /// A server.
    Server,
    /// A factory.
    Factory,
    /// The name of an option.
    Setting,
    /// A word that a value may be.
    Value,
    /// The kind of a section.
    Kind,
}

/// So many are shown; an editor asks again when more letters are there.
const MOST: usize = 200;

/// Where the cursor is, and what is known of that.
struct Asked<'a> {
    workspace: &'a Workspace,
    document: &'a Rc<Document>,
    spot: Spot<'a>,
    names: Names<'a>,
    /// What has in it what was typed.
    found: Completion,
    /// What has not.
    others: Vec<Item>,
}

impl Workspace {
    /// What could stand at a byte: names of sections, references to factories, settings and their values,
    /// what `%(` may name.
    pub fn complete(&self, path: &Path, at: usize) -> Completion {
        let Some(document) = self.read(path) else { return Completion::default() };
        let text = document.text();
        let mut asked = Asked {
            workspace: self,
            document: &document,
            spot: Spot::new(text, at),
            names: Names::of(text),
            found: Completion::default(),
            others: Vec::new(),
        };
        match (asked.spot.part, asked.spot.section) {
            (Part::Header, _) => asked.headers(),
            (Part::Key(_) | Part::Line, Some(section)) => asked.settings(section),
            (Part::Value(option), Some(section)) => asked.value(section, option),
            (Part::Key(_) | Part::Value(_) | Part::Line | Part::Comment, _) => {}
        }
        asked.finish()
    }
}

impl<'a> Asked<'a> {
    fn value(&mut self, section: SectionText<'a>, option: OptionText<'a>) {
        if self.variables(section) {
            return;
        }
        let word = self.spot.word(option.delimiter_end());
        let composed = Composed::of(&self.names, section);
        match Role::of(section.name(), composed, option.name()) {
            Some(Role::Pipeline | Role::PipelineOfSections) => {
                self.sections(impasto::Group::Filter, section, &word);
                self.sections(impasto::Group::App, section, &word);
            }
            Some(Role::Each(group) | Role::One(group)) => self.sections(group, section, &word),
            Some(Role::Either) => {
                self.sections(impasto::Group::App, section, &word);
                self.sections(impasto::Group::Filter, section, &word);
            }
            None if !is_factory(option.name()) => self.values(section, option, &word),
            None => {}
        }
        if is_factory(option.name())
            && let Some(group) = group(section)
        {
            self.factories(group, option.name(), &word);
        }
    }

    /// What of a word has been typed.
    fn typed(&self, word: &Range<usize>) -> &'a str {
        &self.spot.text.as_str()[word.start..self.spot.at]
    }

    /// Whether there is room for something of this name: more for what has in it what was typed.
    fn has_room(&mut self, label: &str, replace: &Range<usize>) -> bool {
        let list = match self.is_typed(label, replace) {
            true => &self.found.items,
            false => &self.others,
        };
        let has_room = list.len() < MOST;
        self.found.is_incomplete |= !has_room;
        has_room
    }

    fn push(&mut self, item: Item) {
        if self.has_room(&item.label, &item.replace) {
            match self.is_typed(&item.label, &item.replace) {
                true => self.found.items.push(item),
                false => self.others.push(item),
            }
        }
    }

    fn is_typed(&self, label: &str, replace: &Range<usize>) -> bool {
        let typed = self.typed(&(replace.start.min(self.spot.at)..replace.end));
        contains(label, typed)
    }

    /// What has been typed comes first; an editor may find more of it in the others than we do.
    fn finish(self) -> Completion {
        let Completion { mut items, mut is_incomplete } = self.found;
        let room = MOST - items.len().min(MOST);
        is_incomplete |= self.others.len() > room;
        items.extend(self.others.into_iter().take(room));
        Completion { items, is_incomplete }
    }
}

/// Whether a text has another one in it; case makes no difference.
fn contains(text: &str, typed: &str) -> bool {
    let (text, typed) = (text.as_bytes(), typed.as_bytes());
    typed.is_empty() || text.windows(typed.len()).any(|part| part.eq_ignore_ascii_case(typed))
}
