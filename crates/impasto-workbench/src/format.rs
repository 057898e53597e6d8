//! The house style of files.

mod layout;

use std::ops::Range;

use impasto::{Problems, Source};

use crate::text::{OptionText, Text};
use layout::{Layout, Line};

/// How far the lines of a value behind the first are indented.
const INDENT: usize = 4;

/// Writes a text in the house style. What it says stays the same, and so does every comment.
///
/// - Sections, options and comments begin their lines. `=` has a space on both sides, `:` one behind it;
///   which of the two it is stays as it is.
/// - The lines of a value behind the first are indented by four spaces, and by more where one is indented
///   more than another. A comment between them is indented with them, unless it begins its line.
/// - A blank line comes before a section and the comments right above it (but for options that are left out), none between a section and its
///   first option, and never two. Those inside of a value belong to it, and stay.
/// - Lines end as the first one does, without white space before it; the last line ends, too. A byte order
///   mark, with which PasteDeploy cannot read a file, goes.
///
/// ```
/// use impasto::Source;
/// use impasto_workbench::{Text, format};
///
/// let text = Text::new(Source::new("x.ini", "\
/// ## A service.
/// [composite:main]
///
/// use=egg:impasto#urlmap
/// /v2 :api
/// [pipeline:api]
/// pipeline  = cors
///             api_app   "));
/// assert_eq!(format(&text)?.as_str(), "\
/// ## A service.
/// [composite:main]
/// use = egg:impasto#urlmap
/// /v2: api
///
/// [pipeline:api]
/// pipeline = cors
///     api_app
/// ");
/// # Ok::<(), impasto::Problems>(())
/// ```
///
/// # Errors
///
/// Some lines say nothing: all that do.
pub fn format(text: &Text) -> Result<Text, Problems> {
    Ok(Text::new(Source::new(text.source().name(), styled(text)?)))
}

/// The same, without a look at what stands where in it.
pub(crate) fn styled(text: &Text) -> Result<String, Problems> {
    if text.problems().has_errors() {
        return Err(text.problems().clone());
    }
    let first = text.line(0);
    let mut at = first.start;
    let length = text.as_str().len();
    let mut layout = Layout::new(text.line_end(first), length + length / 8);
    for section in text.sections() {
        let line = section.header();
        others(text, at..line.start, &mut layout);
        header(text, section.span(), &line, &mut layout);
        at = line.end;
        for option in section.options() {
            let lines = option.lines();
            others(text, at..lines.start, &mut layout);
            value(text, option, &lines, &mut layout);
            at = lines.end;
        }
    }
    others(text, at..length, &mut layout);
    Ok(layout.finish())
}

/// Lines that are neither sections nor options: blank ones and comments.
fn others(text: &Text, range: Range<usize>, layout: &mut Layout<'_>) {
    let mut at = range.start;
    while at < range.end {
        let line = text.line(at);
        at = line.end;
        layout.push(match &text.as_str()[text.content(line)] {
            "" => Line::Blank,
            comment => Line::Comment(comment),
        });
    }
}

/// `[name]`, and what else stands on its line.
fn header(text: &Text, name: Range<usize>, line: &Range<usize>, layout: &mut Layout<'_>) {
    let behind = text.content(name.end + 1..line.end);
    layout.push(Line::Header(&text.as_str()[name], &text.as_str()[behind]));
}

/// An option, with the comments and blank lines inside of its value.
fn value(text: &Text, option: OptionText<'_>, all: &Range<usize>, layout: &mut Layout<'_>) {
    let lines = option.value_lines();
    let said = |content: &Range<usize>| &text.as_str()[content.clone()];
    let sign = if text.as_str()[..option.delimiter_end()].ends_with(':') { ":" } else { " =" };
    layout.push(Line::Option(option.name(), sign, said(&lines[0].content)));
    let width = |line: &Range<usize>| text.indentation(line.clone()).chars().count();
    let shown = lines.iter().skip(1).filter(|line| !line.content.is_empty());
    let least = shown.map(|line| width(&line.line)).min().unwrap_or(0);
    let mut at = lines[0].line.end;
    while at < all.end {
        let line = text.line(at);
        at = line.end;
        let content = said(&text.content(line.clone()));
        let indent = match content {
            "" => 0,
            comment if comment.starts_with(['#', ';']) && width(&line) == 0 => 0,
            comment if comment.starts_with(['#', ';']) => INDENT,
            _ => INDENT + width(&line) - least,
        };
        layout.push(Line::OfValue(indent, content));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::{comments, said, texts};

    fn formatted(file: &str) -> String {
        let text = Text::new(Source::new("x.ini", file));
        format(&text).expect("no line is wrong").as_str().to_owned()
    }

    #[test]
    fn comments_stay_with_what_they_are_about() {
        assert_eq!(formatted("[a]\nk = v\n# b\n[b]"), "[a]\nk = v\n\n# b\n[b]\n");
        assert_eq!(
            formatted("[a]\nk = v\n# l = 1\n# b\n[b]\n"),
            "[a]\nk = v\n# l = 1\n\n# b\n[b]\n"
        );
        assert_eq!(formatted("[a]\n# k = v\n[b]"), "[a]\n# k = v\n\n[b]\n");
        assert_eq!(formatted("[a]\n\n# b\n[b]"), "[a]\n\n# b\n[b]\n");
        assert_eq!(formatted("\n\n# top\n\n\n[a]\n\n\nk=v\n\n"), "# top\n\n[a]\nk = v\n");
        assert_eq!(formatted("[a]   ; words\n  # k\n"), "[a] ; words\n# k\n");
    }

    #[test]
    fn values_keep_their_lines() {
        assert_eq!(
            formatted("[a]\nk=\n\n  x\n      y\n    # c\n# d\n  z\n\n\n\nl:w"),
            "[a]\nk =\n\n    x\n        y\n    # c\n# d\n    z\n\nl: w\n"
        );
        assert_eq!(formatted("[a]\r\nk= v\r\n\tw"), "[a]\r\nk = v\r\n    w\r\n");
        assert_eq!(formatted("\u{feff}[a]"), "[a]\n");
        assert_eq!(formatted(""), "");
        assert_eq!(formatted("\n \n"), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_is_said_stays_and_once_is_enough(text in texts()) {
            let Ok(new) = format(&text) else {
                prop_assert!(text.problems().has_errors());
                return Ok(());
            };
            prop_assert_eq!(said(&new), said(&text));
            prop_assert_eq!(comments(&new), comments(&text));
            let once_more = format(&new).expect("no line is wrong");
            prop_assert_eq!(once_more.as_str(), new.as_str());
        }
    }
}
