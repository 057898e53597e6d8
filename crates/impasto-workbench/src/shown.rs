//! How values and their sources are shown.

use std::fmt::{self, Display};

use impasto::{Place, Rule, Value};

/// A value in which line ends, and whatever else would move the cursor, are escaped.
pub struct OneLine<'a>(pub &'a str);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(char::is_control) {
            let end = part.chars().next_back().filter(|c| c.is_control());
            f.write_str(part.trim_end_matches(char::is_control))?;
            if let Some(end) = end {
                write!(f, "{}", end.escape_default())?;
            }
        }
        Ok(())
    }
}

/// Where a value came from, in the words of an operator: `api-paste.ini:3, [DEFAULT]`. `section` is the
/// one that is loaded; a value of another one says so.
pub fn source(value: &Value, section: Option<&str>) -> String {
    let origin = value.origin();
    let elsewhere = origin.section().filter(|own| Some(*own) != section);
    let rule = match (rule(value, section), elsewhere) {
        (Rule::Use, Some(used)) => format!("option of [{used}], by `use`"),
        (Rule::Own | Rule::Use, _) => "own option".to_owned(),
        (Rule::Set, None) => "set".to_owned(),
        (Rule::Set, Some(other)) => format!("set in [{other}]"),
        (Rule::Get, _) => "get".to_owned(),
        (Rule::Default, _) => "[DEFAULT]".to_owned(),
        (Rule::Caller, _) => "command line".to_owned(),
        (Rule::Loader, _) => "loader".to_owned(),
    };
    let hidden = match secret(value) {
        Some(from) => format!(", from {from}"),
        None => String::new(),
    };
    match origin.value_place() {
        Some(place) => format!("{}, {rule}{hidden}", line(&place)),
        None => format!("{rule}{hidden}"),
    }
}

/// The rule by which a value came to `section`: what another one says, which it uses, is not its own option.
pub(crate) fn rule(value: &Value, section: Option<&str>) -> Rule {
    let origin = value.origin();
    match origin.rule() {
        Rule::Own if origin.section() != section => Rule::Use,
        rule => rule,
    }
}

/// What a masked value came from.
pub(crate) fn secret(value: &Value) -> Option<&'static str> {
    let raw = value.origin().entry().map(|entry| entry.raw()).unwrap_or_default();
    match value.is_secret() {
        false => None,
        true if raw.contains("%(env:") => Some("the environment"),
        true if raw.contains("%(file:") => Some("a secret file"),
        true => Some("the environment or a secret file"),
    }
}

/// `FILE:LINE`
pub(crate) fn line(place: &Place) -> String {
    format!("{}:{}", place.file(), place.line())
}

/// Texts of files in one line, and without what would end a quotation or a tag.
pub(crate) fn escaped(text: &str, escape: impl Fn(char) -> Option<&'static str>) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in OneLine(text).to_string().chars() {
        match escape(c) {
            Some(instead) => escaped.push_str(instead),
            None => escaped.push(c),
        }
    }
    escaped
}

/// A text in XML, in an element or in an attribute.
pub(crate) fn xml(text: &str) -> String {
    escaped(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        // Not allowed in XML, in whatever form.
        '\u{fffe}' | '\u{ffff}' => Some("\u{fffd}"),
        _ => None,
    })
}

/// `1 test`, `2 tests`
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}
