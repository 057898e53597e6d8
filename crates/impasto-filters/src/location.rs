//! Answers that send a client elsewhere.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use impasto::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text;

/// The status of a redirect: one of those that browsers follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub(crate) enum Elsewhere {
    /// For ever.
    #[serde(rename = "301")]
    MovedPermanently,
    /// For now.
    #[serde(rename = "302")]
    Found,
    /// For now, with `GET`.
    #[serde(rename = "303")]
    SeeOther,
    /// For now, with the same method and body.
    #[default]
    #[serde(rename = "307")]
    TemporaryRedirect,
    /// For ever, with the same method and body.
    #[serde(rename = "308")]
    PermanentRedirect,
}

impl Elsewhere {
    pub(crate) fn code(self) -> StatusCode {
        match self {
            Elsewhere::MovedPermanently => StatusCode::MOVED_PERMANENTLY,
            Elsewhere::Found => StatusCode::FOUND,
            Elsewhere::SeeOther => StatusCode::SEE_OTHER,
            Elsewhere::TemporaryRedirect => StatusCode::TEMPORARY_REDIRECT,
            Elsewhere::PermanentRedirect => StatusCode::PERMANENT_REDIRECT,
        }
    }
}

/// The answer that sends a client to `location`; a 400 where that cannot be written in a header.
pub(crate) fn answer(status: StatusCode, location: &str) -> Response {
    let Ok(value) = HeaderValue::try_from(location) else {
        return text(StatusCode::BAD_REQUEST, "The address cannot be redirected.\n");
    };
    let mut response = text(status, format!("See {location}\n"));
    response.headers_mut().insert(LOCATION, value);
    response
}

/// `path` as a location of the same host. Two slashes at its beginning would name another one, and to a
/// browser a backslash is a slash.
pub(crate) fn on_this_host(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_no_other_host() {
        for (path, location) in [
            ("/a//b", "/a//b"),
            ("", "/"),
            ("//evil.example", "/evil.example"),
            ("/\\/evil.example", "/evil.example"),
        ] {
            assert_eq!(on_this_host(path), location);
        }
    }

    #[test]
    fn a_status_is_the_one_that_is_written() {
        #[derive(Debug, Deserialize, JsonSchema)]
        struct Settings {
            status: Elsewhere,
        }
        for written in ["301", "302", "303", "307", "308"] {
            let settings: Settings = crate::testing::settings(&[("status", written)]);
            assert_eq!(settings.status.code().as_str(), written);
        }
    }
}
