//! The order nearest to a line's own that breaks no rule.

use std::collections::{HashMap, VecDeque};

use super::layer::Layer;
use super::line_up::LineUp;
use crate::problem::{Edit, Place};

/// The edits that put the names of one line, whose filters stand at `line`, in order, each in the place of another;
/// none when the rules contradict each other, or the names are not all written there.
pub(super) fn edits(line_up: &LineUp<'_>, line: &[usize]) -> Vec<Edit> {
    let Some(words) = words(line_up, line) else { return Vec::new() };
    let Some(order) = sorted(&words, line_up) else { return Vec::new() };
    let moved =
        words.iter().zip(order).filter(|(word, from)| word.place.span() != from.place.span());
    let edit = |(word, from): (&Word, &Word)| Edit {
        place: word.place.clone(),
        text: from.place.text().to_owned(),
    };
    moved.map(edit).collect()
}

/// A name in the line, and the kinds of filters it stands for.
struct Word {
    place: Place,
    kinds: Vec<usize>,
}

/// The last filter of a name is the one that the name itself means.
fn words(line_up: &LineUp<'_>, line: &[usize]) -> Option<Vec<Word>> {
    let layer = |at: usize| -> &Layer { &line_up.way[at] };
    let names = line.chunk_by(|one, other| layer(*one).word == layer(*other).word);
    let word = |filters: &[usize]| {
        let place = layer(*filters.last()?).place()?;
        let is_plain = !place.text().contains(|c: char| c == '%' || c.is_whitespace());
        let kinds = filters.iter().map(|at| line_up.kind(*at)).collect();
        is_plain.then_some(Word { place, kinds })
    };
    names.map(word).collect()
}

/// Each time the first of those that may come next. Words of the same kinds stay in their order, so only the first
/// of them is looked at.
fn sorted<'w>(words: &'w [Word], line_up: &LineUp<'_>) -> Option<Vec<&'w Word>> {
    let mut groups: Vec<(&[usize], VecDeque<usize>)> = Vec::new();
    let mut numbers: HashMap<&[usize], usize> = HashMap::new();
    for (at, word) in words.iter().enumerate() {
        let number = *numbers.entry(&word.kinds).or_insert_with(|| {
            groups.push((&word.kinds, VecDeque::new()));
            groups.len() - 1
        });
        groups[number].1.push_back(at);
    }
    // Which groups have to be over before one can go on; a group waits for itself where it has more than one word.
    let before = |kinds: &[usize]| {
        let all = 0..groups.len();
        all.filter(|it| line_up.precedes(groups[*it].0, kinds)).collect::<Vec<_>>()
    };
    let before: Vec<Vec<usize>> = groups.iter().map(|(kinds, _)| before(kinds)).collect();
    let mut sorted = Vec::with_capacity(words.len());
    while sorted.len() < words.len() {
        let is_free = |group: &usize| {
            let left = |it: &usize| groups[*it].1.len() > usize::from(it == group);
            !groups[*group].1.is_empty() && !before[*group].iter().any(left)
        };
        let free = (0..groups.len()).filter(is_free);
        let next = free.min_by_key(|group| groups[*group].1.front().copied())?;
        sorted.extend(groups[next].1.pop_front().map(|at| &words[at]));
    }
    Some(sorted)
}
