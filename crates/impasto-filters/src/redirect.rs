use http::Uri;
use impasto::{App, Exchange, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::location::{self, Elsewhere, on_this_host};

/// Sends clients to another address (RFC 9110, 15.4).
///
/// For what has moved: mounted where it was, it answers every method and every path below with a
/// `Location`. With `keep_path` the path below the mount point follows, so that each page leads to its
/// own new place; the query follows unless it is told not to.
///
/// Redirects are remembered: browsers keep a 301 or 308 until their cache is emptied. The default is one that
/// is asked for again each time; make it permanent when it is known to be right.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// /v1 = moved
/// / = api
///
/// [app:moved]
/// use = egg:impasto#redirect
/// location = https://api.example.org/v2
/// keep_path = true
/// status = 308
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
#[derive(Deserialize, JsonSchema)]
struct Redirect {
    /// Where to: `https://host/path`, or `/path` on the host that was asked, mount points included.
    location: String,
    /// Whether the path below the mount point is put behind that of `location`. `false` by default.
    #[serde(default)]
    keep_path: bool,
    /// Whether the query is kept, in front of none that `location` has. `true` by default.
    #[serde(default = "yes")]
    keep_query: bool,
    /// The status: 301 or 308 for ever, 302, 303 or 307 for now; 307 and 308 keep the method. 307 by
    /// default.
    #[serde(default)]
    status: Elsewhere,
}

fn yes() -> bool {
    true
}

register!("redirect" => redirect);

// Not tower-http's service: it knows one target for all, and neither path nor query.
fn redirect(settings: Redirect) -> anyhow::Result<App> {
    let status = settings.status.code();
    let target = Target::of(&settings)?;
    Ok(App::at_once(move |exchange| location::answer(status, &target.location(exchange))))
}

/// Where to, in its parts.
struct Target {
    /// Scheme and host; empty for the host that was asked.
    origin: String,
    path: String,
    query: Option<String>,
    /// With its `#`, or empty.
    fragment: String,
    keeps_path: bool,
    keeps_query: bool,
}

impl Target {
    fn of(settings: &Redirect) -> Result<Target, SettingError> {
        let text = settings.location.trim();
        let error = |why: &str| {
            let error = SettingError::new("location", format!("{text:?} {why}"));
            error.help("write `https://host/path` or `/path`")
        };
        let (address, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
        let uri: Uri = address.parse().map_err(|_| error("is no address"))?;
        if !text.is_ascii() {
            return Err(error("has characters that must be percent-encoded"));
        }
        let origin = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme @ ("http" | "https")), Some(host)) => format!("{scheme}://{host}"),
            (None, None) if is_path(address) => String::new(),
            _ => return Err(error("is neither an http address nor a path")),
        };
        Ok(Target {
            origin,
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            fragment: fragment.to_owned(),
            keeps_path: settings.keep_path,
            keeps_query: settings.keep_query,
        })
    }

    fn location(&self, exchange: &Exchange) -> String {
        let Target { origin, path, fragment, .. } = self;
        let mut location = match self.keeps_path && exchange.path().starts_with('/') {
            true => format!("{}{}", path.trim_end_matches('/'), exchange.path()),
            false => path.clone(),
        };
        if origin.is_empty() {
            location = on_this_host(&location);
        }
        let asked = exchange.query().filter(|_| self.keeps_query);
        match self.query.as_deref().or(asked) {
            Some(query) => format!("{origin}{location}?{query}{fragment}"),
            None => format!("{origin}{location}{fragment}"),
        }
    }
}

/// Whether this is a path, and not the name of another host.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, settings, with_body, wrap};
    use http::header::LOCATION;
    use impasto::Filter;
    use std::ops::ControlFlow;

    async fn location(options: &[(&str, &str)], uri: &str) -> String {
        let mounted = Filter::on_request(|exchange| {
            exchange.mount_at("/old".len());
            ControlFlow::Continue(())
        });
        let app = wrap(mounted, redirect(settings(options)).unwrap());
        let response = send(&app, get(uri)).await;
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn every_request_is_sent_on() {
        let app = redirect(settings(&[("location", "/new"), ("status", "303")])).unwrap();
        let response = send(&app, with_body("POST", "/old", "x")).await;
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()[LOCATION], "/new");
        assert_eq!(response.body().as_bytes(), Some(&b"See /new\n"[..]));
    }

    #[tokio::test]
    async fn path_and_query_follow_as_they_are_told() {
        let host = ("location", "https://a.example/new/");
        let (path, no_query) = (("keep_path", "yes"), ("keep_query", "no"));
        for (options, uri, to) in [
            (&[host][..], "/old/x?y=1", "https://a.example/new/?y=1"),
            (&[host, path], "/old/x%2Fy?y=1", "https://a.example/new/x%2Fy?y=1"),
            (&[host, path], "/old", "https://a.example/new/"),
            (&[host, path, no_query], "/old/?y=1", "https://a.example/new/"),
            (&[("location", "https://a.example"), path], "/old/x", "https://a.example/x"),
            (&[("location", "/n?a=b#c"), path], "/old/x?y=1", "/n/x?a=b#c"),
        ] {
            assert_eq!(location(options, uri).await, to);
        }
    }

    #[tokio::test]
    async fn no_path_leads_to_another_host() {
        let options = [("location", "/"), ("keep_path", "yes")];
        for uri in ["/old//evil.example/", "/old///evil.example/"] {
            assert_eq!(location(&options, uri).await, "/evil.example/");
        }
        let options = [("location", "https://a.example"), ("keep_path", "yes")];
        let to = location(&options, "/old/.evil.example").await;
        assert_eq!(to, "https://a.example/.evil.example");
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |text| redirect(settings(&[("location", text)])).unwrap_err().to_string();
        for text in ["new", "//evil.example/", "ftp://a.example", "mailto:a", "/a\\b"] {
            let error = wrong(text);
            let end = "is neither an http address nor a path";
            assert_eq!(error, format!("`location`: {text:?} {end}"));
        }
        assert_eq!(wrong("/a b"), "`location`: \"/a b\" is no address");
        assert!(wrong("/é").contains("percent-encoded"));
        let error = crate::testing::refused::<Redirect>(&[("location", "/"), ("status", "200")]);
        let expected = "`status` must be one of `301`, `302`, `303`, `307`, `308`, not `200`";
        assert_eq!(error, expected);
    }
}
