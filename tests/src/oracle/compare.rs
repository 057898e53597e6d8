//! Where two answers disagree.

use std::fmt;

use serde_json::{Map, Value};

/// One disagreement.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The way to the value: `app:main/ok/filter/local_conf`.
    pub at: String,
    /// What PasteDeploy says; null when it has no such value.
    pub paste: Value,
    /// What impasto says; null when it has no such value.
    pub ours: Value,
    /// What the tree around a `create` comes to when every filter is applied to what it wraps.
    pub composed: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whole trees are too much to read; what differs inside them is found by running both.
        let [paste, ours] = [&self.paste, &self.ours].map(ToString::to_string);
        writeln!(f, "{}", self.at)?;
        writeln!(f, "  paste: {paste:.400}")?;
        write!(f, "  ours:  {ours:.400}")
    }
}

/// The values of a context that are compared. Anything else in our answer is an extra.
const VALUES: &[&str] = &["object_type", "protocol", "factory", "loader", "global_conf"];

/// Where our answer disagrees with PasteDeploy's: what it resolves must be equal, and where it
/// has an error we must have one, whatever the words.
pub fn differences(paste: &Value, ours: &Value) -> Vec<Difference> {
    let mut found = Comparison::default();
    for key in ["file", "global"] {
        found.equal(key, &paste[key], &ours[key]);
    }
    match (paste.get("parse_error"), ours.get("parse_error")) {
        (Some(_), Some(_)) => {}
        (None, None) => found.entries("", &paste["entries"], &ours["entries"]),
        (paste_error, _) => {
            found.differ("parse_error", paste_error.unwrap_or(&Value::Null), &ours["parse_error"])
        }
    }
    found.differences
}

#[derive(Default)]
struct Comparison {
    differences: Vec<Difference>,
}

impl Comparison {
    fn differ(&mut self, at: &str, paste: &Value, ours: &Value) {
        self.differences.push(Difference {
            at: at.to_owned(),
            paste: paste.clone(),
            ours: ours.clone(),
            composed: None,
        });
    }

    fn equal(&mut self, at: &str, paste: &Value, ours: &Value) {
        if paste != ours {
            self.differ(at, paste, ours);
        }
    }

    fn entries(&mut self, at: &str, paste: &Value, ours: &Value) {
        self.each_key(at, paste, ours, Self::entry);
    }

    /// Compares two objects that must have the same keys.
    fn each_key(
        &mut self,
        at: &str,
        paste: &Value,
        ours: &Value,
        compare: fn(&mut Self, &str, &Value, &Value),
    ) {
        let (Some(paste_fields), Some(our_fields)) = (paste.as_object(), ours.as_object()) else {
            return self.equal(at, paste, ours);
        };
        for (key, value) in paste_fields {
            compare(self, &join(at, key), value, &ours[key]);
        }
        for (key, value) in our_fields {
            if !paste_fields.contains_key(key) {
                self.differ(&join(at, key), &Value::Null, value);
            }
        }
    }

    fn entry(&mut self, at: &str, paste: &Value, ours: &Value) {
        match (paste.get("ok"), ours.get("ok")) {
            (Some(paste_tree), Some(our_tree)) => {
                self.tree(&join(at, "ok"), paste_tree, our_tree);
                self.create(&join(at, "create"), paste_tree, paste, ours);
            }
            (None, None) => {
                if ours.get("error").is_none() {
                    self.differ(at, paste, ours);
                }
            }
            (Some(_), None) => self.differ(at, paste, ours),
            (None, Some(_)) => self.differ(&join(at, "error"), &paste["error"], ours),
        }
    }

    fn create(&mut self, at: &str, tree: &Value, paste: &Value, ours: &Value) {
        let (paste, ours) = (&paste["create"], &ours["create"]);
        let both_fail = paste.get("error").is_some() && ours.get("error").is_some();
        if paste != ours && !both_fail {
            self.differ(at, paste, ours);
            if let Some(difference) = self.differences.last_mut() {
                difference.composed = Some(composed(tree));
            }
        }
    }

    fn tree(&mut self, at: &str, paste: &Value, ours: &Value) {
        for key in VALUES {
            self.equal(&join(at, key), &paste[key], &ours[key]);
        }
        let order = |conf: &Value| -> Vec<String> {
            let names = conf.as_object().map(Map::keys);
            names.into_iter().flatten().cloned().collect()
        };
        let (paste_conf, our_conf) = (&paste["local_conf"], &ours["local_conf"]);
        self.equal(&join(at, "local_conf"), paste_conf, our_conf);
        if paste_conf == our_conf && order(paste_conf) != order(our_conf) {
            let (paste, ours) = (order(paste_conf).into(), order(our_conf).into());
            self.differ(&join(at, "local_conf (order)"), &paste, &ours);
        }
        for key in ["app", "filter", "next"] {
            match (paste.get(key), ours.get(key)) {
                (Some(paste), Some(ours)) => self.tree(&join(at, key), paste, ours),
                _ => self.equal(&join(at, key), &paste[key], &ours[key]),
            }
        }
        self.trees(&join(at, "filters"), &paste["filters"], &ours["filters"]);
        self.children(&join(at, "children"), &paste["children"], &ours["children"]);
    }

    fn trees(&mut self, at: &str, paste: &Value, ours: &Value) {
        self.each_item(at, paste, ours, Self::tree);
    }

    fn each_item(
        &mut self,
        at: &str,
        paste: &Value,
        ours: &Value,
        compare: fn(&mut Self, &str, &Value, &Value),
    ) {
        match (paste.as_array(), ours.as_array()) {
            (Some(paste), Some(ours)) if paste.len() == ours.len() => {
                for (index, (paste, ours)) in paste.iter().zip(ours).enumerate() {
                    compare(self, &format!("{at}/{index}"), paste, ours);
                }
            }
            _ => self.equal(at, paste, ours),
        }
    }

    fn children(&mut self, at: &str, paste: &Value, ours: &Value) {
        if paste.is_null() || ours.is_null() {
            return self.equal(at, paste, ours);
        }
        let [mounts, pipelines] = ["mounts", "pipelines"];
        self.entries(&join(at, mounts), &paste[mounts], &ours[mounts]);
        self.each_key(
            &join(at, pipelines),
            &paste[pipelines],
            &ours[pipelines],
            |found, at, paste, ours| {
                let (filters, app) = (&paste["filters"], &paste["app"]);
                found.each_item(&join(at, "filters"), filters, &ours["filters"], Self::entry);
                found.entry(&join(at, "app"), app, &ours["app"]);
            },
        );
    }
}

/// What a tree comes to when every filter is applied to what it wraps: `F1(F2(APP))`.
///
/// A filter is shown applied to `*`.
pub fn composed(tree: &Value) -> String {
    let mut innermost = tree;
    while innermost["object_type"] == "filtered_with" {
        innermost = &innermost["next"];
    }
    let is_filter = innermost["object_type"] == "filter";
    apply(tree, is_filter.then(|| "*".to_owned()))
}

fn apply(tree: &Value, to: Option<String>) -> String {
    match tree["object_type"].as_str() {
        Some("pipeline") => tree["filters"]
            .as_array()
            .into_iter()
            .flatten()
            .rev()
            .fold(apply(&tree["app"], None), |app, filter| apply(filter, Some(app))),
        Some("filter_app" | "filtered_with") => {
            apply(&tree["filter"], Some(apply(&tree["next"], to)))
        }
        _ => {
            let factory = tree["factory"].as_str().unwrap_or_default();
            to.map_or_else(|| factory.to_owned(), |app| format!("{factory}({app})"))
        }
    }
}

fn join(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}/{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(entry: Value) -> Value {
        json!({"file": "a.ini", "global": {}, "entries": {"app:main": entry}})
    }

    fn app(conf: Value) -> Value {
        json!({"object_type": "application", "factory": "egg:A#main", "local_conf": conf})
    }

    fn places(paste: Value, ours: Value) -> Vec<String> {
        let found = differences(&answer(paste), &answer(ours));
        found.into_iter().map(|difference| difference.at).collect()
    }

    #[test]
    fn equal_trees_do_not_differ_and_extras_are_allowed() {
        let paste = json!({"ok": app(json!({"a": "1"})), "create": "egg:A#main"});
        let mut ours = paste.clone();
        ours["ok"]["origin"] = json!("line 3");
        assert_eq!(places(paste, ours), [""; 0]);
    }

    #[test]
    fn values_their_order_and_missing_ones_differ() {
        let paste = json!({"ok": app(json!({"a": "1", "b": "2"})), "create": "egg:A#main"});
        let ours = |conf: Value| json!({"ok": app(conf), "create": "egg:A#main"});
        let at = |conf: Value| places(paste.clone(), ours(conf));
        assert_eq!(at(json!({"b": "2", "a": "1"})), ["app:main/ok/local_conf (order)"]);
        assert_eq!(at(json!({"a": "1"})), ["app:main/ok/local_conf"]);
        assert_eq!(at(json!({"a": "1", "b": "3"})), ["app:main/ok/local_conf"]);
        let error = json!({"error": {"kind": "KeyError"}});
        assert_eq!(places(paste.clone(), error.clone()), ["app:main"]);
        assert_eq!(places(error.clone(), paste), ["app:main/error"]);
        assert_eq!(places(error.clone(), error), [""; 0]);
    }

    #[test]
    fn a_pipeline_under_filter_with_is_composed() {
        let filter = |name: &str| json!({"object_type": "filter", "factory": name});
        let pipeline = json!({
            "object_type": "pipeline",
            "filters": [filter("F1"), filter("F2")],
            "app": {"object_type": "application", "factory": "A"},
        });
        let tree = json!({"object_type": "filtered_with", "filter": filter("G"), "next": pipeline});
        assert_eq!(composed(&tree), "G(F1(F2(A)))");
        let filtered =
            json!({"object_type": "filtered_with", "filter": filter("G"), "next": filter("F")});
        assert_eq!(composed(&filtered), "G(F(*))");
    }
}
