//! The way of nova's urlmap, which also finds an app by the version that a request asks for.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use impasto::Exchange;

use super::mounts::{Mount, Mounts, enter, set_path};
use crate::accept::{best, parameter, split};

const JSON: &str = "application/json";
const ATOM: &str = "application/atom+xml";

/// How a request comes to what is mounted.
pub enum Way<'m, T> {
    /// By so many bytes of its path.
    Path(&'m Mount<T>, usize),
    /// By the version it asks for.
    Version(&'m Mount<T>),
}

impl<'m, T> Way<'m, T> {
    /// What is mounted there, under whose mount point the request lies from now on.
    pub fn enter(self, exchange: &mut Exchange) -> Option<&'m T> {
        let (mount, entered) = match self {
            Way::Path(mount, length) => (mount, enter(exchange, length)),
            Way::Version(mount) => (mount, enter_version(exchange, mount.path())),
        };
        entered.then_some(mount.it())
    }
}

impl<T> Mounts<T> {
    /// nova's order: the path unless only `/` takes it, the `Content-Type`, the `Accept` header, `/`. With
    /// the media type that the client wants.
    pub fn find_version(&self, exchange: &Exchange) -> (Option<Way<'_, T>>, &'static str) {
        let path = exchange.path();
        let by_path = self.find(exchange, path);
        let at_version = |version: Option<&str>| {
            let found = self.find(exchange, &format!("/v{}", version?));
            found.map(|(mount, _)| Way::Version(mount))
        };
        let suffix = path.ends_with(".json").then_some(JSON);
        let own = by_path.as_ref().filter(|(mount, _)| !mount.path().is_empty());
        let is_index = path == "/" || own.is_some_and(|(_, length)| &path[*length..] == "/");
        let supported: &[_] = if is_index { &[JSON, ATOM] } else { &[JSON] };
        let accepted = || best(texts(exchange.headers(), ACCEPT), supported);

        if let Some((mount, length)) = own {
            let media = suffix.or_else(|| accepted().map(|(media, _)| media));
            return (Some(Way::Path(mount, *length)), media.unwrap_or(JSON));
        }
        let content_type = texts(exchange.headers(), CONTENT_TYPE).next().unwrap_or_default();
        let by_content_type = at_version(parameter(split(content_type).1, "version"));
        let accepted = accepted();
        let by_accept = || at_version(parameter(accepted?.1, "version"));
        let at_root = || by_path.map(|(mount, length)| Way::Path(mount, length));
        let media = suffix.or(accepted.map(|(media, _)| media)).unwrap_or(JSON);
        (by_content_type.or_else(by_accept).or_else(at_root), media)
    }
}

/// Puts the request under a mount point that its path does not name.
fn enter_version(exchange: &mut Exchange, mount: &str) -> bool {
    let path = format!("{mount}{}", exchange.path());
    set_path(exchange, &path) && enter(exchange, mount.len())
}

fn texts(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}
