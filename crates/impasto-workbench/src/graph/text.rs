//! A tree as text: `/v2 ── cors → auth → app`.

use std::fmt::{self, Display, Formatter};

use super::{BROKEN, Card, Graph};
use crate::shown::OneLine;

/// A line for each choice; what follows without one is joined by arrows.
impl Display for Graph {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // What stands before the line of a card, and before those below it.
        let mut pending: Vec<(usize, String, String)> = Vec::new();
        for root in self.roots() {
            pending.push((root, String::new(), String::new()));
            while let Some((at, head, below)) = pending.pop() {
                let card = &self.cards[at];
                writeln!(f, "{head}{}", chain(card))?;
                let labels = card.children.iter().filter_map(|it| self.cards[*it].label.as_deref());
                let labels = labels.chain(card.refused.iter().map(|(label, _)| &**label));
                let width = labels.map(|it| it.chars().count()).max().unwrap_or(0).min(40);
                for (nth, (label, reason)) in card.refused.iter().enumerate() {
                    let is_last = card.children.is_empty() && nth + 1 == card.refused.len();
                    let branch = if is_last { "└─" } else { "├─" };
                    writeln!(
                        f,
                        "{below}{branch} {:width$}  ({reason})",
                        OneLine(label).to_string()
                    )?;
                }
                for (nth, child) in card.children.iter().enumerate().rev() {
                    let is_last = nth + 1 == card.children.len();
                    let (branch, on) =
                        if is_last { ("└─", "   ") } else { ("├─", "│  ") };
                    let label = self.cards[*child].label.as_deref().unwrap_or_default();
                    let label = OneLine(label).to_string();
                    let head = format!("{below}{branch} {label:width$}  ");
                    pending.push((*child, head, format!("{below}{on}")));
                }
            }
        }
        Ok(())
    }
}

/// `cors → auth → main (egg:Paste#urlmap)`
fn chain(card: &Card) -> String {
    let names = card.rows.iter().map(|row| {
        let name = OneLine(&row.name);
        match row.kind {
            "composite" if row.name != row.reference => format!("{name} ({})", row.reference),
            BROKEN => match &row.place {
                Some(place) => format!("error: {place}: {name}"),
                None => format!("error: {name}"),
            },
            _ => name.to_string(),
        }
    });
    names.collect::<Vec<_>>().join(" → ")
}
