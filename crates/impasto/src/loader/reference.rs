//! The form of `MODULE:ATTR` references.

use crate::ini::lstrip;

/// Whether Python's `importlib.metadata.EntryPoint` takes this for a reference: dotted words, a
/// colon and dotted words, extras in brackets; all but the first are optional.
pub(crate) fn is_entry_point(text: &str) -> bool {
    split_entry_point(text).is_some()
}

/// The module and the attribute of a reference, without its extras.
pub(crate) fn split_entry_point(text: &str) -> Option<(&str, Option<&str>)> {
    let (module, rest) = words(text)?;
    let rest = lstrip(rest);
    let (attr, rest) = match rest.strip_prefix(':') {
        Some(rest) => {
            let (attr, rest) = words(lstrip(rest))?;
            (Some(attr), lstrip(rest))
        }
        None => (None, rest),
    };
    let extras = rest.is_empty()
        || rest.starts_with('[') && {
            let closed = crate::ini::strip(rest);
            closed.ends_with(']') && !closed.contains('\n')
        };
    extras.then_some((module, attr))
}

/// A leading run of Python's `[\w.]+`.
fn words(text: &str) -> Option<(&str, &str)> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let plain = text.bytes().take_while(is_plain).count();
    let more = match text.as_bytes().get(plain) {
        Some(byte) if !byte.is_ascii() => {
            let rest = &text[plain..];
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
                .unwrap_or(rest.len())
        }
        _ => 0,
    };
    let end = plain + more;
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_importlib_has_them() {
        assert_eq!(split_entry_point("a.b:c.d"), Some(("a.b", Some("c.d"))));
        assert_eq!(split_entry_point("a.b : c [x,y]"), Some(("a.b", Some("c"))));
        assert_eq!(split_entry_point("a.b"), Some(("a.b", None)));
        assert_eq!(split_entry_point("a.b[x]"), Some(("a.b", None)));
        assert_eq!(split_entry_point("a.b [x: y [z]"), Some(("a.b", None)));
        for text in ["", "a:", ":b", "a b", "a-b:c", "a:b c", "a:b:c", "a:b [x"] {
            assert!(!is_entry_point(text), "{text}");
        }
    }
}
