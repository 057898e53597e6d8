//! Sections, where one is named.

use std::collections::HashSet;
use std::ops::Range;

use impasto::{Declared, Group};

use super::{Asked, Item, ItemKind};
use crate::text::SectionText;

impl<'a> Asked<'a> {
    /// The sections of a group, but for the one that names it.
    pub(super) fn sections(&mut self, group: Group, own: SectionText<'a>, word: &Range<usize>) {
        let mut seen = HashSet::new();
        for section in self.spot.text.sections() {
            let Some(declared) = Declared::of(section.name()) else { continue };
            let Declared { group: of, name: Some(name), prefix } = declared else { continue };
            if of != group || section.span() == own.span() || !seen.insert(name) {
                continue;
            }
            // Before anything is made of a section that nobody will see.
            if !self.has_room(name, word) {
                continue;
            }
            let kind = match group {
                Group::App => ItemKind::App,
                Group::Filter => ItemKind::Filter,
                Group::Server => ItemKind::Server,
            };
            let made = section.options().find(|option| matches!(option.name(), "use" | "pipeline"));
            let made = made.map(|option| format!(": {}", option.value().replace('\n', " ")));
            let item = Item {
                label: name.to_owned(),
                kind,
                detail: Some(format!("{prefix}{}", made.unwrap_or_default())),
                docs: None,
                replace: word.clone(),
                text: name.to_owned(),
            };
            self.push(item);
        }
    }
}
