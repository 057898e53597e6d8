//! The graph for Graphviz.

use std::fmt::Write as _;

use super::{BROKEN, Graph, Row};
use crate::shown::escaped;

impl Graph {
    /// A `digraph` of Graphviz's language, from left to right.
    pub fn to_dot(&self) -> String {
        let (nodes, steps) = self.net();
        let mut text = format!("digraph \"{}\" {{\n", quoted(&self.title));
        text.push_str("  rankdir = LR\n  node [shape = box, fontname = \"monospace\"]\n");
        text.push_str("  edge [fontname = \"monospace\"]\n");
        for (at, row) in nodes.iter().enumerate() {
            let _ = writeln!(text, "  n{at} [label = \"{}\"{}]", quoted(&row.name), look(row));
        }
        for (from, to, choice) in steps {
            let _ = match choice {
                Some(choice) => {
                    writeln!(text, "  n{from} -> n{to} [label = \"{}\"]", quoted(choice))
                }
                None => writeln!(text, "  n{from} -> n{to}"),
            };
        }
        text.push_str("}\n");
        text
    }
}

fn look(row: &Row) -> String {
    let look = match row.kind {
        "composite" => ", shape = hexagon",
        BROKEN => ", style = dashed",
        "filter" => "",
        _ => ", style = rounded",
    };
    let told = [row.reference.as_str(), row.place.as_deref().unwrap_or_default()].join(" ");
    format!("{look}, tooltip = \"{}\"", quoted(told.trim()))
}

fn quoted(text: &str) -> String {
    escaped(text, |c| match c {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        _ => None,
    })
}
