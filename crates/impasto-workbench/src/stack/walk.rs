//! From a context, and perhaps a request, to the way.

use impasto::{Children, Composite, Context, Exchange, Object, Pipeline, Place, Problems};

use super::choose::{Choice, choose};
use super::{Branch, End, Fork, Layer, Verdict, Way};

/// So many layers are shown at most: composites of composites multiply them.
const MAX_LAYERS: usize = 20_000;

impl Way {
    /// The way to something that cannot be resolved.
    pub(crate) fn broken(filters: Vec<Layer>, problems: Problems) -> Way {
        Way { sections: Vec::new(), filters, end: End::Broken(problems) }
    }

    /// All ways from an app.
    pub fn all(app: &Context) -> Way {
        Walk { layers: 0 }.way(Ok(app.clone()), Vec::new(), None)
    }

    /// The way of a request, which is changed as the composites on it change its mount point.
    pub fn of(app: &Context, exchange: &mut Exchange) -> Way {
        Walk { layers: 0 }.way(Ok(app.clone()), Vec::new(), Some(exchange))
    }
}

struct Walk {
    layers: usize,
}

impl Walk {
    fn way(
        &mut self,
        app: Result<Context, Problems>,
        mut filters: Vec<Layer>,
        exchange: Option<&mut Exchange>,
    ) -> Way {
        let mut app = match app {
            Ok(app) => app,
            Err(problems) => return Way::broken(filters, problems),
        };
        let mut sections: Vec<String> = Vec::new();
        loop {
            let section = app.section().filter(|own| sections.last().is_none_or(|it| it != own));
            sections.extend(section.map(str::to_owned));
            app = match app.object() {
                Object::Pipeline { filters: line, app } => {
                    line.into_iter().for_each(|filter| self.filter(filter, &mut filters));
                    app
                }
                Object::FilterApp { filter, next } | Object::FilteredWith { filter, next } => {
                    self.filter(filter, &mut filters);
                    next
                }
                _ => break,
            };
        }
        self.layers += 1;
        let end = match (app.composite(), app.children()) {
            (Some(composite), Some(children)) => {
                End::Fork(self.fork(app, composite, children, exchange))
            }
            _ => End::App(Layer::new(app)),
        };
        Way { sections, filters, end }
    }

    /// A filter, and what it is filtered with around it.
    fn filter(&mut self, mut filter: Context, filters: &mut Vec<Layer>) {
        let mut inner = Vec::new();
        // The innermost is the section's own; what `filter-with` names may be filtered itself.
        loop {
            match filter.object() {
                Object::FilteredWith { filter: outer, next } => {
                    inner.push(next);
                    filter = outer;
                }
                _ => {
                    filters.push(Layer::new(filter));
                    self.layers += 1;
                    match inner.pop() {
                        Some(next) => filter = next,
                        None => return,
                    }
                }
            }
        }
    }

    fn fork(
        &mut self,
        composite: Context,
        kind: Composite,
        children: Children,
        mut exchange: Option<&mut Exchange>,
    ) -> Fork {
        let options = options(&composite, kind, children);
        let names: Vec<&str> = options.iter().map(|option| &*option.name).collect();
        let choices = choose(kind, &composite, &names, exchange.as_deref_mut());
        let mut branches = Vec::new();
        for (option, choice) in options.into_iter().zip(choices) {
            let Choice { verdict, reason } = choice;
            let Opening { name, place, filters, app } = option;
            let goes_on = verdict != Verdict::Refused && self.layers < MAX_LAYERS;
            let way = goes_on.then(|| {
                let mut passed = Vec::new();
                match self.filters(filters, &mut passed) {
                    Ok(()) => {
                        // A cascade's apps each get the request as it came.
                        let mut copy = exchange.as_deref().and_then(Exchange::try_clone);
                        stacker::maybe_grow(256 << 10, 4 << 20, || {
                            self.way(app, passed, copy.as_mut())
                        })
                    }
                    Err(problems) => Way::broken(passed, problems),
                }
            });
            branches.push(Branch { option: name, place, verdict, reason, way });
        }
        Fork { layer: Layer::new(composite), composite: kind, branches }
    }

    fn filters(
        &mut self,
        filters: Vec<Result<Context, Problems>>,
        to: &mut Vec<Layer>,
    ) -> Result<(), Problems> {
        let mut problems = Vec::new();
        for filter in filters {
            match filter {
                Ok(filter) => self.filter(filter, to),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
    }
}

/// A way on, before it is gone.
struct Opening {
    name: String,
    place: Option<Place>,
    filters: Vec<Result<Context, Problems>>,
    app: Result<Context, Problems>,
}

/// Where a composite leads, in the order in which it looks where that is its own.
fn options(composite: &Context, kind: Composite, children: Children) -> Vec<Opening> {
    let place = |option: &str| {
        let option = if kind == Composite::Split { "apps" } else { option };
        composite.local_conf().get(option)?.origin().key_place()
    };
    let mut options: Vec<_> = match children {
        Children::Mounts(mounts) => {
            let opening = |(name, app): (String, _)| Opening {
                place: place(&name),
                name,
                filters: Vec::new(),
                app,
            };
            mounts.into_iter().map(opening).collect()
        }
        Children::Pipelines(pipelines) => {
            let opening = |(name, pipeline): (String, Pipeline)| {
                let Pipeline { filters, app } = pipeline;
                Opening { place: place(&name), name, filters, app }
            };
            pipelines.into_iter().map(opening).collect()
        }
    };
    if kind == Composite::Cascade {
        options.sort_by(|one, other| one.name.cmp(&other.name));
    }
    options
}
