//! What there is to know about settings, for those who read about them.

use schemars::Schema;
use serde_json::Value;

use super::limits::Limits;
use super::spellings::Spellings;

/// Deeper tables than this are shown as one setting.
const DEPTH: usize = 4;

/// A setting, as a reference page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingFacts {
    /// Its name, dotted where it is in a table.
    pub name: String,
    /// What its values are, in words: `"whole number"`, `"list of texts"`.
    pub kind: String,
    /// The words that values are chosen from, or that lists are made of; empty where anything may stand.
    pub choices: Vec<String>,
    /// What it is when nothing is written, as a file would have it.
    pub default: Option<String>,
    /// Whether it must be written.
    pub required: bool,
    /// Its doc comment, empty when there is none.
    pub docs: String,
    /// Other names it is known by.
    pub aliases: Vec<String>,
    /// Whether its values are never shown.
    pub secret: bool,
    /// Settings that take its place where they are given: what `#[schemars(extend("x-unused-with" = ["..."]))]` at
    /// the field says.
    pub unused_with: Vec<String>,
    /// The setting without which it counts for nothing: what `#[schemars(extend("x-unused-without" = "..."))]` at the
    /// field says.
    pub unused_without: Option<String>,
}

impl SettingFacts {
    /// Whether an option of this name says what it is, or a part of it where it is a table.
    pub fn is_set_by(&self, option: &str) -> bool {
        let is_part = |rest: &str| rest.starts_with('.') && self.kind.starts_with(TABLE);
        let names = || std::iter::once(&self.name).chain(&self.aliases);
        names()
            .filter_map(|name| option.strip_prefix(&**name))
            .any(|rest| rest.is_empty() || is_part(rest))
    }
}

/// How the words for a table begin.
const TABLE: &str = "table of ";

/// What a [`Secret`](super::Secret) is, in words.
const SECRET: &str = "secret text";

/// The facts of a settings struct, in its order.
pub(super) fn facts(schema: &Schema, spellings: &Spellings) -> Vec<SettingFacts> {
    let root = schema.as_value();
    let mut facts = Vec::new();
    table(root, root, "", true, DEPTH, &mut |name, property, required| {
        let kind = kind(root, property);
        facts.push(SettingFacts {
            name: name.to_owned(),
            secret: kind.contains(SECRET),
            kind,
            choices: choices(root, property),
            default: default(&property["default"]),
            required,
            docs: text(&property["description"])
                .or(text(&resolved(root, property)["description"]))
                .unwrap_or_default(),
            aliases: spellings.like(name).skip(1).map(str::to_owned).collect(),
            unused_with: texts(&property["x-unused-with"]),
            unused_without: text(&property["x-unused-without"]),
        });
    });
    facts
}

/// Shows each setting of a settings struct to `visit`: its dotted name, and the schema of its values.
pub(super) fn each(schema: &Schema, visit: &mut dyn FnMut(&str, &Value)) {
    let root = schema.as_value();
    table(root, root, "", true, DEPTH, &mut |name, property, _| {
        visit(name, resolved(root, property))
    });
}

fn table(
    root: &Value,
    schema: &Value,
    prefix: &str,
    is_required: bool,
    depth: usize,
    visit: &mut dyn FnMut(&str, &Value, bool),
) {
    let Some(properties) = schema["properties"].as_object() else { return };
    for (name, property) in properties {
        let required = schema["required"].as_array();
        let required =
            is_required && required.is_some_and(|names| names.iter().any(|it| it == name));
        let inner = resolved(root, property);
        let name = format!("{prefix}{name}");
        if inner["properties"].is_object() && depth > 0 {
            table(root, inner, &format!("{name}."), required, depth - 1, visit);
            continue;
        }
        visit(&name, property, required);
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

/// Follows a reference, and looks through what makes a type optional.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..DEPTH {
        if let Some(pointer) = schema["$ref"].as_str().and_then(|at| at.strip_prefix('#')) {
            schema = root.pointer(pointer).unwrap_or(schema);
        } else if let Some(some) = some(schema) {
            schema = some;
        }
    }
    schema
}

/// The one alternative that is not null.
fn some(schema: &Value) -> Option<&Value> {
    let mut some = schema["anyOf"].as_array()?.iter().filter(|it| it["type"] != "null");
    some.next().filter(|_| some.next().is_none())
}

/// What values of a schema are, in words.
fn kind(root: &Value, schema: &Value) -> String {
    let schema = resolved(root, schema);
    if let Some(words) = words(schema) {
        return format!("one of {}", words.join(", "));
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().find(|it| *it != "null"),
        one => Some(one),
    };
    let kind = match (types.and_then(Value::as_str).unwrap_or_default(), &schema["format"]) {
        (_, format) if format == "x-duration" => "duration",
        (_, format) if format == "x-size" => "size",
        (_, format) if format == "password" => SECRET,
        ("boolean", _) => "true or false",
        ("integer", _) => return format!("whole number{}", Limits::narrower(schema)),
        ("number", _) => return format!("number{}", Limits::narrower(schema)),
        ("null", _) => "nothing",
        ("array", _) => {
            // A tuple has a schema for each of its items.
            let first = schema["prefixItems"].get(0);
            return format!("list of {}", plural(&kind(root, first.unwrap_or(&schema["items"]))));
        }
        ("object", _) => {
            let values = kind(root, &schema["additionalProperties"]);
            return format!("{TABLE}{}", plural(&values));
        }
        _ => "text",
    };
    kind.to_owned()
}

fn plural(kind: &str) -> String {
    if kind.starts_with("one of ") || kind == "true or false" {
        return kind.to_owned();
    }
    // What says more of it stands behind it.
    let ends = [" of ", " from ", ", "].into_iter().filter_map(|more| kind.find(more));
    let (what, more) = kind.split_at(ends.min().unwrap_or(kind.len()));
    format!("{what}s{more}")
}

/// The words that values of a schema, or the items of its lists, are chosen from.
fn choices(root: &Value, schema: &Value) -> Vec<String> {
    let schema = resolved(root, schema);
    if let Some(words) = words(schema) {
        return words.into_iter().map(str::to_owned).collect();
    }
    let is = |name: &str| match &schema["type"] {
        Value::Array(types) => types.iter().any(|it| it == name),
        one => one == name,
    };
    match () {
        _ if is("boolean") => vec!["true".to_owned(), "false".to_owned()],
        _ if is("array") && schema["items"].is_object() => choices(root, &schema["items"]),
        _ => Vec::new(),
    }
}

/// The words of an enum: schemars writes them one way with doc comments and another without.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter(|word| !word.is_null()).map(Value::as_str).collect();
    }
    let variants = schema["oneOf"].as_array()?.iter().map(|variant| match &variant["enum"] {
        Value::Array(words) => words.iter().map(Value::as_str).collect(),
        _ => Some(vec![variant["const"].as_str()?]),
    });
    let words: Option<Vec<Vec<&str>>> = variants.collect();
    words.map(|words| words.concat())
}

/// Those of the words of an enum that a schema has, in its order. serde tells the names that other
/// software has for them, too, and these first as often as not. All, where the schema has none; `None` where
/// there are none.
pub(super) fn own_words(schema: &Value, all: &'static [&'static str]) -> Option<Vec<&'static str>> {
    let found = |own: &str| all.iter().copied().find(|word| *word == own);
    let own = enums(schema).into_iter().filter_map(|own| own.into_iter().map(found).collect());
    let own: Option<Vec<_>> = own.max_by_key(Vec::len);
    own.or_else(|| Some(all.to_vec())).filter(|words| !words.is_empty())
}

/// The words of each enum in a schema.
fn enums(schema: &Value) -> Vec<Vec<&str>> {
    let below: Vec<&Value> = match schema {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return Vec::new(),
    };
    words(schema).into_iter().chain(below.into_iter().flat_map(enums)).collect()
}

/// A default as a file would have it.
fn default(value: &Value) -> Option<String> {
    let line = match value {
        Value::Null | Value::Object(_) => return None,
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(default).collect();
            items.join(" ")
        }
        other => other.to_string(),
    };
    Some(line)
}
