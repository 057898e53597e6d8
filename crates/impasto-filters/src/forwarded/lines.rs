//! Lines of headers, and the items in them.
//!
//! A header map is asked by the hash of a name, which costs more than to look through the few lines that
//! a proxy has added.

use http::{HeaderMap, HeaderName, HeaderValue};
use smallvec::SmallVec;

pub(crate) type Line<'a> = (&'a HeaderName, &'a HeaderValue);

/// Some lines of a request, those of one name in their order.
pub(crate) type Lines<'a> = SmallVec<[Line<'a>; 8]>;

/// Every line.
pub(crate) fn all(headers: &HeaderMap) -> Lines<'_> {
    headers.iter().collect()
}

/// The items of the header `name`, which is a list, over all its lines, the last one first.
pub(super) fn items<'a, 'b>(lines: &'b [Line<'a>], name: &'static str) -> Items<'a, 'b> {
    Items { name, lines: lines.iter(), rest: None }
}

pub(super) struct Items<'a, 'b> {
    name: &'static str,
    lines: std::slice::Iter<'b, Line<'a>>,
    /// What is left of the present line.
    rest: Option<&'a str>,
}

impl<'a> Items<'a, '_> {
    fn line(&mut self) -> Option<&'a str> {
        let (_, value) = self.lines.rfind(|(name, _)| name.as_str() == self.name)?;
        Some(value.to_str().unwrap_or("?"))
    }
}

impl<'a> Iterator for Items<'a, '_> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let line = self.rest.take().or_else(|| self.line())?;
            let item = match line.bytes().rposition(|byte| byte == b',') {
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
            headers.append("x-list", HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        headers.append("x-other", HeaderValue::from_static("80"));
        let lines = all(&headers);
        assert_eq!(items(&lines, "x-list").collect::<Vec<_>>(), ["?", "d", "c", "b", "a"]);
        assert_eq!(items(&lines, "x-other").collect::<Vec<_>>(), ["80"]);
        assert_eq!(items(&lines, "x-none").next(), None);
    }
}
