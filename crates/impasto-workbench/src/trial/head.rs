//! What a probe notes of requests and responses, and how two notes differ.

use std::hash::{DefaultHasher, Hash, Hasher};

use http::{HeaderMap, Method, StatusCode, Uri};
use http_body::Body as _;
use impasto::{Body, Exchange, Failure, Response};

/// A request as it passes a probe.
pub(super) struct Asked {
    method: Method,
    uri: Uri,
    mount: String,
    headers: HeaderMap,
    client: String,
    body: Content,
}

/// A response as it passes a probe.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Content,
    /// Why the stack itself answered, if it did.
    pub(super) failure: Option<String>,
}

/// What can be known of a body without reading it.
#[derive(PartialEq)]
enum Content {
    Memory { length: usize, hash: u64 },
    Stream { length: Option<u64> },
}

impl Asked {
    pub(super) fn of(exchange: &Exchange) -> Asked {
        let connection = exchange.connection();
        let peer = connection.peer.map(|peer| peer.to_string()).unwrap_or_default();
        Asked {
            method: exchange.method().clone(),
            uri: exchange.uri().clone(),
            mount: exchange.mount().into_owned(),
            headers: exchange.headers().clone(),
            client: format!("{} {peer}", connection.scheme).trim_end().to_owned(),
            body: Content::of(exchange.body()),
        }
    }

    /// What was made of this on the way to `inner`.
    pub(super) fn changes(&self, inner: &Asked) -> Vec<String> {
        let mut changes = Vec::new();
        changed("method", &self.method, &inner.method, &mut changes);
        changed("target", &self.uri, &inner.uri, &mut changes);
        if self.mount != inner.mount {
            changes.push(format!("mount: `{}` -> `{}`", self.mount, inner.mount));
        }
        changed("client", &self.client, &inner.client, &mut changes);
        compare_headers(&self.headers, &inner.headers, &mut changes);
        self.body.compare(&inner.body, &mut changes);
        changes
    }
}

impl Answered {
    pub(super) fn of(response: &Response) -> Answered {
        Answered {
            status: response.status(),
            headers: response.headers().clone(),
            body: Content::of(response.body()),
            failure: response.extensions().get::<Failure>().map(ToString::to_string),
        }
    }

    /// What was made of this on the way to `outer`.
    pub(super) fn changes(&self, outer: &Answered) -> Vec<String> {
        let mut changes = Vec::new();
        changed("status", &self.status, &outer.status, &mut changes);
        compare_headers(&self.headers, &outer.headers, &mut changes);
        self.body.compare(&outer.body, &mut changes);
        changes
    }
}

impl Content {
    fn of(body: &Body) -> Content {
        match body.as_bytes() {
            Some(bytes) => {
                let mut hasher = DefaultHasher::new();
                bytes.hash(&mut hasher);
                Content::Memory { length: bytes.len(), hash: hasher.finish() }
            }
            None => Content::Stream { length: body.size_hint().exact() },
        }
    }

    fn compare(&self, other: &Content, changes: &mut Vec<String>) {
        if self != other {
            changes.push(format!("body: {} -> {}", self.told(), other.told()));
        }
    }

    fn told(&self) -> String {
        match self {
            Content::Memory { length: 0, .. } => "none".to_owned(),
            Content::Memory { length, .. } => format!("{length} bytes"),
            Content::Stream { length: Some(length) } => format!("a stream of {length} bytes"),
            Content::Stream { length: None } => "a stream".to_owned(),
        }
    }
}

fn changed<T: PartialEq + std::fmt::Display>(
    what: &str,
    one: &T,
    other: &T,
    changes: &mut Vec<String>,
) {
    if one != other {
        changes.push(format!("{what}: {one} -> {other}"));
    }
}

/// `- name: value` for what is not there any more, `+ name: value` for what is new.
fn compare_headers(one: &HeaderMap, other: &HeaderMap, changes: &mut Vec<String>) {
    for (sign, these, those) in [('-', one, other), ('+', other, one)] {
        for name in these.keys() {
            let differs = !these.get_all(name).iter().eq(those.get_all(name));
            for value in these.get_all(name).iter().filter(|_| differs) {
                changes
                    .push(format!("{sign} {name}: {}", String::from_utf8_lossy(value.as_bytes())));
            }
        }
    }
}
