//! Sentences that stay readable whatever a file has in them.

/// A word or a quotation that is longer than this is cut.
const LONG: usize = 200;
/// What is left of it.
const SHOWN: usize = 60;
/// Nobody reads on.
const MOST: usize = 4000;

/// A sentence with its long words, and what is long between backquotes, cut short: files may have names of
/// any length, and values without an end.
pub(super) fn short(sentence: String) -> String {
    if sentence.len() <= LONG {
        return sentence;
    }
    let parts = sentence.split('`').enumerate().map(|(at, part)| match at % 2 {
        1 => cut(part, LONG, SHOWN).trim_end().to_owned(),
        _ => words(part),
    });
    let parts: Vec<String> = parts.collect();
    cut(&parts.join("`"), MOST, MOST)
}

fn words(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    words.map(|word| cut(word, LONG, SHOWN)).collect()
}

fn cut(text: &str, most: usize, shown: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(shown).map_or(text.len(), |(at, _)| at);
            // What parts it from the next word, and no more of it.
            let white = &text[text.trim_end().len()..];
            format!("{}…{}", text[..end].trim_end(), white.get(..1).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn what_is_long_is_cut_and_the_rest_stays() {
        let long = "x".repeat(200_000);
        let cut = format!("{}…", "x".repeat(60));
        for (sentence, expected) in [
            (
                format!("`%({long})s` names nothing"),
                format!("`%({}…` names nothing", "x".repeat(58)),
            ),
            (
                format!("there is no [filter:{long}] in a.ini"),
                format!("there is no [filter:{}… in a.ini", "x".repeat(52)),
            ),
            (format!("cannot read {long}: gone"), format!("cannot read {cut} gone")),
            (
                format!("`{}` and `b`", "é ".repeat(200)),
                format!("`{}…` and `b`", "é ".repeat(30).trim_end()),
            ),
            (
                format!("must be one of {}", "`a`, ".repeat(100)),
                format!("must be one of {}", "`a`, ".repeat(100)),
            ),
        ] {
            assert_eq!(short(sentence), expected);
        }
        let many = short(format!("`a` {}", "word ".repeat(100_000)));
        assert_eq!(many.chars().count(), 4002);
        let reference = format!("nothing linked provides a filter `call:{}:f`", "a.b".repeat(50));
        assert_eq!(short(reference.clone()), reference);
    }
}
