//! What names in `%(name)s` mean, as a section sees them.

use std::path::Path;

use super::frame::{DefaultValue, Frame};
use super::origin::Rule;
use super::value::Value;
use crate::ini::interpolate::{Names, Raw};
use crate::ini::{Entry, Section};
use crate::table::Named;

/// The options of a section, then the defaults.
pub(super) struct Scope<'a> {
    pub(super) frame: &'a Frame,
    pub(super) section: Option<Section<'a>>,
}

impl Names for Scope<'_> {
    fn find(&self, name: &str) -> Option<Raw<'_>> {
        if let Some(entry) = self.section.and_then(|section| section.entry(name)) {
            return Some(raw(entry));
        }
        match self.frame.default(name)? {
            DefaultValue::File(at) => self.frame.file.document.defaults().entry_at(*at).map(raw),
            DefaultValue::Given(value) => Some(given(value)),
        }
    }

    fn all(&self) -> Vec<&str> {
        let own = self.section.into_iter().flat_map(|section| section.entries());
        let own = own.map(|entry| entry.name());
        own.chain(self.frame.defaults().map(Named::name)).collect()
    }

    fn here(&self) -> &Path {
        Path::new(&*self.frame.file.here)
    }
}

pub(super) fn raw(entry: Entry<'_>) -> Raw<'_> {
    Raw { text: entry.raw(), literal: false, secret: false, entry: Some(entry) }
}

/// A directory's name is no template, though PasteDeploy takes it for one and fails; nor is what
/// came from the environment.
pub(super) fn given(value: &Value) -> Raw<'_> {
    let literal = value.is_secret() || value.origin().rule() == Rule::Loader;
    let entry = value.origin().entry();
    Raw { text: value.text(), literal, secret: value.is_secret(), entry }
}
