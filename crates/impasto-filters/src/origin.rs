//! Origins as browsers tell them.

use http::{HeaderValue, Uri};
use impasto::SettingError;

/// An origin as browsers send it: `null`, or scheme, host and the port where it is not the usual one, in
/// lower case (RFC 6454, section 6.2); given as the setting `key`.
pub(crate) fn origin(key: &str, text: &str) -> Result<HeaderValue, SettingError> {
    let wrong = |why: &str| SettingError::new(key, format!("{text:?} {why}"));
    if text == "*" {
        return Err(wrong("stands for all origins").help("it must be the only one"));
    }
    let not_an_origin = || wrong("is not an origin like `https://host` or `https://host:8443`");
    let lower = text.to_ascii_lowercase();
    let value = HeaderValue::try_from(&*lower).map_err(|_| not_an_origin())?;
    if lower == "null" {
        return Ok(value);
    }
    let uri: Uri = lower.parse().map_err(|_| not_an_origin())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(not_an_origin());
    };
    if let Some(path) = lower.splitn(4, '/').nth(3) {
        let help = format!("leave out the `/{path}`");
        return Err(wrong("has a path, which no origin has").help(help));
    }
    if authority.as_str().contains('@') || uri.query().is_some() {
        return Err(not_an_origin());
    }
    match (scheme, authority.port_u16()) {
        ("http", Some(80)) | ("https", Some(443)) => {
            Err(wrong("has the port that browsers leave out").help("leave it out"))
        }
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_send_them() {
        for (text, value) in [
            ("https://A.Example", "https://a.example"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("null", "null"),
        ] {
            assert_eq!(origin("allow_origins", text).unwrap(), value);
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for (text, why) in [
            ("a.example", "is not an origin"),
            ("https://a.example/", "has a path"),
            ("https://a.example/x", "has a path"),
            ("https://a.example?x", "is not an origin"),
            ("https://u@a.example", "is not an origin"),
            ("https://", "is not an origin"),
            ("https://a b", "is not an origin"),
            ("https://a.example:443", "has the port that browsers leave out"),
            ("*", "stands for all origins"),
        ] {
            assert!(origin("allow_origins", text).unwrap_err().to_string().contains(why), "{text}");
        }
    }
}
