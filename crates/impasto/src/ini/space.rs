//! White space as Python's `str.isspace` has it.

/// Rust's white space and the four information separators.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Python's `str.strip()`.
pub(crate) fn strip(text: &str) -> &str {
    // Most texts begin and end in a letter, but for a space: seeing that is cheaper than decoding
    // characters.
    let blanks = text.bytes().take_while(is_blank).count();
    let text = &text[blanks..];
    match text.as_bytes() {
        [b'!'..=b'~', ..] => rstrip(text),
        _ => rstrip(text.trim_start_matches(is_space)),
    }
}

/// Python's `str.rstrip()`.
pub(crate) fn rstrip(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(is_blank).count();
    let text = &text[..text.len() - blanks];
    match text.as_bytes() {
        [.., b'!'..=b'~'] => text,
        _ => text.trim_end_matches(is_space),
    }
}

/// Python's `str.split()`.
pub(crate) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}
