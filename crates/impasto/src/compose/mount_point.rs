use std::borrow::Cow;
use std::sync::Arc;

use http::Uri;
use http::uri::PathAndQuery;

/// Where in the site the app is mounted: an offset into the untouched path of the URI, and what is in front of it.
#[derive(Clone, Debug, Default)]
pub(super) struct MountPoint {
    outer: Option<Arc<str>>,
    length: u16,
}

impl MountPoint {
    /// A mount point of which nothing is in the URI.
    pub(super) fn outside(script_name: &str) -> MountPoint {
        let name = script_name.trim_end_matches('/');
        let outer: Arc<str> = match name.is_empty() || name.starts_with('/') {
            true => Arc::from(name),
            false => Arc::from(format!("/{name}")),
        };
        MountPoint { outer: Some(outer).filter(|outer| !outer.is_empty()), length: 0 }
    }

    pub(super) fn set_outside(&mut self, script_name: &str) {
        self.outer = MountPoint::outside(script_name).outer;
    }

    /// What is left of the path under the mount point: empty, or beginning with `/`.
    pub(super) fn rest<'a>(&self, path: &'a str) -> &'a str {
        path.get(usize::from(self.length)..).unwrap_or_default()
    }

    /// The mount point itself: empty, or beginning with `/` and not ending in it.
    pub(super) fn script_name<'a>(&'a self, path: &'a str) -> Cow<'a, str> {
        let inner = path.get(..usize::from(self.length)).unwrap_or_default();
        match self.outer.as_deref() {
            None => inner.into(),
            Some(outer) if inner.is_empty() => outer.into(),
            Some(outer) => format!("{outer}{inner}").into(),
        }
    }

    /// Moves `count` more bytes of `path` to the mount point, if both parts are then well formed.
    pub(super) fn advance(&mut self, path: &str, count: usize) -> bool {
        let Some(length) = usize::from(self.length).checked_add(count) else { return false };
        let (Some(mounted), Some(rest)) = (path.get(..length), path.get(length..)) else {
            return false;
        };
        let fits = !mounted.ends_with('/') && (rest.is_empty() || rest.starts_with('/'));
        match u16::try_from(length) {
            Ok(length) if fits => self.length = length,
            _ => return false,
        }
        true
    }

    /// Takes over a path that replaces `old`: the part inside the URI stays when the new path begins with it too.
    pub(super) fn follow(&mut self, old: &str, new: &str) {
        let length = usize::from(std::mem::take(&mut self.length));
        if old.get(..length) == new.get(..length) {
            self.advance(new, length);
        }
    }

    /// The URI as an app at the root would see it, or `None` when that is the URI itself.
    pub(super) fn strip(&self, uri: &Uri) -> Option<Uri> {
        if self.length == 0 {
            return None;
        }
        let mut target = String::from(self.rest(uri.path()));
        if target.is_empty() {
            target.push('/');
        }
        if let Some(query) = uri.query() {
            target.push('?');
            target.push_str(query);
        }
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
        Uri::from_parts(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, count: usize) -> MountPoint {
        let mut point = MountPoint::default();
        assert!(point.advance(path, count));
        point
    }

    #[test]
    fn the_path_is_cut_only_where_a_segment_ends() {
        let mut point = MountPoint::default();
        for wrong in [1, 3, 6, 100, usize::MAX] {
            assert!(!point.advance("/v2.1/x", wrong), "{wrong}");
        }
        assert!(!point.advance("/é", 2));
        assert!(point.advance("/v2.1/x", 5) && point.advance("/v2.1/x", 2));
        assert_eq!((&*point.script_name("/v2.1/x"), point.rest("/v2.1/x")), ("/v2.1/x", ""));
    }

    #[test]
    fn a_script_name_in_front_is_made_well_formed() {
        for (given, seen) in [("", ""), ("/", ""), ("/a/", "/a"), ("a", "/a")] {
            assert_eq!(MountPoint::outside(given).script_name("/x"), seen);
        }
        let mut point = at("/b/c", 2);
        point.set_outside("/a");
        assert_eq!((&*point.script_name("/b/c"), point.rest("/b/c")), ("/a/b", "/c"));
    }

    #[test]
    fn a_stripped_uri_keeps_its_query_and_always_has_a_path() {
        for (uri, stripped) in
            [("/a/b?q", "/b?q"), ("/a?q", "/?q"), ("/a", "/"), ("http://h/a/b", "http://h/b")]
        {
            let uri: Uri = uri.parse().unwrap();
            assert_eq!(at(uri.path(), 2).strip(&uri).unwrap(), stripped);
        }
        assert!(MountPoint::default().strip(&Uri::from_static("/a")).is_none());
    }

    #[test]
    fn a_new_path_keeps_the_mount_it_shares() {
        for (new, rest) in [("/a/c", "/c"), ("/a", ""), ("/ab", "/ab"), ("/b", "/b")] {
            let mut point = at("/a/b", 2);
            point.follow("/a/b", new);
            assert_eq!(point.rest(new), rest);
        }
    }
}
