//! nova's documents about versions.

use serde_json::{Map, Value, json};

use super::Status;

/// All versions.
pub(super) struct Document {
    pub(super) versions: Vec<Version>,
}

/// What is said of one version.
pub(super) struct Version {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) min_version: String,
    pub(super) max_version: String,
    pub(super) updated: Option<String>,
    /// Without a `/` at its ends; empty at the root.
    pub(super) path: String,
    pub(super) media_type: Option<String>,
    pub(super) documentation: Option<String>,
}

impl Document {
    /// The list of them, with links below `base`.
    pub(super) fn all(&self, base: &str) -> Value {
        let versions = self.versions.iter().map(|version| {
            let mut shown = version.about();
            shown.insert("links".to_owned(), json!([link(&version.url(base))]));
            Value::Object(shown)
        });
        json!({ "versions": versions.collect::<Vec<_>>() })
    }

    /// The places where they would have `path`, whose slashes at the ends are left out as nova does it.
    pub(super) fn choices(&self, base: &str, path: &str) -> Value {
        let choices = self.versions.iter().map(|version| {
            let url = version.url(base) + path.trim_matches('/');
            json!({
                "id": version.id,
                "status": version.status,
                "links": [link(&url)],
                "media-types": version.media_types(),
            })
        });
        json!({ "choices": choices.collect::<Vec<_>>() })
    }
}

impl Version {
    /// Its address below `base`.
    pub(super) fn url(&self, base: &str) -> String {
        match &*self.path {
            "" => format!("{base}/"),
            path => format!("{base}/{path}/"),
        }
    }

    /// All of it, at its own address without a `/` at the end.
    pub(super) fn whole(&self, own: &str) -> Value {
        let mut shown = self.about();
        let mut links = vec![link(&format!("{own}/"))];
        if let Some(href) = &self.documentation {
            links.push(json!({ "rel": "describedby", "type": "text/html", "href": href }));
        }
        shown.insert("links".to_owned(), links.into());
        shown.insert("media-types".to_owned(), self.media_types());
        json!({ "version": shown })
    }

    fn about(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(self.id));
        shown.insert("status".to_owned(), json!(self.status));
        shown.insert("version".to_owned(), json!(self.max_version));
        shown.insert("min_version".to_owned(), json!(self.min_version));
        if let Some(updated) = &self.updated {
            shown.insert("updated".to_owned(), json!(updated));
        }
        shown
    }

    fn media_types(&self) -> Value {
        let media_types = self.media_type.iter();
        let shown = media_types.map(|own| json!({ "base": "application/json", "type": own }));
        shown.collect()
    }
}

fn link(href: &str) -> Value {
    json!({ "rel": "self", "href": href })
}
