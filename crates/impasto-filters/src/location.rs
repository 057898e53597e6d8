//! Answers that send a client elsewhere.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use impasto::{Response, SettingError};

use crate::text;

/// The status of a redirect, given as the setting `status`.
///
/// # Errors
///
/// Where it is none of those that browsers follow.
pub(crate) fn status(status: u16) -> Result<StatusCode, SettingError> {
    match status {
        301 | 302 | 303 | 307 | 308 => StatusCode::from_u16(status).ok(),
        _ => None,
    }
    .ok_or_else(|| {
        let error = SettingError::new("status", "must be 301, 302, 303, 307 or 308");
        error.help("307 and 308 keep the method and the body; 301 and 308 are remembered")
    })
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
    fn only_what_browsers_follow_is_a_redirect() {
        assert_eq!(status(308).unwrap(), StatusCode::PERMANENT_REDIRECT);
        for wrong in [0, 200, 300, 304, 305, 306, 309] {
            assert!(status(wrong).unwrap_err().to_string().starts_with("`status` must be 301"));
        }
    }
}
