//! What can be said of a section although some of its values could not be interpolated.

use std::borrow::Cow;

use super::conf::Conf;
use super::value::Value;
use crate::problem::{Code, Problem};
use crate::registry::{Factory, Kind};

/// The names of settings that are broken.
pub(super) struct Broken(Vec<String>);

impl Broken {
    /// None when none is: as in every tree that is whole. Takes away what `factory` could only misunderstand.
    pub(super) fn of(local: &mut Cow<'_, Conf>, factory: &Factory) -> Option<Broken> {
        let broken = local.iter().filter(|(_, value)| Value::is_broken(value));
        let names: Vec<String> = broken.map(|(name, _)| name.to_owned()).collect();
        if factory.kind() == Kind::Composite {
            // It would look for an app of that name.
            names.iter().for_each(|name| _ = local.to_mut().remove(name));
        }
        (!names.is_empty()).then_some(Broken(names))
    }

    /// Whether a problem is there whatever the broken ones come to.
    pub(super) fn leaves(&self, problem: &Problem) -> bool {
        match (problem.code, &problem.key) {
            (Code::UnknownSetting, _) => true,
            (Code::BadValue, Some(key)) => !self.0.contains(key),
            _ => false,
        }
    }
}
