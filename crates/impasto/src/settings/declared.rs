//! The names that a type which takes any name declares all the same.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;

type Names = &'static [&'static str];

/// The settings that `S` declares beside what it takes through `flatten`. serde does not tell; the
/// schema does, and is made once for each type, because a file may have many sections of one.
pub(super) fn declared<S: JsonSchema + 'static>() -> Names {
    static KNOWN: Mutex<BTreeMap<TypeId, Names>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(TypeId::of::<S>()).or_insert_with(|| {
        let schema = schemars::schema_for!(S);
        let properties = schema.get("properties").and_then(|properties| properties.as_object());
        let names = properties.into_iter().flat_map(|properties| properties.keys());
        let names: Vec<&'static str> = names.map(|name| &*name.clone().leak()).collect();
        names.leak()
    })
}
