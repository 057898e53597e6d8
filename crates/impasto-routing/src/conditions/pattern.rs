//! Texts with `*` and `?` in them.

/// What a text is compared with: `*` is any text, `?` any one byte.
#[derive(Debug)]
pub(super) struct Pattern(Box<[u8]>);

impl Pattern {
    pub(super) fn new(text: &str) -> Pattern {
        Pattern(text.as_bytes().into())
    }

    /// Whether the whole of `text` is meant, in time that is at most the product of the lengths.
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        let (pattern, mut at, mut read) = (&*self.0, 0, 0);
        // Where to go on when it turns out that the last `*` is longer.
        let mut star = None;
        while read < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at + 1, read));
                    at += 1;
                }
                Some(byte) if *byte == b'?' || *byte == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => {
                    let Some((behind, until)) = &mut star else { return false };
                    *until += 1;
                    (at, read) = (*behind, *until);
                }
            }
        }
        pattern[at..].iter().all(|byte| *byte == b'*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, yes, no) in [
            ("", &[""][..], &["x"][..]),
            ("*", &["", "x", "**"], &[]),
            ("a*", &["a", "ab", "a*"], &["", "ba"]),
            ("*a*b", &["ab", "xaab", "abab"], &["aba", "b"]),
            ("/v2/*/x", &["/v2//x", "/v2/a/b/x/x"], &["/v2/x", "/v2/a/x/"]),
            ("a?c", &["abc", "a?c", "a:c"], &["ac", "abbc"]),
            ("*?", &["x", "xy"], &[""]),
        ] {
            for (texts, expected) in [(yes, true), (no, false)] {
                for text in texts {
                    let is_match = Pattern::new(pattern).is_match(text.as_bytes());
                    assert_eq!(is_match, expected, "{pattern} {text}");
                }
            }
        }
    }

    #[test]
    fn many_stars_are_no_trouble() {
        let pattern = Pattern::new(&format!("{}b", "a*".repeat(200)));
        let mut text = "a".repeat(20_000);
        assert!(!pattern.is_match(text.as_bytes()));
        text.push('b');
        assert!(pattern.is_match(text.as_bytes()));
    }
}
