//! Where in a text lines are left out.

use std::ops::Range;

use crate::ini::{Document, Outlined, outline};
use crate::problem::Code;

/// The headers and options of a text, also those that are left out.
pub(super) struct Lines {
    /// Names of sections.
    headers: Vec<Range<usize>>,
    /// Options with their values.
    options: Vec<Range<usize>>,
    end: usize,
}

impl Lines {
    pub(super) fn of(document: &Document) -> Lines {
        let source = document.source();
        let (mut headers, mut options) = (Vec::new(), Vec::new());
        for item in outline(source).0 {
            match item {
                Outlined::Section { name } => headers.push(name),
                Outlined::Option { name, value } => options.push(name.start..value.end),
            }
        }
        Lines { headers, options, end: source.text().len() }
    }

    /// The name of the section that has the byte at `at`.
    pub(super) fn section(&self, at: usize) -> Option<Range<usize>> {
        let after = self.headers.partition_point(|name| name.start <= at);
        self.headers.get(after.checked_sub(1)?).cloned()
    }

    /// What is left out where `span` is wrong.
    pub(super) fn left_out(&self, code: Code, span: Range<usize>) -> Range<usize> {
        let next = self.headers.partition_point(|name| name.start <= span.start);
        let next = self.headers.get(next).map_or(self.end, |name| name.start - 1);
        match code {
            Code::NoSectionHeader => 0..next,
            Code::DuplicateSection => span.start..next,
            Code::DuplicateOption => {
                let at = self.options.binary_search_by_key(&span.start, |option| option.start);
                at.ok().and_then(|at| self.options.get(at).cloned()).unwrap_or(span)
            }
            _ => span,
        }
    }
}
