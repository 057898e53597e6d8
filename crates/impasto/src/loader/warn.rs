//! What works, but not as its text suggests: found while resolving.

use super::conf::Conf;
use super::level::Level;
use super::origin::Rule;
use super::resolve::Resolver;
use super::section::Hidden;
use super::tree::{Node, Shape};
use super::visit::Visit;
use crate::problem::{Code, Problem};

impl Resolver<'_> {
    /// An option that a default of the same name hides.
    pub(super) fn warn_of_hidden(&mut self, visit: &Visit, hidden: &[Hidden]) {
        for Hidden { name, place, by } in hidden {
            let who = match by.origin().rule() {
                Rule::Caller => "the caller's global of the same name",
                Rule::Loader => "the loader's own value",
                Rule::Set => "a `set` of the section that refers here",
                _ => "the option of the same name in [DEFAULT]",
            };
            let message = format!("`{name}` has no effect here: {who} hides it");
            let problem = Problem::warning(Code::HiddenByDefault, message)
                .at(place.clone())
                .section(visit.section().name())
                .key(&**name)
                .help(format!("write `set {name} = ...` to override it for this section"))
                .needed_by(visit.trail.as_ref());
            self.tree.warnings.push(match by.origin().key_place() {
                Some(place) => problem.label(place, "this one counts"),
                None => problem,
            });
        }
    }

    /// Options of a section whose `use` leads to something that passes them to nobody.
    pub(super) fn warn_of_lost(&mut self, node: &Node, level: &Level, lost: &Conf) {
        if self.reaches_factory(node) {
            return;
        }
        let section = level.section();
        let what = match node.shape {
            Shape::Pipeline { .. } => "a pipeline",
            Shape::FilterApp { .. } => "a filter-app",
            _ => "an app with a `filter-with`",
        };
        for (name, value) in lost.iter() {
            let message =
                format!("`{name}` has no effect: `use` leads to {what}, which passes it to nobody");
            self.tree.warnings.push(
                Problem::warning(Code::LostSettings, message)
                    .at(value.origin().key_place())
                    .section(section.name())
                    .key(name)
                    .help(format!(
                        "`set {name} = ...` makes it a global, which reaches what is behind"
                    ))
                    .needed_by(level.visit.trail.as_ref()),
            );
        }
    }

    /// Whether a factory shares this node's settings.
    fn reaches_factory(&self, node: &Node) -> bool {
        let shared = |id: &usize| {
            let child = self.tree.nodes[*id].as_ref();
            child.is_some_and(|child| child.local == node.local && self.reaches_factory(child))
        };
        match &node.shape {
            Shape::Factory(_) => true,
            Shape::Pipeline { .. } => false,
            Shape::FilterApp { filter, .. } => shared(filter),
            Shape::FilteredWith { next, .. } => shared(next),
        }
    }
}
