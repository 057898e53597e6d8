//! Sections that one side has given another name.

use std::collections::{HashMap, HashSet};

use crate::edit::Command;
use crate::text::{SectionText, Text};

/// The same texts, in which all sides call a section as the one does that has renamed it: so what another side says
/// in it, or has come to say of it elsewhere, is said of the section of the new name.
pub(super) fn followed([old, new, mine]: [&Text; 3]) -> [Text; 3] {
    let (mut old, mut new, mut mine) = (old.clone(), new.clone(), mine.clone());
    // A pipeline is known again only when its filters are; each round has one name less that is new.
    while let Some((text, other)) = renamed(&old, &mine, &new) {
        (old, new) = (text, other);
    }
    while let Some((text, other)) = renamed(&old, &new, &mine) {
        (old, mine) = (text, other);
    }
    [old, new, mine]
}

/// The old text and that of the other side, with the name that `side` has given to a section, if it has.
fn renamed(old: &Text, side: &Text, other: &Text) -> Option<(Text, Text)> {
    let [in_old, in_side, in_other] = [old, side, other].map(names);
    let gone = old
        .sections()
        .filter(|section| !in_side.contains(section.name()) && in_other.contains(section.name()));
    let come = side
        .sections()
        .filter(|section| !in_old.contains(section.name()) && !in_other.contains(section.name()));
    let (gone, come) = (by_content(gone), by_content(come));
    gone.iter().find_map(|(content, gone)| {
        // What is there twice could be either.
        let ([gone], [come]) = (&gone[..], &come.get(content)?[..]) else { return None };
        let (section, to) = (gone.name().to_owned(), come.name().to_owned());
        let rename = Command::Rename { section, to };
        Some((rename.apply(old).ok()?, rename.apply(other).ok()?))
    })
}

fn names(text: &Text) -> HashSet<&str> {
    text.sections().map(|section| section.name()).collect()
}

/// A kind, and options with their values.
type Content<'a> = (&'a str, Vec<(&'a str, String)>);

/// Sections that say something, by what they say.
fn by_content<'a>(
    sections: impl Iterator<Item = SectionText<'a>>,
) -> HashMap<Content<'a>, Vec<SectionText<'a>>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for section in sections {
        let Some((kind, _)) = section.name().split_once(':') else { continue };
        let options: Vec<_> =
            section.options().map(|option| (option.name(), option.value())).collect();
        if !options.is_empty() {
            found.entry((kind, options)).or_default().push(section);
        }
    }
    found
}
