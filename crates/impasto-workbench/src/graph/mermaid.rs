//! The graph for Mermaid, as GitHub and many wikis draw it.

use std::fmt::Write as _;

use super::{BROKEN, Graph, Row};
use crate::shown::escaped;

impl Graph {
    /// A Mermaid flowchart, from left to right.
    pub fn to_mermaid(&self) -> String {
        let (nodes, steps) = self.net();
        let mut text = "flowchart LR\n".to_owned();
        for (at, row) in nodes.iter().enumerate() {
            let (open, close) = shape(row);
            let _ = writeln!(text, "  n{at}{open}\"{}\"{close}", label(&row.name));
        }
        for (from, to, choice) in steps {
            let _ = match choice {
                Some(choice) => writeln!(text, "  n{from} -->|\"{}\"| n{to}", label(choice)),
                None => writeln!(text, "  n{from} --> n{to}"),
            };
        }
        text
    }
}

fn shape(row: &Row) -> (&'static str, &'static str) {
    match row.kind {
        "filter" => ("[", "]"),
        "composite" => ("{{", "}}"),
        BROKEN => (">", "]"),
        _ => ("([", "])"),
    }
}

/// Mermaid knows characters by `#name;` and `#number;`, and HTML besides.
fn label(text: &str) -> String {
    escaped(text, |c| match c {
        '"' => Some("#quot;"),
        '#' => Some("#35;"),
        '<' => Some("#lt;"),
        '>' => Some("#gt;"),
        '&' => Some("#amp;"),
        '`' => Some("#96;"),
        '\\' => Some("#92;"),
        _ => None,
    })
}
