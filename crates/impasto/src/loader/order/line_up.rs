//! Which filters of a way the rules mean, told once for filters that are alike: a way may have thousands.

use std::collections::HashMap;

use super::layer::Layer;
use crate::registry::{Factory, Order, OrderRule, Registry};

/// The filters of a way, and for each what its factory says and which of the others mean it.
pub(super) struct LineUp<'a> {
    pub(super) way: &'a [Layer],
    orders: Vec<&'static Order>,
    /// Which kind each filter is of.
    kinds: Vec<usize>,
    known: Vec<Kind>,
    /// The filters that each order means, outermost first.
    meant: Vec<Vec<usize>>,
    /// The first filter that each factory makes.
    first: HashMap<*const Factory, usize>,
}

/// Filters for which the rules are the same.
#[derive(PartialEq, Eq, Hash, Clone, Default)]
struct Kind {
    says: Vec<usize>,
    is_meant_by: Vec<usize>,
}

impl<'a> LineUp<'a> {
    pub(super) fn new(way: &'a [Layer], registry: &Registry) -> LineUp<'a> {
        let mut numbers: HashMap<*const Order, usize> = HashMap::new();
        let mut orders = Vec::new();
        for order in way.iter().flat_map(Layer::order) {
            numbers.entry(order).or_insert_with(|| {
                orders.push(order);
                orders.len() - 1
            });
        }
        let kind = |layer: &Layer| {
            let is_meant_by = |order: &&Order| layer.is_any(order.others, registry);
            let meaning = orders.iter().enumerate().filter(|(_, order)| is_meant_by(order));
            Kind {
                says: layer.order().iter().map(|order| numbers[&(&raw const *order)]).collect(),
                is_meant_by: meaning.map(|(number, _)| number).collect(),
            }
        };
        let mut by_reference = HashMap::new();
        let mut by_rules = HashMap::new();
        let (mut kinds, mut known) = (Vec::with_capacity(way.len()), Vec::new());
        let (mut meant, mut first) = (vec![Vec::new(); orders.len()], HashMap::new());
        for (at, layer) in way.iter().enumerate() {
            let number = *by_reference.entry(layer.reference()).or_insert_with(|| {
                let kind = kind(layer);
                *by_rules.entry(kind.clone()).or_insert_with(|| {
                    known.push(kind);
                    known.len() - 1
                })
            });
            kinds.push(number);
            known[number].is_meant_by.iter().for_each(|order| meant[*order].push(at));
            if let Some(factory) = layer.factory() {
                first.entry(&raw const *factory).or_insert(at);
            }
        }
        LineUp { way, orders, kinds, known, meant, first }
    }

    /// What the factory of a filter says.
    pub(super) fn says(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.known[self.kinds[at]].says.iter().copied()
    }

    pub(super) fn order(&self, number: usize) -> &'static Order {
        self.orders[number]
    }

    /// The filters that an order means, outermost first.
    pub(super) fn meant(&self, order: usize) -> &[usize] {
        &self.meant[order]
    }

    pub(super) fn kind(&self, at: usize) -> usize {
        self.kinds[at]
    }

    /// The outermost filter that is made as this one is.
    pub(super) fn first_like(&self, at: usize) -> Option<usize> {
        self.first.get(&(&raw const *self.way[at].factory()?)).copied()
    }

    /// Whether a factory of one of these kinds says this of itself.
    pub(super) fn has_rule(&self, kinds: &[usize], rule: OrderRule) -> bool {
        self.orders_of(kinds).any(|order| self.orders[order].rule == rule)
    }

    /// Whether a rule wants a name that stands for filters of some kinds before one that does for others.
    pub(super) fn precedes(&self, one: &[usize], other: &[usize]) -> bool {
        let wants = |own: &[usize], beside: &[usize], near, far| {
            self.orders_of(own).any(|order| match self.orders[order].rule {
                rule if rule == near => {
                    beside.iter().any(|kind| self.known[*kind].is_meant_by.contains(&order))
                }
                rule if rule == far => !self.has_rule(beside, rule),
                _ => false,
            })
        };
        wants(one, other, OrderRule::Before, OrderRule::Outermost)
            || wants(other, one, OrderRule::After, OrderRule::Innermost)
    }

    fn orders_of(&self, kinds: &[usize]) -> impl Iterator<Item = usize> {
        kinds.iter().flat_map(|kind| self.known[*kind].says.iter().copied())
    }
}
