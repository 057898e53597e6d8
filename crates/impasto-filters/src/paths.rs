//! Paths in settings, each with all that is below it.

use std::borrow::Cow;

use impasto::{Exchange, SettingError};
use percent_encoding::percent_decode_str;

/// Some paths and what is below them, as they are written in URLs: with case, and percent-encoded.
#[derive(Default)]
pub(crate) struct Paths(Vec<String>);

impl Paths {
    /// Reads paths, given as the setting `key`.
    ///
    /// # Errors
    ///
    /// The first that does not begin with a `/`.
    pub(crate) fn of(key: &str, paths: &[String]) -> Result<Paths, SettingError> {
        let paths = paths.iter().map(|path| match path.starts_with('/') {
            true => Ok(path.trim_end_matches('/').to_owned()),
            false => Err(SettingError::new(key, format!("{path:?} does not begin with a `/`"))),
        });
        paths.collect::<Result<_, _>>().map(Paths)
    }

    pub(crate) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the request asks for one of them, mount point included.
    pub(crate) fn have(&self, exchange: &Exchange) -> bool {
        if self.are_none() {
            return false;
        }
        let mount = exchange.mount();
        let is_named = self.0.iter().any(|path| match path.strip_prefix(&*mount) {
            Some(rest) => is_below(rest, exchange.path()),
            // The mount point itself is already below it.
            None => is_below(path, &mount),
        });
        is_named && !leads_up(exchange.path())
    }
}

/// Whether a path is `above`, or below it.
pub(crate) fn is_below(above: &str, path: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether whoever resolves a path may end above where it begins. What is further in may do so, and decode and
/// read it in ways of its own.
pub(crate) fn leads_up(path: &str) -> bool {
    let path: Cow<'_, [u8]> = percent_decode_str(path).into();
    let mut segments = path.split(|byte| matches!(byte, b'/' | b'\\'));
    segments.any(|segment| segment == b".." || segment.starts_with(b"..;"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::get;

    #[test]
    fn a_path_is_found_wherever_it_is_mounted() {
        let paths = Paths::of("paths", &["/a/b/".to_owned(), "/c".to_owned()]).unwrap();
        for (uri, mount, found) in [
            ("/a/b", "", true),
            ("/a/b/", "", true),
            ("/a/b/c", "/a", true),
            ("/a/b/c", "/a/b/c", true),
            ("/a/b", "/a/b", true),
            ("/a/bc", "", false),
            ("/a/b/..", "", false),
            ("/a/b/../../d", "", false),
            ("/a/b/%2e%2E/d", "", false),
            ("/a/b/.%2e%2fd", "", false),
            ("/a/b/..%5Cd", "", false),
            ("/a/b/..;x/d", "", false),
            ("/a/b/../d", "/a/b", false),
            ("/a/b/..d/.", "", true),
            ("/a/bc", "/a", false),
            ("/a", "", false),
            ("/cd/c", "/cd", false),
            ("/C", "", false),
        ] {
            let mut exchange = Exchange::new(get(uri), None);
            assert!(exchange.mount_at(mount.len()));
            assert_eq!(paths.have(&exchange), found, "{uri} at {mount}");
        }
        let mut exchange = Exchange::new(get("/b/c"), None);
        exchange.set_script_name("/a");
        assert!(paths.have(&exchange));
    }

    #[test]
    fn all_of_a_site_is_below_its_root() {
        let all = Paths::of("paths", &["/".to_owned()]).unwrap();
        for (uri, mount) in [("/", ""), ("/a/b", ""), ("/a/b", "/a")] {
            let mut exchange = Exchange::new(get(uri), None);
            assert!(exchange.mount_at(mount.len()));
            assert!(all.have(&exchange), "{uri} at {mount}");
        }
    }
}
