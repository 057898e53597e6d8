//! What a setting says that there is no use for.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

/// The value of a setting that a file may have and that changes nothing here: any text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unused;

impl<'de> Deserialize<'de> for Unused {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unused, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Unused)
    }
}

impl JsonSchema for Unused {
    fn schema_name() -> Cow<'static, str> {
        "Unused".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}
