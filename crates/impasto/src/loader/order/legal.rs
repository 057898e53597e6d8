//! The order nearest to a line's own that breaks no rule.

use super::layer::Layer;
use crate::problem::{Edit, Place};
use crate::registry::{Order, OrderRule, Registry};

/// The edits that put the names of one line in order, each in the place of another; none when the rules
/// contradict each other, or the names are not all written there.
pub(super) fn edits(line: &[&Layer], registry: &Registry) -> Vec<Edit> {
    let Some(words) = words(line) else { return Vec::new() };
    let Some(order) = sorted(&words, registry) else { return Vec::new() };
    let moved =
        words.iter().zip(order).filter(|(word, from)| word.place.span() != from.place.span());
    let edit = |(word, from): (&Word<'_>, &Word<'_>)| Edit {
        place: word.place.clone(),
        text: from.place.text().to_owned(),
    };
    moved.map(edit).collect()
}

/// A name in the line, and the filters it stands for.
struct Word<'a> {
    place: Place,
    layers: Vec<&'a Layer>,
}

impl Word<'_> {
    /// Where its filters say that they belong.
    fn orders(&self) -> impl Iterator<Item = &'static Order> {
        self.layers.iter().flat_map(|layer| layer.order())
    }
}

/// The last filter of a name is the one that the name itself means.
fn words<'a>(line: &[&'a Layer]) -> Option<Vec<Word<'a>>> {
    let names = line.chunk_by(|one, other| one.word == other.word);
    let word = |layers: &[&'a Layer]| {
        let place = layers.last()?.place()?;
        let is_plain = !place.text().contains(|c: char| c == '%' || c.is_whitespace());
        is_plain.then(|| Word { place, layers: layers.to_vec() })
    };
    names.map(word).collect()
}

/// Each time the first of those that may come next.
fn sorted<'w, 'a>(words: &'w [Word<'a>], registry: &Registry) -> Option<Vec<&'w Word<'a>>> {
    let mut left: Vec<&Word<'a>> = words.iter().collect();
    let mut sorted = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_free = |word: &&Word<'_>| !left.iter().any(|other| precedes(other, word, registry));
        let next = left.iter().position(is_free)?;
        sorted.push(left.remove(next));
    }
    Some(sorted)
}

/// Whether a rule wants `one` before `other`.
fn precedes(one: &Word<'_>, other: &Word<'_>, registry: &Registry) -> bool {
    let is_any = |word: &Word<'_>, others: &[&str]| {
        word.layers.iter().any(|layer| layer.is_any(others, registry))
    };
    let says = |word: &Word<'_>, rule| word.orders().any(|order| order.rule == rule);
    let outer = |order: &Order| match order.rule {
        OrderRule::Before => is_any(other, order.others),
        OrderRule::Outermost => !says(other, order.rule),
        _ => false,
    };
    let inner = |order: &Order| match order.rule {
        OrderRule::After => is_any(one, order.others),
        OrderRule::Innermost => !says(one, order.rule),
        _ => false,
    };
    !std::ptr::eq(one, other) && (one.orders().any(outer) || other.orders().any(inner))
}
