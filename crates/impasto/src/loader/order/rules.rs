//! The rules, and what is said of a broken one.

use std::collections::HashMap;

use super::layer::Layer;
use super::legal;
use super::line_up::LineUp;
use crate::problem::{Code, Edit, Fix, Problem};
use crate::registry::{OrderRule, Registry};

/// Lines of so many names are mended at the first of their problems alone: all the edits at each would be too much.
const MANY: usize = 100;

/// What is wrong with the filters of one way, outermost first.
pub(super) fn broken(way: &[Layer], registry: &Registry) -> Vec<Problem> {
    let line_up = LineUp::new(way, registry);
    let mut giving_way = GivingWay::new();
    let mut lines: HashMap<usize, Vec<usize>> = HashMap::new();
    way.iter().enumerate().for_each(|(at, own)| lines.entry(own.line).or_default().push(at));
    let mut edits: HashMap<usize, Vec<Edit>> = HashMap::new();
    let mut problems = Vec::new();
    for at in 0..way.len() {
        let line = &lines[&way[at].line];
        for order in line_up.says(at) {
            let Some(problem) = breaks(&line_up, at, order, line, &mut giving_way) else {
                continue;
            };
            problems.push(match problem.code {
                Code::WrongOrder => {
                    let known = edits.entry(way[at].line);
                    let edits = known.or_insert_with(|| legal::edits(&line_up, line));
                    let edits = match line.len() {
                        MANY.. => std::mem::take(edits),
                        _ => edits.clone(),
                    };
                    Problem { fix: Fix::Edits(edits), ..problem }
                }
                _ => problem,
            });
        }
    }
    problems
}

/// The first and the last filter of a line that do not say what others of it say.
type GivingWay = HashMap<(usize, &'static str), Option<(usize, usize)>>;

fn breaks(
    line_up: &LineUp<'_>,
    at: usize,
    number: usize,
    line: &[usize],
    giving_way: &mut GivingWay,
) -> Option<Problem> {
    let way = line_up.way;
    let (own, order) = (&way[at], line_up.order(number));
    let meant = line_up.meant(number);
    let mut giving_way = |rule: OrderRule| {
        *giving_way.entry((own.line, rule.as_str())).or_insert_with(|| {
            let gives_way = |at: &&usize| !line_up.has_rule(&[line_up.kind(**at)], rule);
            Some((*line.iter().find(gives_way)?, *line.iter().rfind(gives_way)?))
        })
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
        OrderRule::Before => meant.first().filter(|other| **other < at).map(|other| {
            let other = &way[*other];
            let message = format!("`{name}` belongs before `{}`", other.name());
            told(Code::WrongOrder, message, Some((other, "before this one")))
        }),
        OrderRule::After => meant.last().filter(|other| **other > at).map(|other| {
            let other = &way[*other];
            let message = format!("`{name}` belongs after `{}`", other.name());
            told(Code::WrongOrder, message, Some((other, "after this one")))
        }),
        OrderRule::Outermost => {
            let (other, _) = giving_way(order.rule).filter(|(other, _)| *other < at)?;
            let message = format!("`{name}` belongs first in its pipeline");
            Some(told(Code::WrongOrder, message, Some((&way[other], "before this one"))))
        }
        OrderRule::Innermost => {
            let (_, other) = giving_way(order.rule).filter(|(_, other)| *other > at)?;
            let message = format!("`{name}` belongs last in its pipeline");
            Some(told(Code::WrongOrder, message, Some((&way[other], "after this one"))))
        }
        OrderRule::Once => line_up.first_like(at).filter(|first| *first < at).map(|first| {
            let message = format!("a request passes `{name}` twice");
            told(Code::RepeatedFilter, message, Some((&way[first], "here first")))
                .help("remove one of the two")
        }),
        OrderRule::Needs => {
            let is_there = meant.iter().any(|other| *other != at);
            let message = format!("`{name}` needs `{}` on its way", order.others.join("` or `"));
            (!is_there).then(|| {
                told(Code::LonelyFilter, message, None).help("add what it needs, or remove it")
            })
        }
        OrderRule::Conflicts => meant.iter().find(|other| **other != at).map(|other| {
            let other = &way[*other];
            let message = format!("`{name}` does not go together with `{}`", other.name());
            told(Code::ConflictingFilters, message, Some((other, "with this one")))
                .help("remove one of the two")
        }),
    }
}
