//! Another name for a section, wherever it is said.

use std::ops::Range;
use std::path::Path;

use impasto::{Declaration, Place, Uri};

use super::definitions::Meant;
use super::place::{Part, Spot};
use super::workspace::Workspace;
use crate::edit::EditError;
use crate::edit::rename::{new_name, splices};

/// A text in the place of another one.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is replaced.
    pub place: Place,
    /// What stands there then.
    pub text: String,
}

/// What a rename changes.
pub type Renamed = Vec<Change>;

impl Workspace {
    /// What would be renamed at a byte: where its name stands there, without its kind.
    pub fn nameable(&self, path: &Path, at: usize) -> Option<Range<usize>> {
        let document = self.read(path)?;
        if let Some(reference) = document.index().at(at).first() {
            let has_section =
                self.meant(&document, at).iter().any(|it| it.sections().next().is_some());
            return has_section.then(|| reference.name.clone());
        }
        let spot = Spot::new(document.text(), at);
        let (Part::Header, Some(section)) = (spot.part, spot.section) else { return None };
        let span = section.span();
        let in_name = (span.start..=span.end).contains(&at) && section.name() != "DEFAULT";
        let colon = section.name().find(':').map_or(0, |colon| colon + 1);
        in_name.then(|| document.text().content(span.start + colon..span.end))
    }

    /// What changes when the section that is made or named at a byte is called `to`: in its own file, in all
    /// others that are open, in those that these include, and in those that stand [near](Workspace::set_roots).
    ///
    /// # Errors
    ///
    /// Nothing that has a name stands there, or the name cannot be.
    pub fn rename(&self, path: &Path, at: usize, to: &str) -> Result<Renamed, EditError> {
        let nothing = || EditError::unwritable("another name", "no section is named here");
        let document = self.read(path).ok_or_else(nothing)?;
        self.nameable(path, at).ok_or_else(nothing)?;
        can_be_said(to)?;
        let spot = Spot::new(document.text(), at);
        if let (Part::Header, Some(section)) = (spot.part, spot.section) {
            let meant = self.meant_or_made(&document, at).into_iter().next();
            return self.renamed(&document, section.name(), meant.as_ref(), to);
        }
        let meant = self.meant(&document, at);
        let found = meant.iter().find_map(|meant| Some((meant, meant.sections().next()?)));
        let (meant, section) = found.ok_or_else(nothing)?;
        self.renamed(&meant.document, section.name(), Some(meant), to)
    }

    fn renamed(
        &self,
        document: &super::Document,
        section: &str,
        meant: Option<&Meant>,
        to: &str,
    ) -> Result<Renamed, EditError> {
        let source = document.source();
        let own = splices(document.text(), document.index().references(), section, to)?;
        let own = own.into_iter();
        let change = |place, text: &str| Change { place, text: text.to_owned() };
        let mut changes: Renamed =
            own.map(|it| change(Place::new(source, it.range), &it.with)).collect();
        let new = new_name(section, Declaration::of(section).as_ref(), to);
        let new = Declaration::of(&new).and_then(|declared| declared.name);
        if let (Some(meant), Some(new)) = (meant, new) {
            let elsewhere = self.uses(meant).into_iter();
            let elsewhere =
                elsewhere.filter(|place| !std::sync::Arc::ptr_eq(place.source(), source));
            changes.extend(elsewhere.map(|place| change(place, &new)));
        }
        Ok(changes)
    }
}

/// Sees that whoever names a section so is understood.
fn can_be_said(to: &str) -> Result<(), EditError> {
    let name = Declaration::of(to).and_then(|declared| declared.name).unwrap_or(to.to_owned());
    let why = if name.contains(impasto::ini::is_space) {
        "white space parts the names of a pipeline"
    } else if name.starts_with(['#', ';']) {
        "a line that begins so is a comment"
    } else if Uri::is_uri(&name) {
        "a name that begins with letters and a colon is taken for a URI"
    } else {
        return Ok(());
    };
    Err(EditError::unwritable(format!("the name `{name}`"), why))
}
