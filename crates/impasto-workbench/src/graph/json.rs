//! The graph for programs.

use serde_json::{Value, json};

use super::Graph;

impl Graph {
    /// An object: `title`, `nodes` (each with `id`, `kind`, `name`, `factory`, `section` and `place`) and
    /// `edges` (each with `from` and `to`, which are ids, and `choice`, null where there is none).
    pub fn to_json(&self) -> Value {
        let (nodes, steps) = self.net();
        let node = |(id, row): (usize, &&super::Row)| {
            json!({
                "id": id,
                "kind": row.kind,
                "name": row.name,
                "factory": row.reference,
                "section": row.section,
                "place": row.place,
            })
        };
        let edge = |(from, to, choice)| json!({ "from": from, "to": to, "choice": choice });
        json!({
            "title": self.title,
            "nodes": nodes.iter().enumerate().map(node).collect::<Vec<_>>(),
            "edges": steps.into_iter().map(edge).collect::<Vec<_>>(),
        })
    }
}
