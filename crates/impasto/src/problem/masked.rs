//! Lines of a file, as they may be shown around a problem.

use std::ops::Range;

use crate::loader::{Value, looks_secret};

/// A part of a text in which a line may be masked.
pub(super) struct Masked {
    pub(super) text: String,
    /// What was there in the text, and is covered.
    covered: Option<Range<usize>>,
}

impl Masked {
    /// The lines of `window`, with the value of the option `key` covered in that at `line`, if it looks like a secret
    /// and the problem's own `message` does not show it: what a message shows is known to be none.
    pub(super) fn of(window: &str, line: Range<usize>, key: Option<&str>, message: &str) -> Masked {
        let text = window.get(line.clone()).unwrap_or_default();
        let whole = |at: usize| {
            let value = text[at..].trim();
            let start = line.start + at + (text[at..].len() - text[at..].trim_start().len());
            (value, start..start + value.len())
        };
        let found = match text.find(['=', ':']) {
            _ if text.starts_with(['[', '#', ';']) => None,
            // The value goes on here.
            _ if text.starts_with([' ', '\t']) => key.map(|key| (key, whole(0))),
            Some(at) => Some((text[..at].trim_end(), whole(at + 1))),
            None => None,
        };
        let is_hidden = |key: &str, value: &str| {
            !value.is_empty() && looks_secret(key, value) && !message.contains(value)
        };
        match found {
            Some((key, (value, span))) if is_hidden(key, value) => {
                let mut text = window.to_owned();
                text.replace_range(span.clone(), Value::MASK);
                Masked { text, covered: Some(span) }
            }
            _ => Masked { text: window.to_owned(), covered: None },
        }
    }

    /// Where a span of the text is in what is shown.
    pub(super) fn span(&self, span: Range<usize>) -> Range<usize> {
        let Some(covered) = &self.covered else { return span };
        let mask = covered.start..covered.start + Value::MASK.len();
        if span.start >= covered.end {
            let moved = |at: usize| at - covered.end + mask.end;
            moved(span.start)..moved(span.end)
        } else if span.end > covered.start {
            span.start.min(mask.start)..mask.end
        } else {
            span
        }
    }
}
