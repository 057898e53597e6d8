//! Physical lines.

/// The lines of `text` with the offset at which each begins, without their ends. `\n`, `\r\n` and a
/// lone `\r` end a line, as in Python's universal newlines; nothing else does.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        if rest.is_empty() {
            return None;
        }
        let start = at;
        let line = match memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
            None => {
                at = text.len();
                rest
            }
            Some(end) => {
                let both = rest[end..].starts_with("\r\n");
                at += end + if both { 2 } else { 1 };
                &rest[..end]
            }
        };
        Some((start, line))
    })
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn three_kinds_of_line_end() {
        let found: Vec<_> = lines("a\nb\r\nc\rd\n\n").collect();
        assert_eq!(found, [(0, "a"), (2, "b"), (5, "c"), (7, "d"), (9, "")]);
        assert_eq!(lines("").count(), 0);
    }
}
