//! Where something is made, and where it is named.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use impasto::{Declared, Group, Place, Uri};

use super::document::Document;
use super::index::sections;
use super::place::{Part, Spot};
use super::workspace::Workspace;
use crate::edit::references::{Reference, Role, other_file};
use crate::text::SectionText;

/// A section that is meant: in which file, and what it is looked up by there.
pub(super) struct Meant {
    pub(super) document: Rc<Document>,
    pub(super) group: Group,
    pub(super) name: String,
}

impl Workspace {
    /// Where the section is that is named at a byte, or the option that a `%(NAME)s` there means. Several where
    /// a name may mean several.
    pub fn definitions(&self, path: &Path, at: usize) -> Vec<Place> {
        let Some(document) = self.read(path) else { return Vec::new() };
        let spot = Spot::new(document.text(), at);
        if let Some(place) = variable(&spot) {
            return vec![place];
        }
        let named = self.meant(&document, at);
        let found: Vec<Place> = named.iter().flat_map(Meant::places).collect();
        if found.is_empty() { self.file(&spot).into_iter().collect() } else { found }
    }

    /// Where a section is named that is made or named at a byte: in its own file, in the others that are open, in
    /// those that these include, and in those that stand [near](Workspace::set_roots). With `with_definition` its
    /// own header, too.
    pub fn references(&self, path: &Path, at: usize, with_definition: bool) -> Vec<Place> {
        let Some(document) = self.read(path) else { return Vec::new() };
        let mut found = Vec::new();
        for meant in self.meant_or_made(&document, at) {
            if with_definition {
                found.extend(meant.places());
            }
            found.extend(self.uses(&meant));
        }
        found
    }

    /// The same within the file: the header, and the names.
    pub fn highlights(&self, path: &Path, at: usize) -> Vec<Place> {
        let Some(document) = self.read(path) else { return Vec::new() };
        let meant = self.meant_or_made(&document, at).into_iter();
        let found = meant.flat_map(|meant| {
            let is_own = Rc::ptr_eq(&meant.document, &document);
            let made: Vec<Place> = meant.places().filter(|_| is_own).collect();
            made.into_iter().chain(meant.uses_in(&document))
        });
        found.collect()
    }

    /// What is named at a byte.
    pub(super) fn meant(&self, document: &Rc<Document>, at: usize) -> Vec<Meant> {
        let meant = |reference: &Reference| {
            let name = document.source().text()[reference.name.clone()].to_owned();
            let document = match &reference.file {
                Some(file) => self.read(file)?,
                None => Rc::clone(document),
            };
            Some(Meant { document, group: reference.group, name })
        };
        document.index().at(at).iter().filter_map(meant).collect()
    }

    /// What is named at a byte, or is made by the header there.
    pub(super) fn meant_or_made(&self, document: &Rc<Document>, at: usize) -> Vec<Meant> {
        let spot = Spot::new(document.text(), at);
        let (Part::Header, Some(section)) = (spot.part, spot.section) else {
            return self.meant(document, at);
        };
        let Some(Declared { group, name: Some(name), .. }) = Declared::of(section.name()) else {
            return Vec::new();
        };
        vec![Meant { document: Rc::clone(document), group, name: name.to_owned() }]
    }

    /// Where it is named.
    pub(super) fn uses(&self, meant: &Meant) -> Vec<Place> {
        let mut found = meant.uses_in(&meant.document);
        let others = self.documents().filter(|other| !other.is_at(meant.document.path()));
        let mut elsewhere: Vec<Place> = others.flat_map(|other| meant.uses_in(other)).collect();
        let closed = self.closed(meant.document.path()).into_iter();
        let closed = closed.filter(|other| !other.is_at(meant.document.path()));
        elsewhere.extend(closed.flat_map(|other| meant.uses_in(&other)));
        elsewhere.sort_by(|one, other| one.file().cmp(other.file()));
        found.extend(elsewhere);
        found
    }

    /// The file, or the section `main` in it, of a `config:` without a name.
    fn file(&self, spot: &Spot<'_>) -> Option<Place> {
        let (Part::Value(option), Some(section)) = (spot.part, spot.section) else { return None };
        let word = spot.word(option.delimiter_end());
        let Ok(Uri::Config { path, name: None }) = Uri::parse(&spot.text.as_str()[word]) else {
            return None;
        };
        let path: PathBuf = other_file(spot.text, &path)?;
        let document = self.read(&path)?;
        let group = match Role::of(section.name(), None, option.name()) {
            Some(Role::One(group) | Role::Each(group)) => group,
            _ => Group::App,
        };
        let main = Meant { document: Rc::clone(&document), group, name: "main".to_owned() };
        main.places().next().or_else(|| Some(Place::new(document.source(), 0..0)))
    }
}

impl Meant {
    pub(super) fn sections(&self) -> impl Iterator<Item = SectionText<'_>> {
        sections(self.document.text(), self.group, &self.name)
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        self.sections().map(SectionText::place)
    }

    fn uses_in(&self, other: &Document) -> Vec<Place> {
        let text = other.source().text();
        let is_own = std::ptr::eq(other, &*self.document);
        let is_here = |reference: &&Reference| match &reference.file {
            None => is_own,
            Some(file) => self.document.is_at(file),
        };
        let all = other.index().references().iter();
        let named = all.filter(|reference| {
            reference.group == self.group && text[reference.name.clone()] == self.name
        });
        named.filter(is_here).map(|it| Place::new(other.source(), it.name.clone())).collect()
    }
}

/// The option that a `%(NAME)s` means, if a file says it.
fn variable(spot: &Spot<'_>) -> Option<Place> {
    let name = &spot.text.as_str()[spot.variable()?];
    let in_section = |section: SectionText<'_>| {
        section.options().find(|option| option.name() == name).map(|option| option.key_place())
    };
    let defaults = || spot.text.all("DEFAULT").find_map(in_section);
    spot.section.and_then(in_section).or_else(defaults)
}
