//! One pipeline of three texts, filter by filter.

use std::collections::HashSet;

use impasto::ini::split;
use impasto::{Difference, Source};

use super::Merger;
use super::blocks::{OptionBlock, SectionBlock};
use super::collision::{Collision, Side};
use super::section::changed;
use crate::edit::Line;
use crate::text::Text;

impl Merger {
    /// The lines of a pipeline that both sides changed: those of `new`, with what `mine` has done.
    pub(super) fn pipeline(
        &mut self,
        section: &SectionBlock<'_>,
        old: &OptionBlock<'_>,
        new: &OptionBlock<'_>,
        mine: &OptionBlock<'_>,
    ) -> String {
        let key = new.option.name();
        if [old, new, mine].iter().any(|option| !is_plain(&option.value)) {
            return match self.collide(changed(section, Some(new), Some(mine))) {
                Side::New => new.lines.to_owned(),
                Side::Mine => mine.lines.to_owned(),
            };
        }
        let theirs = Difference::of_pipelines(key, &old.value, &new.value);
        let ours = Difference::of_pipelines(key, &old.value, &mine.value);
        let mut words = Words(Text::new(Source::new("", format!("[s]\n{}", new.lines))));
        for step in &ours {
            let filter = subject(step);
            let other = theirs.iter().find(|other| subject(other) == filter);
            let is_wanted = match other {
                Some(other) if is_same(step, other) => false,
                Some(other) => {
                    let collision = collision(section, (new, other), (mine, step));
                    self.collide(collision) == Side::Mine
                }
                None => true,
            };
            if is_wanted {
                words.take(step, &mine.value);
            }
        }
        words.lines()
    }
}

/// Whether it is a pipeline in which each name stands once.
fn is_plain(value: &str) -> bool {
    let mut seen = HashSet::new();
    split(value).next().is_some() && split(value).all(|word| seen.insert(word))
}

/// The filter that a step is about; none for the app.
fn subject(step: &Difference) -> Option<&str> {
    match step {
        Difference::FilterAdded { filter, .. }
        | Difference::FilterRemoved { filter, .. }
        | Difference::FilterMoved { filter, .. } => Some(filter),
        _ => None,
    }
}

/// Whether two steps about one filter come to the same.
fn is_same(one: &Difference, other: &Difference) -> bool {
    match (one, other) {
        (Difference::AppChanged { new, .. }, Difference::AppChanged { new: other, .. }) => {
            new == other
        }
        _ => one == other,
    }
}

fn collision(
    section: &SectionBlock<'_>,
    (new, theirs): (&OptionBlock<'_>, &Difference),
    (mine, ours): (&OptionBlock<'_>, &Difference),
) -> Collision {
    let made = |have: &str, step: &Difference| match step {
        Difference::FilterAdded { before, .. } => format!("{have} added it before {before}"),
        Difference::FilterMoved { before, .. } => format!("{have} moved it before {before}"),
        Difference::AppChanged { new, .. } => format!("{have} the app {new}"),
        _ => format!("{have} removed it"),
    };
    Collision {
        section: section.section.name().to_owned(),
        key: Some(new.option.name().to_owned()),
        filter: subject(ours).map(str::to_owned),
        new: made("has", theirs),
        mine: made("have", ours),
        new_place: Some(new.option.key_place()),
        mine_place: Some(mine.option.key_place()),
    }
}

/// A text with just the pipeline.
struct Words(Text);

impl Words {
    /// Does what was done to the pipeline that is `mine` now.
    fn take(&mut self, step: &Difference, mine: &str) {
        match step {
            Difference::FilterRemoved { filter, .. } => self.remove(filter),
            Difference::FilterAdded { filter, .. } | Difference::FilterMoved { filter, .. } => {
                self.remove(filter);
                self.insert(filter, mine);
            }
            Difference::AppChanged { new, .. } => self.end_in(new),
            _ => {}
        }
    }

    fn line(&self) -> Option<Line<'_>> {
        let option = self.0.sections().next()?.options().next()?;
        Line::of(&self.0, "", option)
    }

    fn remove(&mut self, filter: &str) {
        let Some(line) = self.line() else { return };
        let last = line.words().len() - 1;
        if let Some(at) = line.words()[..last].iter().position(|word| *word == filter) {
            self.0 = self.0.with(vec![line.cut(at)]);
        }
    }

    /// Beside what is nearest to it in `mine` of all that is here: behind what comes before it, if that is no
    /// further away than what comes behind it.
    fn insert(&mut self, filter: &str, mine: &str) {
        let Some(line) = self.line() else { return };
        let mine: Vec<&str> = split(mine).collect();
        let Some(at) = mine.iter().position(|word| *word == filter) else { return };
        let (last, words) = (line.words().len() - 1, line.words());
        let here = |(far, word): (usize, &&str)| {
            Some((far, words.iter().position(|known| known == word)?))
        };
        let before = mine[..at].iter().rev().enumerate().find_map(here);
        let before = before.filter(|(_, at)| *at < last);
        let behind = mine[at + 1..].iter().enumerate().find_map(here);
        let splice = match (before, behind) {
            (Some((far, before)), behind) if behind.is_none_or(|(other, _)| far <= other) => {
                line.insert(before + 1, filter, true)
            }
            (_, behind) => line.insert(behind.map_or(last, |(_, at)| at), filter, false),
        };
        self.0 = self.0.with(vec![splice]);
    }

    fn end_in(&mut self, app: &str) {
        let Some(line) = self.line() else { return };
        let splice = line.replace_app(app);
        self.0 = self.0.with(vec![splice]);
    }

    fn lines(&self) -> String {
        let options = self.0.sections().flat_map(|section| section.options());
        options.map(|option| &self.0.as_str()[option.lines()]).collect()
    }
}
