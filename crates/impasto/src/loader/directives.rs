//! Options that are no settings: they say what a section is made of.

use super::value::Value;
use crate::registry::Group;

/// An option that the loader itself reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    Use,
    FilterWith,
    Require,
    Next,
    Pipeline,
}

/// Those that a section has.
#[derive(Default)]
pub(super) struct Directives(Vec<(Directive, Value)>);

impl Directive {
    /// What `option` is to `section`, which is loaded as `group`; none when it is a setting.
    pub(super) fn of(option: &str, section: &str, group: Group) -> Option<Directive> {
        match option {
            "filter-with" if group != Group::Server => Some(Directive::FilterWith),
            "require" => Some(Directive::Require),
            "use" if !section.starts_with("pipeline:") => Some(Directive::Use),
            "pipeline" if section.starts_with("pipeline:") => Some(Directive::Pipeline),
            "next" if section.starts_with("filter-app:") => Some(Directive::Next),
            _ => None,
        }
    }
}

impl Directives {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, directive: Directive) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| *known == directive)?;
        Some(self.0.remove(at).1)
    }

    /// The last of a name counts.
    pub(super) fn put(&mut self, directive: Directive, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == directive) {
            Some((_, known)) => *known = value,
            None => self.0.push((directive, value)),
        }
    }
}
