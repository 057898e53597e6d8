//! What the schema of a settings type tells and serde does not.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;

use super::limits::Limits;
use super::spellings::Spellings;

/// Made once for each type, because a file may have many sections of one.
pub(super) struct Known {
    /// The settings that are declared beside what is taken through `flatten`.
    pub(super) names: Vec<&'static str>,
    /// The bounds of numbers, by all names of their settings.
    limits: Vec<(String, Limits)>,
}

impl Known {
    pub(super) fn of<S: DeserializeOwned + JsonSchema + 'static>() -> &'static Known {
        static KNOWN: Mutex<BTreeMap<TypeId, &'static Known>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(TypeId::of::<S>()).or_insert_with(|| {
            let schema = schemars::schema_for!(S);
            let limits = Limits::of_all(&schema, &Spellings::of::<S>());
            Box::leak(Box::new(Known { names: names(&schema), limits }))
        })
    }

    /// The bounds of the numbers that the option `key` holds.
    pub(super) fn limits(&self, key: &str) -> Limits {
        let found = self.limits.iter().find(|(name, _)| name == key);
        found.map(|(_, limits)| *limits).unwrap_or_default()
    }
}

fn names(schema: &Schema) -> Vec<&'static str> {
    let properties = schema.get("properties").and_then(|properties| properties.as_object());
    let names = properties.into_iter().flat_map(|properties| properties.keys());
    names.map(|name| &*name.clone().leak()).collect()
}
