//! What sections may say, for editors and other programs.

use impasto::{Factory, Registry};
use serde_json::{Map, Value, json};

/// A JSON Schema (2020-12) of a section as an object: any of the factories, told by `use`.
///
/// Each factory's own schema is a resource with an `$id`, so that the references in it stay its own.
pub(super) fn schema(registry: &Registry, factories: &[&Factory]) -> Value {
    let mut definitions = Map::new();
    let mut sections = Vec::new();
    for factory in factories {
        let name = format!("{}.{}.{}", factory.kind(), factory.package(), factory.name());
        let id = format!("urn:impasto:{}:{}:{}", factory.kind(), factory.package(), factory.name());
        sections.push(json!({
            "properties": { "use": { "const": registry.reference(factory).to_string() } },
            "required": ["use"],
            "$ref": id,
        }));
        let mut settings = factory.schema().to_value();
        if let Some(settings) = settings.as_object_mut() {
            settings.remove("$schema");
            settings.insert("$id".to_owned(), id.into());
        }
        definitions.insert(name, settings);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A section of a file, by the factory that it uses",
        "anyOf": sections,
        "$defs": definitions,
    })
}
