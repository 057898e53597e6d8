mod document;
mod prepared;

use std::collections::BTreeMap;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode, Uri};
use impasto::{App, Body, Exchange, Response, SettingError, register};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::forwarded::current_host;
use crate::text::not_found;
use document::{Document, Version};
use prepared::Prepared;

/// Tells clients which versions of an API there are, in the form of nova's version discovery.
///
/// Where it is mounted it lists all versions; below, it answers as nova does where nothing is mounted: with
/// 300 and the places where the versions would have that path. With `only` it shows one version whole, at
/// the root of that version. Each version is named in settings of its own, and needs a `status`.
///
/// Links begin with the address that the client used, unless `public_url` is given. Behind a proxy,
/// `proxy_headers` has to stand outside, or they lead round it.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// / = versions
/// /v2.1 = api
///
/// [app:versions]
/// use = egg:impasto#versions
/// status.v2.0 = SUPPORTED
/// path.v2.0 = /v2/
/// status.v2.1 = CURRENT
/// min_version.v2.1 = 2.1
/// max_version.v2.1 = 2.96
/// updated.v2.1 = 2013-07-23T11:33:21Z
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
#[derive(Default)]
struct Versions {
    /// The versions, and how far each is supported: `status.NAME = CURRENT`, or `SUPPORTED`, `DEPRECATED`
    /// or `EXPERIMENTAL`.
    status: BTreeMap<String, Status>,
    /// The oldest microversion: `min_version.NAME = 2.1`. Empty for a version without.
    min_version: BTreeMap<String, String>,
    /// The newest microversion: `max_version.NAME = 2.96`; shown as `version`. Empty for a version without.
    max_version: BTreeMap<String, String>,
    /// When the version was last changed, as `2013-07-23T11:33:21Z`. Not shown by default.
    updated: BTreeMap<String, String>,
    /// Where the version is, below the address of all. Its name by default: `/v2.1/`.
    path: BTreeMap<String, String>,
    /// The media type of its documents. Not shown by default.
    media_type: BTreeMap<String, String>,
    /// The address of its documentation. Not shown by default.
    documentation: BTreeMap<String, String>,
    /// The address that links begin with, as `https://api.example.org/compute`.
    public_url: Option<String>,
    /// The one version to show.
    only: Option<String>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    /// The newest one.
    Current,
    /// Older, and kept.
    Supported,
    /// It will be removed.
    Deprecated,
    /// It may change.
    Experimental,
}

register!("versions" => versions);

fn versions(settings: Versions) -> anyhow::Result<App> {
    let document = Document { versions: settings.versions()? };
    let public_url = settings.public_url.as_deref().map(public_url).transpose()?;
    let Some(name) = settings.only else {
        let all = Prepared::of(|base| document.all(base));
        return Ok(App::at_once(move |exchange| {
            let base = base(exchange, public_url.as_deref());
            match exchange.path() {
                "" | "/" => json(StatusCode::OK, all.with(&base)),
                path => {
                    let choices = document.choices(&base, path).to_string();
                    json(StatusCode::MULTIPLE_CHOICES, choices)
                }
            }
        }));
    };
    let known = document.versions.into_iter().find(|version| version.id == name);
    let version = known.ok_or_else(|| {
        let error = SettingError::new("only", format!("there is no version {name:?}"));
        error.help(format!("each version has a setting `status.NAME`, such as `status.{name}`"))
    })?;
    let public_url = public_url.map(|url| version.url(&url));
    let whole = Prepared::of(|own| version.whole(own));
    Ok(App::at_once(move |exchange| match exchange.path() {
        "" | "/" => json(StatusCode::OK, whole.with(&base(exchange, public_url.as_deref()))),
        _ => not_found(),
    }))
}

impl Versions {
    fn versions(&self) -> Result<Vec<Version>, SettingError> {
        if self.status.is_empty() {
            let error = SettingError::new("status", "must name a version");
            return Err(error.help("write `status.v1 = CURRENT`"));
        }
        let maps = [
            ("min_version", &self.min_version),
            ("max_version", &self.max_version),
            ("updated", &self.updated),
            ("path", &self.path),
            ("media_type", &self.media_type),
            ("documentation", &self.documentation),
        ];
        for (setting, map) in maps {
            if let Some(name) = map.keys().find(|name| !self.status.contains_key(*name)) {
                let message = format!("there is no version {name:?}");
                let error = SettingError::new(format!("{setting}.{name}"), message);
                return Err(error.help(format!("give it a `status.{name}`")));
            }
        }
        self.status.iter().map(|(name, status)| self.version(name, *status)).collect()
    }

    fn version(&self, name: &str, status: Status) -> Result<Version, SettingError> {
        let wrong = |setting: &str, text: &str, why: &str| {
            SettingError::new(format!("{setting}.{name}"), format!("{text:?} {why}"))
        };
        let given = |map: &BTreeMap<String, String>| map.get(name).map(|it| it.trim().to_owned());
        let micro = |setting: &str, map| match given(map) {
            Some(text) if !text.is_empty() && !is_microversion(&text) => {
                Err(wrong(setting, &text, "is not a microversion like `2.1`"))
            }
            text => Ok(text.unwrap_or_default()),
        };
        let path = given(&self.path).unwrap_or_else(|| format!("/{name}/"));
        if path.parse::<Uri>().is_err() || !path.starts_with('/') || path.contains('?') {
            return Err(wrong("path", &path, "is not a path"));
        }
        let updated = given(&self.updated);
        if let Some(text) = updated.as_ref().filter(|text| text.parse::<Timestamp>().is_err()) {
            return Err(wrong("updated", text, "is not a time like `2013-07-23T11:33:21Z`"));
        }
        Ok(Version {
            id: name.to_owned(),
            status,
            max_version: micro("max_version", &self.max_version)?,
            min_version: micro("min_version", &self.min_version)?,
            updated,
            path: path.trim_matches('/').to_owned(),
            media_type: given(&self.media_type),
            documentation: given(&self.documentation),
        })
    }
}

/// Whether this is two numbers with a dot between.
fn is_microversion(text: &str) -> bool {
    let is_number = |text: &str| text.parse::<u32>().is_ok();
    text.split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

fn public_url(text: &str) -> Result<String, SettingError> {
    let text = text.trim();
    let is_url = text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none()
    });
    match is_url {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err(SettingError::new("public_url", format!("{text:?} is no http address"))),
    }
}

/// The address that links begin with, without a `/` at its end.
fn base(exchange: &Exchange, public_url: Option<&str>) -> String {
    match (public_url, current_host(exchange)) {
        (Some(url), _) => url.trim_end_matches('/').to_owned(),
        (None, Some(host)) => {
            format!("{}://{host}{}", exchange.connection().scheme, exchange.mount())
        }
        // Links of the same host, as nobody knows its name.
        (None, None) => exchange.mount().into_owned(),
    }
}

fn json(status: StatusCode, document: String) -> Response {
    let mut response = Response::new(Body::from(document));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests;
