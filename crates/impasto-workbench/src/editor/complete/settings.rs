//! Options, and the words that their values may be.

use std::ops::Range;

use impasto::ini::strip;

use super::{Asked, Item, ItemKind};
use crate::editor::hover::kind;
use crate::editor::known::describe;
use crate::editor::place::Part;
use crate::editor::words::directives;
use crate::text::{OptionText, SectionText};

impl<'a> Asked<'a> {
    /// The options that a section could have, and has not.
    pub(super) fn settings(&mut self, section: SectionText<'a>) {
        let (replace, behind) = match self.spot.part {
            Part::Key(option) => {
                let name = option.name_span();
                (name.start.min(self.spot.at)..name.end.max(self.spot.at), "")
            }
            _ => {
                let line = self.spot.text.line(self.spot.at);
                let content = self.spot.text.content(line);
                // Between words that are no option yet.
                if self.spot.before().trim_start().contains(char::is_whitespace) {
                    return;
                }
                let at = self.spot.at;
                let content = if content.is_empty() { at..at } else { content };
                (content.start.min(at)..content.end.max(at), " = ")
            }
        };
        let own = match self.spot.part {
            Part::Key(option) => Some(option.name_span()),
            _ => None,
        };
        let others = section.options().filter(|option| Some(option.name_span()) != own);
        let written: Vec<&str> = others.map(OptionText::name).collect();
        let known = self.workspace.factory(self.document, section);
        let facts = known.map(|known| known.settings.as_slice()).unwrap_or_default();
        // What has to be there comes first.
        let (required, optional): (Vec<_>, Vec<_>) = facts.iter().partition(|fact| fact.required);
        for fact in required.into_iter().chain(optional) {
            let names = || fact.aliases.iter().chain([&fact.name]);
            if names().any(|name| written.contains(&name.as_str())) {
                continue;
            }
            let detail = match &fact.default {
                _ if fact.required => format!("{}, required", fact.kind),
                Some(default) if !default.is_empty() => format!("{}, default {default}", fact.kind),
                _ => fact.kind.clone(),
            };
            let item = Item {
                label: fact.name.clone(),
                kind: ItemKind::Setting,
                detail: Some(detail),
                docs: Some(describe(fact)),
                replace: replace.clone(),
                text: format!("{}{behind}", fact.name),
            };
            self.push(item);
        }
        let has_factory = written.iter().any(|name| *name == "use" || name.starts_with("paste."));
        for directive in directives(kind(section)) {
            let name = directive.name;
            let says_factory = name == "use" || name.starts_with("paste.");
            if written.contains(&name) || has_factory && says_factory {
                continue;
            }
            let behind = if name.ends_with('.') { "" } else { behind };
            let item = Item {
                label: name.to_owned(),
                kind: ItemKind::Setting,
                detail: None,
                docs: Some(directive.docs.to_owned()),
                replace: replace.clone(),
                text: format!("{name}{behind}"),
            };
            self.push(item);
        }
    }

    /// The words that a setting is chosen from.
    pub(super) fn values(
        &mut self,
        section: SectionText<'a>,
        option: OptionText<'a>,
        word: &Range<usize>,
    ) {
        let key = option.name();
        let Some(known) = self.workspace.factory(self.document, section) else { return };
        let Some(fact) = known.setting(strip(key)) else { return };
        for choice in &fact.choices {
            let is_default = fact.default.as_ref() == Some(choice);
            let item = Item {
                label: choice.clone(),
                kind: ItemKind::Value,
                detail: is_default.then(|| "default".to_owned()),
                docs: None,
                replace: word.clone(),
                text: choice.clone(),
            };
            self.push(item);
        }
    }
}
