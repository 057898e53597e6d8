//! Which section a name means, found without walking the text again.

use std::cell::OnceCell;
use std::collections::HashMap;

use impasto::{Declared, Group};

use crate::text::{SectionText, Text};

/// The sections of a text by what they are looked up by.
pub(crate) struct Names<'a> {
    text: &'a Text,
    /// The position of the first section of each name; found when one is asked for.
    known: OnceCell<HashMap<(Group, &'a str), usize>>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(text: &'a Text) -> Names<'a> {
        Names { text, known: OnceCell::new() }
    }

    /// The first section of this name.
    pub(crate) fn section(&self, group: Group, name: &str) -> Option<SectionText<'a>> {
        self.text.nth(*self.known().get(&(group, name))?)
    }

    /// Whether there is one.
    pub(crate) fn has(&self, group: Group, name: &str) -> bool {
        self.known().contains_key(&(group, name))
    }

    fn known(&self) -> &HashMap<(Group, &'a str), usize> {
        self.known.get_or_init(|| {
            let mut known = HashMap::new();
            for (at, section) in self.text.sections().enumerate() {
                let declared = Declared::of(section.name());
                if let Some(Declared { group, name: Some(name), .. }) = declared {
                    known.entry((group, name)).or_insert(at);
                }
            }
            known
        })
    }
}
