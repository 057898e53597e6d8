//! What a request meets: filters, composites that choose, the app at the end.

mod choose;
mod entrance;
mod layer;
mod walk;

pub use entrance::{entrance, entrances};
pub use layer::Layer;

use impasto::{Composite, Place, Problems, Value};

/// The way from an app's name to what answers. Nothing on it needs to be linked.
pub struct Way {
    /// The sections that it leads through, as between the brackets: pipelines, and what is at their end.
    pub sections: Vec<String>,
    /// The filters that come first, outermost first.
    pub filters: Vec<Layer>,
    /// What is behind them.
    pub end: End,
}

/// What is behind the filters of a [`Way`].
pub enum End {
    /// What answers; also a composite of whose meaning nothing is known.
    App(Layer),
    /// A composite that chooses.
    Fork(Fork),
    /// What cannot be resolved.
    Broken(Problems),
}

/// A composite, and where it leads.
pub struct Fork {
    /// The composite itself.
    pub layer: Layer,
    /// How it chooses.
    pub composite: Composite,
    /// Where it leads, in the order of the file; a cascade's in the order in which it asks.
    pub branches: Vec<Branch>,
}

/// One of the ways on from a composite.
pub struct Branch {
    /// The option that names it; for a split, which has all in one, the name itself.
    pub option: String,
    /// Where that is written.
    pub place: Option<Place>,
    /// Whether the request goes here.
    pub verdict: Verdict,
    /// Why, in words; empty where nothing was asked.
    pub reason: String,
    /// What is there. Nothing where the request does not go.
    pub way: Option<Way>,
}

/// Whether a request goes somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does; of a cascade, when no app before it has answered.
    Taken,
    /// It does not.
    Refused,
    /// It depends: no request was asked about.
    Open,
}

impl Fork {
    /// The composite's settings but for those that are its branches.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &Value)> {
        let leads_on = |name: &str| {
            self.composite == Composite::Split && name == "apps"
                || self.branches.iter().any(|branch| branch.option == name)
        };
        self.layer.settings().filter(move |(name, _)| !leads_on(name))
    }
}

impl Verdict {
    /// `"taken"`, `"refused"` or `"open"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Taken => "taken",
            Verdict::Refused => "refused",
            Verdict::Open => "open",
        }
    }
}

impl Way {
    /// Every layer on the way, outermost first: filters, the composites that choose, what answers. All
    /// branches that are not refused follow one another.
    pub fn layers(&self) -> Vec<&Layer> {
        let mut layers = Vec::new();
        let mut ways = vec![self];
        while let Some(way) = ways.pop() {
            layers.extend(&way.filters);
            match &way.end {
                End::App(app) => layers.push(app),
                End::Fork(fork) => {
                    layers.push(&fork.layer);
                    ways.extend(fork.branches.iter().rev().filter_map(|it| it.way.as_ref()));
                }
                End::Broken(_) => {}
            }
        }
        layers
    }

    /// What is wrong on it.
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        let mut ways = vec![self];
        while let Some(way) = ways.pop() {
            match &way.end {
                End::App(_) => {}
                End::Fork(fork) => {
                    ways.extend(fork.branches.iter().rev().filter_map(|it| it.way.as_ref()));
                }
                End::Broken(found) => problems.0.extend(found.iter().cloned()),
            }
        }
        problems
    }

    /// Whether there is something at its end that may answer, and not only a composite that refuses.
    pub fn arrives(&self) -> bool {
        let mut ways = vec![self];
        while let Some(way) = ways.pop() {
            match &way.end {
                End::App(_) | End::Broken(_) => return true,
                End::Fork(fork) => {
                    ways.extend(fork.branches.iter().filter_map(|it| it.way.as_ref()))
                }
            }
        }
        false
    }
}
