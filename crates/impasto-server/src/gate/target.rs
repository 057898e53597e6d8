//! What a request asks for (RFC 9112, 3.2).

use http::{Method, Uri};

use super::bytes;
use super::refusal::Refusal;

/// The four forms, each where it belongs: a path; a whole URL, as proxies send it; `*` for `OPTIONS`;
/// and a bare authority for `CONNECT`, which has been refused already.
pub(super) fn look(method: &Method, uri: &Uri) -> Result<(), Refusal> {
    if uri.scheme().is_some_and(|scheme| !matches!(scheme.as_str(), "http" | "https")) {
        return Err(Refusal::bad("the scheme of the target is not one of this server's"));
    }
    let Some(target) = uri.path_and_query().map(|target| target.as_str().as_bytes()) else {
        return Err(Refusal::bad("the target is an authority"));
    };
    match target {
        [b'/', rest @ ..] => path(rest),
        b"*" if *method == Method::OPTIONS => Ok(()),
        // A URL without a path.
        [b'?', rest @ ..] if uri.authority().is_some() => path(rest),
        b"" if uri.scheme().is_some() => Ok(()),
        _ => Err(Refusal::bad("the target does not begin with a `/`")),
    }
}

/// Bytes that are none of a URL, and that software replaces, cuts at, or translates.
fn path(target: &[u8]) -> Result<(), Refusal> {
    if !bytes::all(target, &PLAIN) {
        if !target.iter().all(|byte| PLAIN[usize::from(*byte)] || *byte == b'%') {
            return Err(Refusal::bad("the target has a byte that a URL does not have"));
        }
        if target.windows(3).any(|three| three == b"%00") {
            return Err(Refusal::bad("the target has a NUL"));
        }
    }
    Ok(())
}

/// Everything but controls, spaces, `\`, `#`, `%` and what is not ASCII.
static PLAIN: bytes::Fine = bytes::only(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"$&'()*+,-./:;<=>?@[]^_`{|}~",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_place() {
        for (method, target, is_fine) in [
            ("GET", "/", true),
            ("GET", "/a%20b?c=d/e?f&g=%7e", true),
            ("GET", "http://a.example/x", true),
            ("GET", "http://a.example", true),
            ("GET", "http://a.example?x", true),
            ("OPTIONS", "*", true),
            ("GET", "*", false),
            ("GET", "a.example:80", false),
            ("GET", "a.example", false),
            ("GET", "ftp://a.example/", false),
            ("GET", "/a%00", false),
            ("GET", "/a?%00", false),
            ("GET", "/a\\b", false),
            ("GET", "/\u{e4}", false),
            ("GET", "/a/long/path/with/a/%20/and/a/%00", false),
            ("GET", "/a/long/path/with/a/\\/and/so/on", false),
        ] {
            let Ok(uri) = target.parse::<Uri>() else {
                assert!(!is_fine, "{target}");
                continue;
            };
            let method = method.parse().unwrap();
            assert_eq!(look(&method, &uri).is_ok(), is_fine, "{method} {target}");
        }
    }
}
