//! The normal form of a path.

use schemars::JsonSchema;
use serde::Deserialize;

/// What makes a path normal.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) trailing_slash: TrailingSlash,
    pub(super) merge_slashes: bool,
    pub(super) resolve: bool,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum TrailingSlash {
    /// There is none, but for the root.
    Trim,
    /// There is one.
    Add,
    /// As it came.
    Keep,
}

/// The normal form of a path; `None` if it has it. An empty path, which is a mount point itself, stays empty.
pub(super) fn normal(path: &str, form: Form) -> Option<String> {
    if path.is_empty() || is_plain(path.as_bytes(), form) {
        return None;
    }
    let mut new = match form.resolve {
        true => resolved(&unescaped(path), form.merge_slashes),
        false if form.merge_slashes => merged(path),
        false => path.to_owned(),
    };
    let kept = match form.trailing_slash {
        TrailingSlash::Trim => new.trim_end_matches('/').len().max(1),
        TrailingSlash::Add if !new.ends_with('/') => {
            new.push('/');
            new.len()
        }
        _ => new.len(),
    };
    new.truncate(kept);
    Some(new).filter(|new| new != path)
}

/// Whether a look at the bytes is enough to say that the path is normal, as nearly all are.
fn is_plain(path: &[u8], form: Form) -> bool {
    let is_odd = |pair: &[u8]| match pair {
        b"//" => form.merge_slashes,
        // Where a segment begins with a dot; most such are names all the same.
        b"/." => form.resolve,
        _ => false,
    };
    let ends = path.last() == Some(&b'/');
    let end_is_right = match form.trailing_slash {
        TrailingSlash::Trim => !ends || path.len() == 1,
        TrailingSlash::Add => ends,
        TrailingSlash::Keep => true,
    };
    end_is_right && !path.windows(2).any(is_odd) && !(form.resolve && path.contains(&b'%'))
}

fn merged(path: &str) -> String {
    let mut new = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !new.ends_with('/') {
            new.push(c);
        }
    }
    new
}

/// The path with `.` and `..` resolved, as in RFC 3986, 5.2.4.
fn resolved(path: &str, merge_slashes: bool) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_in_slash = false;
    for segment in path.split('/').skip(1) {
        ends_in_slash = matches!(segment, "" | "." | "..");
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            "" if merge_slashes => {}
            segment => segments.push(segment),
        }
    }
    // The empty segment at the end is the slash there.
    if path.ends_with('/') && !merge_slashes {
        segments.pop();
    }
    let mut new = String::with_capacity(path.len());
    for segment in &segments {
        new.push('/');
        new.push_str(segment);
    }
    if ends_in_slash || new.is_empty() {
        new.push('/');
    }
    new
}

/// The path with the escapes of unreserved characters replaced by these, and other escapes in upper case
/// (RFC 3986, 6.2.2). A `%` that begins no escape stays.
fn unescaped(path: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut new = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        new.push_str(before);
        rest = after;
        let escape = match after.as_bytes() {
            [high, low, ..] => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match escape {
            None => new.push('%'),
            Some((high, low)) => {
                let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                match is_unreserved(byte) {
                    true => new.push(char::from(byte)),
                    false => new.push_str(&format!("%{byte:02X}")),
                }
                rest = &after[2..];
            }
        }
    }
    new + rest
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Form =
        Form { trailing_slash: TrailingSlash::Trim, merge_slashes: true, resolve: true };

    fn seen(path: &str, form: Form) -> String {
        let new = normal(path, form);
        if let Some(new) = &new {
            assert_eq!(normal(new, form), None, "{path} becomes {new}, which is not normal");
        }
        new.unwrap_or(path.to_owned())
    }

    #[test]
    fn every_spelling_of_a_path_has_one_form() {
        for (path, form) in [
            ("/", "/"),
            ("", ""),
            ("//", "/"),
            ("/a/", "/a"),
            ("/a//", "/a"),
            ("///a///b", "/a/b"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a//../b", "/b"),
            ("/../../a", "/a"),
            ("/a/..", "/"),
            ("/a/.", "/a"),
            ("/.well-known/x", "/.well-known/x"),
            ("/a/...", "/a/..."),
            ("/%61%2e%7e", "/a.~"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/%2e./b", "/b"),
            ("/a%2fb", "/a%2Fb"),
            ("/a%2Fb", "/a%2Fb"),
            ("/%c3%a9", "/%C3%A9"),
            ("/%", "/%"),
            ("/%4", "/%4"),
            ("/%zz/%41", "/%zz/A"),
            ("/%é", "/%é"),
            ("/%25%32%65", "/%252e"),
        ] {
            assert_eq!(seen(path, USUAL), form, "{path}");
        }
    }

    #[test]
    fn each_part_can_be_left_out() {
        let add = Form { trailing_slash: TrailingSlash::Add, ..USUAL };
        for (path, form) in [("/", "/"), ("/a", "/a/"), ("/a/..", "/"), ("/a//", "/a/")] {
            assert_eq!(seen(path, add), form, "{path}");
        }
        let keep = Form { trailing_slash: TrailingSlash::Keep, ..USUAL };
        for (path, form) in [("/a", "/a"), ("/a//", "/a/"), ("/a/.", "/a/"), ("/a/b/..", "/a/")] {
            assert_eq!(seen(path, keep), form, "{path}");
        }
        let slashes = Form { merge_slashes: false, ..keep };
        for path in ["//a", "/a//b", "/a//", "/a///"] {
            assert_eq!(seen(path, slashes), path);
        }
        for (path, form) in [("/a//../b", "/a/b"), ("/a//.", "/a//"), ("/./", "/")] {
            assert_eq!(seen(path, slashes), form, "{path}");
        }
        let raw = Form { resolve: false, ..USUAL };
        for (path, form) in [("/a/../b", "/a/../b"), ("/%61//b/", "/%61/b")] {
            assert_eq!(seen(path, raw), form, "{path}");
        }
    }
}
