//! Another name for a section, wherever it is said.

use impasto::{Declaration, Group};

use super::references::{Reference, is_called, references};
use super::{EditError, written};
use crate::text::{SectionText, Splice, Text};

pub(super) fn rename(text: &Text, section: &str, to: &str) -> Result<Text, EditError> {
    Ok(text.with(splices(text, &references(text), section, to)?))
}

/// What changes: the header, and the names among `references` that mean it.
pub(crate) fn splices(
    text: &Text,
    references: &[Reference],
    section: &str,
    to: &str,
) -> Result<Vec<Splice>, EditError> {
    let found = text.section(section)?;
    if section == "DEFAULT" {
        let what = "another name for [DEFAULT]";
        return Err(EditError::unwritable(what, "it is what the dialect calls it"));
    }
    let to = written::section(to)?;
    let old = Declaration::of(section);
    let new = new_name(section, old.as_ref(), to);
    if new == section {
        return Ok(Vec::new());
    }
    if let Some(taken) = taken(text, found, &new) {
        return Err(EditError::Exists(taken.to_owned()));
    }
    let mut splices = vec![Splice::replace(found.span(), &new)];
    let (old, new) = (old.and_then(named), Declaration::of(&new).and_then(named));
    if let (Some((group, old)), Some((new_group, new))) = (old, new)
        && group == new_group
    {
        let meant = references.iter().filter(|reference| {
            reference.group == group
                && reference.file.is_none()
                && text.as_str()[reference.name.clone()] == old
        });
        splices.extend(meant.map(|reference| Splice::replace(reference.name.clone(), &new)));
    }
    Ok(splices)
}

/// The name as it will be between the brackets: `to` may leave the kind out.
pub(crate) fn new_name(section: &str, old: Option<&Declaration>, to: &str) -> String {
    let is_whole = Declaration::of(to).is_some() || old.is_none();
    match section.split_once(':').filter(|_| !is_whole) {
        Some((kind, _)) => format!("{kind}:{to}"),
        None => to.to_owned(),
    }
}

fn named(declared: Declaration) -> Option<(Group, String)> {
    Some((declared.group, declared.name?))
}

/// A section that has the name already, or is found by it.
fn taken<'a>(text: &'a Text, own: SectionText<'_>, new: &str) -> Option<&'a str> {
    let declared = Declaration::of(new).and_then(named);
    let is_taken = |section: &SectionText<'_>| {
        section.name() == new
            || declared.as_ref().is_some_and(|(group, name)| is_called(*section, *group, name))
    };
    let mut others = text.sections().filter(|section| section.span() != own.span());
    others.find(is_taken).map(SectionText::name)
}
