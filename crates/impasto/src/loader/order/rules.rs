//! The rules, and what is said of a broken one.

use super::layer::Layer;
use super::legal;
use crate::problem::{Code, Fix, Problem};
use crate::registry::{Order, OrderRule, Registry};

/// What is wrong with the filters of one way, outermost first.
pub(super) fn broken(way: &[Layer], registry: &Registry) -> Vec<Problem> {
    let ruled = way.iter().enumerate().flat_map(|(at, layer)| {
        layer
            .order()
            .iter()
            .filter_map(move |order| Some((layer, breaks(way, at, order, registry)?)))
    });
    let fixed = |problem: (&Layer, Problem)| {
        let (own, problem) = problem;
        let line: Vec<_> = way.iter().filter(|layer| layer.line == own.line).collect();
        match problem.code {
            Code::WrongOrder => {
                Problem { fix: Fix::Edits(legal::edits(&line, registry)), ..problem }
            }
            _ => problem,
        }
    };
    ruled.map(fixed).collect()
}

fn breaks(way: &[Layer], at: usize, order: &Order, registry: &Registry) -> Option<Problem> {
    let own = &way[at];
    let (outer, inner) = (&way[..at], &way[at + 1..]);
    let is_meant = |layer: &&Layer| layer.is_any(order.others, registry);
    // Those of its own pipeline that do not say the same.
    let gives_way = |layer: &&Layer| {
        layer.line == own.line && !layer.order().iter().any(|its| its.rule == order.rule)
    };
    let told = |code, message: String, beside: Option<(&Layer, &str)>| {
        let problem = Problem::warning(code, format!("{message}: {}", order.reason));
        let problem = match own.named_by() {
            Some((section, key)) => problem.at(own.place()).section(section).key(key),
            None => problem.at(own.place()),
        };
        match beside.and_then(|(other, text)| Some((other.place()?, text))) {
            Some((place, text)) => problem.label(place, text),
            None => problem,
        }
    };
    let name = own.name();
    match order.rule {
        OrderRule::Before => outer.iter().find(is_meant).map(|other| {
            let message = format!("`{name}` belongs before `{}`", other.name());
            told(Code::WrongOrder, message, Some((other, "before this one")))
        }),
        OrderRule::After => inner.iter().rfind(is_meant).map(|other| {
            let message = format!("`{name}` belongs after `{}`", other.name());
            told(Code::WrongOrder, message, Some((other, "after this one")))
        }),
        OrderRule::Outermost => outer.iter().find(gives_way).map(|other| {
            let message = format!("`{name}` belongs first in its pipeline");
            told(Code::WrongOrder, message, Some((other, "before this one")))
        }),
        OrderRule::Innermost => inner.iter().rfind(gives_way).map(|other| {
            let message = format!("`{name}` belongs last in its pipeline");
            told(Code::WrongOrder, message, Some((other, "after this one")))
        }),
        OrderRule::Once => outer.iter().find(|other| own.is_like(other)).map(|other| {
            let message = format!("a request passes `{name}` twice");
            told(Code::RepeatedFilter, message, Some((other, "here first")))
                .help("remove one of the two")
        }),
        OrderRule::Needs => {
            let is_there = outer.iter().chain(inner).any(|layer| is_meant(&layer));
            let message = format!("`{name}` needs `{}` on its way", order.others.join("` or `"));
            (!is_there).then(|| {
                told(Code::LonelyFilter, message, None).help("add what it needs, or remove it")
            })
        }
        OrderRule::Conflicts => outer.iter().chain(inner).find(is_meant).map(|other| {
            let message = format!("`{name}` does not go together with `{}`", other.name());
            told(Code::ConflictingFilters, message, Some((other, "with this one")))
                .help("remove one of the two")
        }),
    }
}
