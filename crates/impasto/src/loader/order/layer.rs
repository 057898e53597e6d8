//! A filter on the way of a request.

use crate::loader::context::{Context, Object};
use crate::problem::Place;
use crate::registry::{Factory, Group, Order, Reference, Registry};

/// A filter that a request passes.
pub(super) struct Layer {
    /// Its factory, where that is linked.
    factory: Option<&'static Factory>,
    context: Context,
    /// Which line of which pipeline it belongs to.
    pub(super) line: usize,
    /// Which name in that line it belongs to: several do where that has a `filter-with`.
    pub(super) word: usize,
}

impl Layer {
    /// Adds the filters that `context`, the name `word` of a line, is: most are one. The outermost is first.
    pub(super) fn add(
        context: &Context,
        (line, word): (usize, usize),
        registry: &Registry,
        to: &mut Vec<Layer>,
    ) {
        if let Object::FilteredWith { filter, next } = context.object() {
            Layer::add(&filter, (line, word), registry, to);
            return Layer::add(&next, (line, word), registry, to);
        }
        let factory = context.factory(registry);
        to.push(Layer { factory, context: context.clone(), line, word });
    }

    /// Where its factory says that it belongs.
    pub(super) fn order(&self) -> &'static [Order] {
        self.factory.map_or(&[], Factory::order)
    }

    /// Whether it is what a rule names: a role, a name or a reference.
    pub(super) fn is(&self, other: &str, registry: &Registry) -> bool {
        let named = self.context.leaf().map(|leaf| leaf.named.to_registry());
        let Some(reference) = Reference::registered(other) else {
            return self.factory.is_some_and(|own| own.has_role(other))
                || named.is_some_and(|named| registry.has_role(&named, other));
        };
        match (self.factory, registry.find(Group::Filter, &reference).ok()) {
            (Some(own), Some(other)) => std::ptr::eq(own, other),
            _ => named.is_some_and(|named| named.means(&reference)),
        }
    }

    /// What makes it, if that is linked.
    pub(super) fn factory(&self) -> Option<&'static Factory> {
        self.factory
    }

    /// What rules tell it by: its factory, else the reference to that.
    pub(super) fn reference(&self) -> (Option<*const Factory>, Option<String>) {
        let leaf = self.context.leaf();
        let named = leaf.filter(|_| self.factory.is_none());
        let factory = self.factory.map(|factory| &raw const *factory);
        (factory, named.map(|leaf| leaf.named.to_reference().to_string()))
    }

    /// Whether it is one of those that a rule names.
    pub(super) fn is_any(&self, others: &[&str], registry: &Registry) -> bool {
        others.iter().any(|other| self.is(other, registry))
    }

    /// The name by which the file calls it.
    pub(super) fn name(&self) -> String {
        self.context.name()
    }

    /// Where the file names it, or where it is, when nothing does.
    pub(super) fn place(&self) -> Option<Place> {
        self.context.named_at().or_else(|| self.context.place())
    }

    /// The section and option that name it.
    pub(super) fn named_by(&self) -> Option<(String, String)> {
        self.context.trail().map(|trail| (trail.section().to_owned(), trail.key().to_owned()))
    }
}
