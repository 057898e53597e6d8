//! What is known of a settings type: its schema, and what that and serde tell together.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;

use super::facts::{SettingFacts, facts};
use super::limits::Limits;
use super::spellings::Spellings;

/// Made once for each type, because a file may have many sections of one.
pub struct Known {
    pub(crate) schema: Schema,
    pub(super) spellings: Spellings,
    /// The settings that are declared beside what is taken through `flatten`.
    pub(super) names: Vec<&'static str>,
    /// The bounds of numbers, by all names of their settings.
    limits: Vec<(String, Limits)>,
    /// Nobody asks while all is well.
    facts: OnceLock<Vec<SettingFacts>>,
}

impl Known {
    /// Of the type `S`.
    pub(crate) fn of<S: DeserializeOwned + JsonSchema + 'static>() -> &'static Known {
        static KNOWN: Mutex<BTreeMap<TypeId, &'static Known>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(TypeId::of::<S>()).or_insert_with(|| {
            let (schema, spellings) = (schemars::schema_for!(S), Spellings::of::<S>());
            let (names, limits) = (names(&schema), Limits::of_all(&schema, &spellings));
            let facts = OnceLock::new();
            Box::leak(Box::new(Known { schema, spellings, names, limits, facts }))
        })
    }

    /// Its settings, in their order.
    pub(crate) fn facts(&self) -> &[SettingFacts] {
        self.facts.get_or_init(|| facts(&self.schema, &self.spellings))
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
