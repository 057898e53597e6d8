//! Lines of headers, and the items in them.
//!
//! A header map is asked by the hash of a name, which costs more than to look through the few lines that
//! a proxy has added.

use http::{HeaderMap, HeaderName, HeaderValue};
use smallvec::SmallVec;

/// A line of a header, and what its name is to us.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) name: &'a HeaderName,
    field: Option<Field>,
    value: &'a HeaderValue,
}

/// The headers `X-Forwarded-...` that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    For,
    Proto,
    Host,
    Port,
    Prefix,
}

/// Some lines of a request, those of one name in their order.
pub(crate) type Lines<'a> = SmallVec<[Line<'a>; 8]>;

impl<'a> From<(&'a HeaderName, &'a HeaderValue)> for Line<'a> {
    fn from((name, value): (&'a HeaderName, &'a HeaderValue)) -> Line<'a> {
        let field = match name.as_str() {
            "x-forwarded-for" => Some(Field::For),
            "x-forwarded-proto" => Some(Field::Proto),
            "x-forwarded-host" => Some(Field::Host),
            "x-forwarded-port" => Some(Field::Port),
            "x-forwarded-prefix" => Some(Field::Prefix),
            _ => None,
        };
        Line { name, field, value }
    }
}

impl Line<'_> {
    pub(super) fn is(&self, field: Field) -> bool {
        self.field == Some(field)
    }
}

/// Every line.
pub(crate) fn all(headers: &HeaderMap) -> Lines<'_> {
    headers.iter().map(Line::from).collect()
}

/// The items of a header, which is a list, over all its lines, the last one first.
pub(super) fn items<'a, 'b>(lines: &'b [Line<'a>], field: Field) -> Items<'a, 'b> {
    Items { field, lines: lines.iter(), rest: None }
}

pub(super) struct Items<'a, 'b> {
    field: Field,
    lines: std::slice::Iter<'b, Line<'a>>,
    /// What is left of the present line.
    rest: Option<&'a str>,
}

impl<'a> Items<'a, '_> {
    fn line(&mut self) -> Option<&'a str> {
        let line = self.lines.rfind(|line| line.is(self.field))?;
        Some(line.value.to_str().unwrap_or("?"))
    }
}

impl<'a> Iterator for Items<'a, '_> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let line = self.rest.take().or_else(|| self.line())?;
            let item = match line.as_bytes().iter().rposition(|byte| *byte == b',') {
                Some(comma) => {
                    self.rest = Some(&line[..comma]);
                    &line[comma + 1..]
                }
                None => line,
            };
            let item = item.trim_ascii();
            if !item.is_empty() {
                return Some(item);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_from_the_end_over_all_lines() {
        let mut headers = HeaderMap::new();
        for line in ["a, b", "", " , ", "c,,d ,", "\u{e9}"] {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        headers.append("x-forwarded-port", HeaderValue::from_static("80"));
        let lines = all(&headers);
        assert_eq!(items(&lines, Field::For).collect::<Vec<_>>(), ["?", "d", "c", "b", "a"]);
        assert_eq!(items(&lines, Field::Port).collect::<Vec<_>>(), ["80"]);
        assert_eq!(items(&lines, Field::Host).next(), None);
    }
}
