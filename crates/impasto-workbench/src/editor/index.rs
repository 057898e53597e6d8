//! Which names stand where, and what they mean.

use impasto::Group;

use crate::edit::references::{Reference, is_called, references};
use crate::text::{SectionText, Text};

/// The names of a text. Whoever asks for one of them looks at all, which takes less time than it would take
/// to make a table after each letter that is typed.
#[derive(Debug)]
pub(crate) struct Index {
    /// In the order of the text.
    references: Vec<Reference>,
}

impl Index {
    pub(crate) fn of(text: &Text) -> Index {
        Index { references: references(text) }
    }

    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }

    /// What the name at a byte may mean: two things in the one option that names either.
    pub(crate) fn at(&self, at: usize) -> &[Reference] {
        let begin = self.references.partition_point(|reference| reference.name.end < at);
        let found = &self.references[begin..];
        let end = found.iter().take_while(|reference| reference.name.start <= at).count();
        &found[..end]
    }
}

/// The sections that a name may mean.
pub(crate) fn sections<'a>(
    text: &'a Text,
    group: Group,
    name: &str,
) -> impl Iterator<Item = SectionText<'a>> {
    text.sections().filter(move |section| is_called(*section, group, name))
}
