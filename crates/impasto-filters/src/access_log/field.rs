//! What a line can say of a request.

use http::HeaderName;
use http::header::{REFERER, USER_AGENT};

/// One thing that stands in a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    /// What the format itself says.
    Text(Vec<u8>),
    Time,
    IsoTime,
    Method,
    Target,
    Version,
    Header(HeaderName),
    ResponseHeader(HeaderName),
    /// The version of its API that an OpenStack service says it answered in.
    Microversion,
    Client,
    User,
    Status,
    Bytes,
    Seconds,
    RequestId,
    End,
    /// How it ended, behind a space; nothing where it ended well.
    Trouble,
}

/// When a field is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// With the request: filters further in may change it, and an app take it away.
    Request,
    /// With the head of the response.
    Response,
    /// When the response is over.
    End,
}

/// The names of fields, as templates have them.
const NAMES: [(&str, Field); 14] = [
    ("client", Field::Client),
    ("user", Field::User),
    ("time", Field::Time),
    ("iso_time", Field::IsoTime),
    ("method", Field::Method),
    ("target", Field::Target),
    ("version", Field::Version),
    ("status", Field::Status),
    ("bytes", Field::Bytes),
    ("seconds", Field::Seconds),
    ("request_id", Field::RequestId),
    ("microversion", Field::Microversion),
    ("end", Field::End),
    ("trouble", Field::Trouble),
];

/// The names of the same fields in formats of Paste's translogger.
const NAMES_IN_PASTE: [(&str, Field); 10] = [
    ("REMOTE_ADDR", Field::Client),
    ("REMOTE_USER", Field::User),
    ("REQUEST_METHOD", Field::Method),
    ("REQUEST_URI", Field::Target),
    ("HTTP_VERSION", Field::Version),
    ("time", Field::Time),
    ("status", Field::Status),
    ("bytes", Field::Bytes),
    ("HTTP_REFERER", Field::Header(REFERER)),
    ("HTTP_USER_AGENT", Field::Header(USER_AGENT)),
];

/// All names that a template can have, in words.
pub(super) fn names() -> String {
    let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
    format!("{}, `header:NAME` and `response_header:NAME`", listed(&names))
}

/// All names that a format of translogger can have, in words.
pub(super) fn names_in_paste() -> String {
    listed(&NAMES_IN_PASTE.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Field {
    /// The field that a template names.
    pub(super) fn named(name: &str) -> Option<Field> {
        match name.split_once(':') {
            None => find(&NAMES, name),
            Some(("header", header)) => header.parse().ok().map(Field::Header),
            Some(("response_header", header)) => header.parse().ok().map(Field::ResponseHeader),
            Some(_) => None,
        }
    }

    /// The field that a format of translogger names.
    pub(super) fn named_in_paste(name: &str) -> Option<Field> {
        find(&NAMES_IN_PASTE, name)
    }

    /// When this is known. A text stands wherever what is before it does.
    pub(super) fn stage(&self) -> Option<Stage> {
        match self {
            Field::Text(_) => None,
            Field::Time
            | Field::IsoTime
            | Field::Method
            | Field::Target
            | Field::Version
            | Field::Header(_) => Some(Stage::Request),
            Field::ResponseHeader(_) | Field::Microversion => Some(Stage::Response),
            Field::Client
            | Field::User
            | Field::Status
            | Field::Bytes
            | Field::Seconds
            | Field::RequestId
            | Field::End
            | Field::Trouble => Some(Stage::End),
        }
    }
}

fn find(names: &[(&str, Field)], name: &str) -> Option<Field> {
    names.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone())
}
