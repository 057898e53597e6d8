//! Paths as a urlmap compares them: percent-decoded, each run of slashes as one. The path itself is
//! not touched, so comparing allocates nothing.

/// How much of `path` is the mount point `mount`, if it lies there. With `below`, only if there is
/// more than a slash after it.
pub(super) fn prefix(path: &str, mount: &str, below: bool) -> Option<usize> {
    let path = path.as_bytes();
    let mut at = 0;
    for expected in mount.bytes() {
        let (byte, end) = step(path, at)?;
        if byte != expected {
            return None;
        }
        at = end;
    }
    let lies_there = match step(path, at) {
        None => !below,
        Some((b'/', end)) => !below || end < path.len(),
        Some(_) => false,
    };
    lies_there.then_some(at)
}

/// `path` with its first `mounted` bytes apart from the rest, both with each run of slashes as one;
/// `None` when that is how it is written.
///
/// A single encoded slash stays encoded: to an app it may be data.
pub(super) fn tidied(path: &str, mounted: usize) -> Option<(String, String)> {
    let has = |text: &str| {
        path.as_bytes().windows(text.len()).any(|w| w.eq_ignore_ascii_case(text.as_bytes()))
    };
    if !has("//") && !has("%2f") {
        return None;
    }
    let (mount, rest) = path.split_at_checked(mounted)?;
    let mut below = String::new();
    if let Some((b'/', end)) = step(rest.as_bytes(), 0) {
        below.push('/');
        collapse(&rest[end..], &mut below);
    }
    let mut above = String::new();
    collapse(mount, &mut above);
    Some((above, below))
}

fn collapse(path: &str, into: &mut String) {
    let bytes = path.as_bytes();
    let (mut at, mut copied) = (0, 0);
    while let Some((byte, end)) = step(bytes, at) {
        if byte == b'/' && decode(bytes, at).is_some_and(|(_, single)| single < end) {
            into.push_str(&path[copied..at]);
            into.push('/');
            copied = end;
        }
        at = end;
    }
    into.push_str(&path[copied..]);
}

/// The byte at `at`, decoded, and where the next one begins. A run of slashes is one byte.
fn step(path: &[u8], at: usize) -> Option<(u8, usize)> {
    let (byte, mut end) = decode(path, at)?;
    if byte == b'/' {
        while let Some((b'/', further)) = decode(path, end) {
            end = further;
        }
    }
    Some((byte, end))
}

fn decode(path: &[u8], at: usize) -> Option<(u8, usize)> {
    let digit = |at: usize| path.get(at).and_then(|digit| (*digit as char).to_digit(16));
    match *path.get(at)? {
        b'%' => match (digit(at + 1), digit(at + 2)) {
            (Some(high), Some(low)) => Some(((high << 4 | low) as u8, at + 3)),
            _ => Some((b'%', at + 1)),
        },
        byte => Some((byte, at + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_ends_where_a_segment_ends() {
        for (path, mount, length) in [
            ("/v2", "/v2", Some(3)),
            ("/v2/x", "/v2", Some(3)),
            ("/v2x", "/v2", None),
            ("/v", "/v2", None),
            ("/V2", "/v2", None),
            ("", "", Some(0)),
            ("/x", "", Some(0)),
            ("", "/v2", None),
            ("*", "", None),
            ("*", "/v2", None),
        ] {
            assert_eq!(prefix(path, mount, false), length, "{path} in {mount}");
        }
    }

    #[test]
    fn what_is_below_has_a_segment_of_its_own() {
        for (path, length) in [
            ("/v2", None),
            ("/v2/", None),
            ("/v2//", None),
            ("/v2/x", Some(3)),
            ("//v2//x", Some(4)),
        ] {
            assert_eq!(prefix(path, "/v2", true), length, "{path}");
        }
        assert_eq!((prefix("/x", "", true), prefix("/", "", true)), (Some(0), None));
    }

    #[test]
    fn a_path_is_compared_as_it_is_meant() {
        for (path, mount, length) in [
            ("///a//b/c", "/a/b", Some(7)),
            ("/%61/b", "/a", Some(4)),
            ("/a%2Fb", "/a/b", Some(6)),
            ("/a%2fb", "/a", Some(2)),
            ("/%zz", "/%zz", Some(4)),
            ("/%c3%a9", "/é", Some(7)),
            ("/%", "/%", Some(2)),
        ] {
            assert_eq!(prefix(path, mount, false), length, "{path} in {mount}");
        }
    }

    #[test]
    fn a_path_is_rewritten_only_where_slashes_run() {
        assert_eq!(tidied("/a/b", 2), None);
        for (path, mounted, above, below) in [
            ("//a///b//", 3, "/a", "/b/"),
            ("/a%2Fb/c%2Fd", 2, "/a", "/b/c%2Fd"),
            ("/a/%2F%2fb", 2, "/a", "/b"),
            ("/a/b%2F/c", 2, "/a", "/b/c"),
            ("/a%2Fb", 6, "/a%2Fb", ""),
            ("//é//", 4, "/é", "/"),
        ] {
            assert_eq!(tidied(path, mounted), Some((above.to_owned(), below.to_owned())), "{path}");
        }
    }
}
