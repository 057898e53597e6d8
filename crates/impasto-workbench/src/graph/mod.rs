//! All ways through a file, as a picture.

mod dot;
mod json;
mod layout;
mod mermaid;
mod svg;
mod text;

use impasto::{Loader, Problems};

use crate::explain::named;
use crate::shown::line;
use crate::stack::{Branch, End, Layer, Way, entrances};

/// The ways through a file, or from one app, as a tree. Its `Display` is the tree as text.
pub struct Graph {
    title: String,
    cards: Vec<Card>,
}

/// What follows one another without a choice: filters, and what is behind them.
struct Card {
    /// By which choice one comes here; `None` where ways begin.
    label: Option<String>,
    /// Outermost first; there is at least one.
    rows: Vec<Row>,
    parent: Option<usize>,
    children: Vec<usize>,
    depth: usize,
    /// Choices that lead nowhere, with the reason.
    refused: Vec<(String, String)>,
}

/// A layer.
struct Row {
    kind: &'static str,
    name: String,
    reference: String,
    section: Option<String>,
    place: Option<String>,
}

/// From one node to another, with the choice that this is.
type Step<'a> = (usize, usize, Option<&'a str>);

/// The kind of a row that could not be resolved.
const BROKEN: &str = "error";

impl Graph {
    /// All ways from an app, or through the whole file: from `main` and from all apps to which nothing else
    /// refers.
    ///
    /// # Errors
    ///
    /// There is no such app, or it cannot be resolved. What is wrong behind it is a part of the picture.
    pub fn of(loader: &Loader, app: Option<&str>) -> Result<Graph, Problems> {
        let file = loader.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(app) = app {
            let context = named(loader, app)?;
            let mut graph = Graph { title: format!("{app} of {file}"), cards: Vec::new() };
            graph.add(&Way::all(&context));
            return Ok(graph);
        }
        let mut graph = Graph { title: file, cards: Vec::new() };
        for declared in entrances(loader) {
            let way = match loader.resolve_declared(&declared) {
                Ok(context) => Way::all(&context),
                Err(problems) => Way::broken(Vec::new(), problems),
            };
            graph.add(&way);
        }
        Ok(graph)
    }

    /// Adds a way with all that is behind it, each before what is behind it.
    fn add(&mut self, way: &Way) {
        let mut ways = vec![(None, None, way)];
        while let Some((label, parent, way)) = ways.pop() {
            let at = self.cards.len();
            let mut rows: Vec<_> = way.filters.iter().map(Row::of).collect();
            let mut refused = Vec::new();
            match &way.end {
                End::App(app) => rows.push(Row::of(app)),
                End::Broken(problems) => rows.push(Row::broken(problems)),
                End::Fork(fork) => {
                    rows.push(Row::of(&fork.layer));
                    for branch in fork.branches.iter().rev() {
                        let Branch { option, reason, way, .. } = branch;
                        match way {
                            Some(way) => ways.push((Some(option.clone()), Some(at), way)),
                            None => refused.insert(0, (option.clone(), reason.clone())),
                        }
                    }
                }
            }
            let depth = parent.map_or(0, |parent: usize| self.cards[parent].depth + 1);
            if let Some(parent) = parent {
                self.cards[parent].children.push(at);
            }
            self.cards.push(Card { label, rows, parent, children: Vec::new(), depth, refused });
        }
    }

    /// The cards at which ways begin.
    fn roots(&self) -> impl Iterator<Item = usize> {
        (0..self.cards.len()).filter(|at| self.cards[*at].parent.is_none())
    }

    /// Every row with the number of its node, and every step from one to another with the choice that it is.
    fn net(&self) -> (Vec<&Row>, Vec<Step<'_>>) {
        let (mut nodes, mut steps, mut lasts) = (Vec::new(), Vec::new(), Vec::new());
        for card in &self.cards {
            for (at, row) in card.rows.iter().enumerate() {
                let node = nodes.len();
                match (at, card.parent) {
                    (0, Some(parent)) => steps.push((lasts[parent], node, card.label.as_deref())),
                    (0, None) => {}
                    _ => steps.push((node - 1, node, None)),
                }
                nodes.push(row);
            }
            lasts.push(nodes.len() - 1);
        }
        (nodes, steps)
    }
}

impl Row {
    fn of(layer: &Layer) -> Row {
        Row {
            kind: layer.kind(),
            name: layer.name(),
            reference: layer.reference(),
            section: layer.section().map(str::to_owned),
            place: layer.place().as_ref().map(line),
        }
    }

    fn broken(problems: &Problems) -> Row {
        let first = problems.iter().next();
        Row {
            kind: BROKEN,
            name: first.map(|problem| problem.message.clone()).unwrap_or_default(),
            reference: String::new(),
            section: None,
            place: first.and_then(|problem| problem.place.as_ref()).map(line),
        }
    }
}

#[cfg(test)]
mod tests;
