//! What is expected, and what is found.

use regex::Regex;

use super::case::Expected;
use crate::Outcome;

/// A text, or a `/regex/` that is to be found in one.
pub(super) enum Text {
    Exact(String),
    Pattern(Regex),
}

impl Text {
    pub(super) fn read(text: &str) -> Result<Text, String> {
        let pattern = text.strip_prefix('/').and_then(|text| text.strip_suffix('/'));
        match pattern.filter(|pattern| !pattern.is_empty()) {
            Some(pattern) => match Regex::new(pattern) {
                Ok(pattern) => Ok(Text::Pattern(pattern)),
                Err(error) => {
                    // The first lines draw where it is wrong.
                    let why = error.to_string();
                    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    Err(format!("`{text}` is no regular expression: {why}"))
                }
            },
            None => Ok(Text::Exact(text.to_owned())),
        }
    }

    fn is(&self, found: &str) -> bool {
        match self {
            Text::Exact(text) => text.trim() == found.trim(),
            Text::Pattern(pattern) => pattern.is_match(found),
        }
    }

    fn told(&self) -> String {
        match self {
            Text::Exact(text) => format!("{text:?}"),
            Text::Pattern(pattern) => format!("/{pattern}/"),
        }
    }
}

/// How an outcome differs from what is expected, a line for each difference.
pub(super) fn differences(expected: &Expected, found: &Outcome) -> Vec<String> {
    let mut differences = Vec::new();
    let mut expect = |what: &str, expected: String, found: String| {
        differences.push(format!("{what}: expected {expected}, found {found}"));
    };
    let status = found.status.as_u16();
    if let Some(expected) = &expected.status
        && !expected.iter().any(|(from, to)| (*from..=*to).contains(&status))
    {
        expect("status", told(expected), status.to_string());
    }
    for (name, text) in &expected.headers {
        let values = found.headers.get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        let shown = match &values[..] {
            [] => "none".to_owned(),
            values => format!("{values:?}").trim_matches(['[', ']']).to_owned(),
        };
        match text {
            None if !values.is_empty() => {
                expect(&format!("header {name}"), "none".to_owned(), shown)
            }
            Some(text) if !values.iter().any(|value| text.is(value)) => {
                expect(&format!("header {name}"), text.told(), shown);
            }
            _ => {}
        }
    }
    let body = String::from_utf8_lossy(&found.body);
    if let Some(text) = expected.body.as_ref().filter(|text| !text.is(&body)) {
        expect("body", text.told(), shortened(&body));
    }
    let by = found.answered_by().map(|passage| passage.layer.name()).unwrap_or_default();
    if let Some(name) = expected.answered_by.as_ref().filter(|name| **name != by) {
        expect("answered by", format!("`{name}`"), format!("`{by}`"));
    }
    let passed: Vec<String> = found.filters().collect();
    if !in_order(&expected.passes, &passed) {
        let wanted = expected.passes.join(" ");
        let passed = passed.join(" ");
        expect("passes", format!("`{wanted}`"), format!("`{passed}`"));
    }
    differences
}

/// Whether all of `wanted` are in `found`, one behind the other.
pub(super) fn in_order(wanted: &[String], found: &[String]) -> bool {
    let mut found = found.iter();
    wanted.iter().all(|wanted| found.any(|found| found == wanted))
}

/// `401 or 4xx`
pub(super) fn told(statuses: &[(u16, u16)]) -> String {
    let status = |(from, to): &(u16, u16)| match from == to {
        true => from.to_string(),
        false => format!("{}xx", from / 100),
    };
    statuses.iter().map(status).collect::<Vec<_>>().join(" or ")
}

/// What there is room for of a body.
fn shortened(body: &str) -> String {
    const ROOM: usize = 200;
    match body.char_indices().nth(ROOM) {
        Some((at, _)) => format!("{:?}...", &body[..at]),
        None => format!("{body:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, in_order};

    #[test]
    fn a_text_is_compared_whole_and_a_pattern_is_found() {
        let is = |expected: &str, found: &str| Text::read(expected).unwrap().is(found);
        assert!(is("hello", "hello\n") && !is("hello", "hello world"));
        assert!(is("/wor/", "hello world") && !is("/^wor/", "hello world"));
        assert!(is("/", "/") && is("//", "//") && is("/a", "/a"));
        assert!(Text::read("/(/").is_err());
    }

    #[test]
    fn others_may_lie_between() {
        let list = |words: &str| words.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let in_order = |wanted: &str, found: &str| in_order(&list(wanted), &list(found));
        assert!(in_order("", "") && in_order("a c", "a b c") && in_order("a a", "a b a"));
        assert!(!in_order("c a", "a b c") && !in_order("a a", "a b"));
    }
}
