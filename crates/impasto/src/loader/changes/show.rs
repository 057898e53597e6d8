//! Changes as text and as JSON.

use std::fmt;

use serde_json::{Value, json};

use super::{Change, Changes, Difference};
use crate::problem::Place;

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, change) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{change}")?;
        }
        Ok(())
    }
}

/// `  [app:main] level: "1" -> "2"  (api-paste.ini:3, api-paste.ini:4)`: the places in the old reading and
/// in the new one, or the only one.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Difference::Added => write!(f, "+ [{}]", self.section)?,
            Difference::Removed => write!(f, "- [{}]", self.section)?,
            what => write!(f, "  [{}] {what}", self.section)?,
        }
        let places = [line(&self.old), line(&self.new)].into_iter().flatten();
        let mut places: Vec<String> = places.collect();
        places.dedup();
        match places.is_empty() {
            true => Ok(()),
            false => write!(f, "  ({})", places.join(", ")),
        }
    }
}

/// Without the section.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A pipeline section has one pipeline, a composite says which.
        let of = |pipeline: &str| match pipeline {
            "pipeline" => String::new(),
            other => format!("{other} "),
        };
        match self {
            Difference::Added => f.write_str("added"),
            Difference::Removed => f.write_str("removed"),
            Difference::FilterAdded { pipeline, filter, before } => {
                write!(f, "{}+ {filter} before {before}", of(pipeline))
            }
            Difference::FilterRemoved { pipeline, filter } => {
                write!(f, "{}- {filter}", of(pipeline))
            }
            Difference::FilterMoved { pipeline, filter, before } => {
                write!(f, "{}moved {filter} before {before}", of(pipeline))
            }
            Difference::AppChanged { pipeline, old, new } => {
                write!(f, "{}app: {old} -> {new}", of(pipeline))
            }
            Difference::Mount { key, old, new } => match (old, new) {
                (Some(old), Some(new)) => write!(f, "{key}: {old} -> {new}"),
                (None, new) => write!(f, "+ {key}: {}", new.as_deref().unwrap_or_default()),
                (Some(old), None) => write!(f, "- {key}: {old}"),
            },
            Difference::MountMoved { key, before: Some(before) } => {
                write!(f, "moved {key} before {before}")
            }
            Difference::MountMoved { key, before: None } => write!(f, "moved {key} to the end"),
            Difference::Setting { key, old, new } => match (old, new) {
                (Some(old), Some(new)) if old == new => write!(f, "{key} changed"),
                (Some(old), Some(new)) => write!(f, "{key}: {old:?} -> {new:?}"),
                (None, new) => write!(f, "+ {key} = {:?}", new.as_deref().unwrap_or_default()),
                (Some(old), None) => write!(f, "- {key} = {old:?}"),
            },
        }
    }
}

impl Changes {
    /// The changes as a JSON array. Each is an object with `section`, `change` (`added`, `removed`,
    /// `setting`, `mount`, `mount-moved`, `filter-added`, `filter-removed`, `filter-moved` or `app`), `key` (the
    /// option), `filter`, `before` (what is next behind what has moved or come), `old` and `new` (values),
    /// `old_place` and `new_place` (`FILE:LINE`); what a change does not have is null.
    pub fn to_json(&self) -> Value {
        self.0.iter().map(Change::to_json).collect()
    }
}

impl Change {
    /// This change as a JSON object, see [`Changes::to_json`].
    pub fn to_json(&self) -> Value {
        let mut object = json!({
            "section": self.section,
            "change": null,
            "key": null,
            "filter": null,
            "before": null,
            "old": null,
            "new": null,
            "old_place": line(&self.old),
            "new_place": line(&self.new),
        });
        let mut put = |key: &str, value: Value| object[key] = value;
        match &self.what {
            Difference::Added => put("change", "added".into()),
            Difference::Removed => put("change", "removed".into()),
            Difference::Setting { key, old, new } | Difference::Mount { key, old, new } => {
                let is_mount = matches!(self.what, Difference::Mount { .. });
                put("change", if is_mount { "mount" } else { "setting" }.into());
                put("key", json!(key));
                put("old", json!(old));
                put("new", json!(new));
            }
            Difference::MountMoved { key, before } => {
                put("change", "mount-moved".into());
                put("key", json!(key));
                put("before", json!(before));
            }
            Difference::FilterAdded { pipeline, filter, before }
            | Difference::FilterMoved { pipeline, filter, before } => {
                let is_moved = matches!(self.what, Difference::FilterMoved { .. });
                put("change", if is_moved { "filter-moved" } else { "filter-added" }.into());
                put("key", json!(pipeline));
                put("filter", json!(filter));
                put("before", json!(before));
            }
            Difference::FilterRemoved { pipeline, filter } => {
                put("change", "filter-removed".into());
                put("key", json!(pipeline));
                put("filter", json!(filter));
            }
            Difference::AppChanged { pipeline, old, new } => {
                put("change", "app".into());
                put("key", json!(pipeline));
                put("old", json!(old));
                put("new", json!(new));
            }
        }
        object
    }
}

/// `FILE:LINE`
fn line(place: &Option<Place>) -> Option<String> {
    place.as_ref().map(|place| format!("{}:{}", place.file(), place.line()))
}
