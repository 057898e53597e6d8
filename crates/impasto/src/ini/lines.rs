//! Physical lines.

/// The lines of `text` with the offset at which each begins, without their ends. `\n`, `\r\n` and a
/// lone `\r` end a line, as in Python's universal newlines; nothing else does.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let end = match ends.next() {
            Some(end) => end,
            None if start == text.len() => return None,
            None => text.len(),
        };
        at = text.len().min(end + 1);
        if bytes.get(end..end + 2) == Some(b"\r\n") {
            ends.next();
            at += 1;
        }
        Some((start, &text[start..end]))
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
