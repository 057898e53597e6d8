//! Options whose names are the operator's own, as composites have them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use impasto::{App, SettingError, SettingErrors};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What a section has besides the settings that its struct declares, in the order of the file. The
/// field is `#[serde(flatten)]`.
#[derive(Debug, Default)]
pub(crate) struct OtherOptions(pub(crate) Vec<(String, String)>);

impl OtherOptions {
    /// Mounts an app for each option, whose name says where and whose value which. All apps are loaded even
    /// after a wrong option, so that what is wrong with them is said too.
    ///
    /// # Errors
    ///
    /// Those of `mount`, which are about names.
    pub(crate) fn mount(
        self,
        mut load: impl FnMut(&str) -> App,
        mut mount: impl FnMut(&str, App) -> Result<(), SettingError>,
    ) -> Result<(), SettingErrors> {
        let mut errors = SettingErrors::default();
        for (option, name) in &self.0 {
            errors.check(mount(option, load(name)).map_err(SettingError::of_name));
        }
        errors.finish(())
    }
}

impl<'de> Deserialize<'de> for OtherOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OtherOptions, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = OtherOptions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("options")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OtherOptions, A::Error> {
                let mut options = Vec::new();
                while let Some(option) = map.next_entry()? {
                    options.push(option);
                }
                Ok(OtherOptions(options))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl JsonSchema for OtherOptions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OtherOptions".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, String>::json_schema(generator)
    }
}
