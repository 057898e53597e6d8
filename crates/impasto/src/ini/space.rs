//! White space as Python's `str.isspace` has it.
//!
//! Most texts begin and end in a letter, but for a space: seeing that is cheaper than decoding
//! characters.

/// Python's `str.isspace()` of one character: Rust's white space and the four information separators.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Where `byte` is in `text` first. It mostly is near, and then this is faster than a search that is
/// made for long texts.
pub(crate) fn find(byte: u8, text: &str) -> Option<usize> {
    const NEAR: usize = 32;
    let (near, far) = text.as_bytes().split_at(text.len().min(NEAR));
    match near.iter().position(|other| *other == byte) {
        None if !far.is_empty() => memchr::memchr(byte, far).map(|at| NEAR + at),
        found => found,
    }
}

/// Python's `str.strip()`.
pub fn strip(text: &str) -> &str {
    rstrip(lstrip(text))
}

/// Python's `str.lstrip()`.
pub(crate) fn lstrip(text: &str) -> &str {
    match text.as_bytes() {
        [] | [b'!'..=b'~', ..] => text,
        [b' ', b'!'..=b'~', ..] => &text[1..],
        bytes => {
            let blanks =
                bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
            text[blanks..].trim_start_matches(is_space)
        }
    }
}

/// Python's `str.rstrip()`.
pub(crate) fn rstrip(text: &str) -> &str {
    match text.as_bytes() {
        [] | [.., b'!'..=b'~'] => text,
        [.., b'!'..=b'~', b' '] => &text[..text.len() - 1],
        _ => text.trim_end_matches(is_space),
    }
}

/// Python's `str.split()`.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = lstrip(rest);
        let letters = rest.bytes().take_while(u8::is_ascii_graphic).count();
        let end = match rest.as_bytes().get(letters) {
            None => rest.len(),
            Some(b' ' | b'\n') => letters,
            Some(_) => rest.find(is_space).unwrap_or(rest.len()),
        };
        let (word, behind) = rest.split_at(end);
        rest = behind;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_has_them() {
        let texts =
            ["", " ", "a", " a b ", "\ta\u{1c}b\u{a0}\n\nc", "ä\u{3000}ö\u{85}", "a\u{7f}b"];
        for text in texts {
            let words: Vec<_> = text.split(is_space).filter(|word| !word.is_empty()).collect();
            assert_eq!(split(text).collect::<Vec<_>>(), words, "{text:?}");
            assert_eq!(strip(text), text.trim_matches(is_space), "{text:?}");
            assert_eq!(rstrip(text), text.trim_end_matches(is_space), "{text:?}");
        }
    }
}
