//! A node and what is below it.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::below::Below;
use crate::loader::conf::Conf;
use crate::loader::context::{Context, Object};
use crate::loader::value::Value;
use crate::registry::Group;

impl Context {
    /// The tree as an object: `object_type`, and then `protocol`, `factory` and `loader` of a factory; `global_conf`
    /// and `local_conf`; and what is below. `provenance` tells where each setting of `local_conf` came from and by
    /// which rule, `global_provenance` the same of `global_conf`. Secrets are masked.
    pub fn json(&self, expand: bool) -> impl Serialize + '_ {
        Tree { context: self, expand }
    }
}

pub(super) struct Tree<'a> {
    pub(super) context: &'a Context,
    pub(super) expand: bool,
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::loader::deep(|| self.write(serializer))
    }
}

impl Tree<'_> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Tree { context, expand } = *self;
        let tree_of = |context| Tree { context, expand };
        let object = context.object();
        let mut tree = serializer.serialize_map(None)?;
        tree.serialize_entry("object_type", object_type(&object))?;
        if let Object::Factory { protocol, reference, .. } = &object {
            tree.serialize_entry("protocol", protocol)?;
            tree.serialize_entry("factory", &reference.to_string())?;
            let loader = context.leaf().map(|leaf| context.node().loader(leaf));
            tree.serialize_entry("loader", &loader)?;
        }
        tree.serialize_entry("global_conf", &Texts(context.global_conf()))?;
        tree.serialize_entry("local_conf", &Texts(context.local_conf()))?;
        tree.serialize_entry("provenance", &Provenance(context, context.local_conf()))?;
        tree.serialize_entry("global_provenance", &Provenance(context, context.global_conf()))?;
        match &object {
            Object::Factory { .. } => {
                if expand && let Some(children) = context.children() {
                    tree.serialize_entry("children", &Below(children))?;
                }
            }
            Object::Pipeline { filters, app } => {
                tree.serialize_entry("filters", &filters.iter().map(tree_of).collect::<Vec<_>>())?;
                tree.serialize_entry("app", &tree_of(app))?;
            }
            Object::FilterApp { filter, next } | Object::FilteredWith { filter, next } => {
                tree.serialize_entry("filter", &tree_of(filter))?;
                tree.serialize_entry("next", &tree_of(next))?;
            }
        }
        tree.end()
    }
}

fn object_type(object: &Object) -> &'static str {
    match object {
        Object::Factory { group: Group::App, .. } => "application",
        Object::Factory { group: Group::Filter, .. } => "filter",
        Object::Factory { group: Group::Server, .. } => "server",
        Object::Pipeline { .. } => "pipeline",
        Object::FilterApp { .. } => "filter_app",
        Object::FilteredWith { .. } => "filtered_with",
    }
}

/// Names and values, as they may be shown.
pub(super) struct Texts<'a>(pub(super) &'a Conf);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value.shown())))
    }
}

/// Where values came from.
struct Provenance<'a>(&'a Context, &'a Conf);

impl Serialize for Provenance<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |value: &Value| {
            let place = value.origin().value_place();
            json!({
                "rule": self.0.rule_of(value).as_str(),
                "section": value.origin().section(),
                "file": place.as_ref().map(|place| place.file()),
                "line": place.as_ref().map(|place| place.line()),
                "column": place.as_ref().map(|place| place.column()),
            })
        };
        serializer.collect_map(self.1.iter().map(|(name, value)| (name, of(value))))
    }
}
