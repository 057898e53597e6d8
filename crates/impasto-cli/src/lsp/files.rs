//! Paths as an editor writes them: URIs.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a path may have as it is; `:` would make a URI of another kind of a relative one.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of a document. One that is no file has a path that no file has.
pub(super) fn path(uri: &Uri) -> PathBuf {
    let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    match uri.as_str().strip_prefix("file://") {
        // `file://localhost/x` is `file:///x`.
        Some(rest) => PathBuf::from(decoded(&rest[rest.find('/').unwrap_or(rest.len())..])),
        None => Path::new("/").join(decoded(uri.as_str()).replace('/', "_")),
    }
}

/// The URI of a file.
pub(super) fn uri(path: &Path) -> Option<Uri> {
    Uri::from_str(&format!("file://{}", utf8_percent_encode(path.to_str()?, PLAIN))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back() {
        for name in ["/a/b.ini", "/a b/ü%41+.ini", "/a:b#c?d"] {
            let uri = uri(Path::new(name)).unwrap();
            assert_eq!(path(&uri), Path::new(name), "{}", uri.as_str());
        }
        let path = |uri: &str| path(&Uri::from_str(uri).unwrap());
        assert_eq!(path("file://localhost/a%2Fb"), Path::new("/a/b"));
        assert_eq!(path("untitled:Untitled-1"), Path::new("/untitled:Untitled-1"));
        assert_eq!(path("file:///c%3A/x"), Path::new("/c:/x"));
    }
}
