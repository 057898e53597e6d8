//! One section of three texts.

use super::blocks::{OptionBlock, SectionBlock};
use super::collision::{Collision, Side, made};
use super::order::merged;
use super::{Merger, trivia};
use crate::edit::is_pipeline;

type Of<'a, 'b> = Option<&'b SectionBlock<'a>>;
type OptionOf<'a, 'b> = Option<&'b OptionBlock<'a>>;

impl Merger {
    /// What becomes of a section that at least one of the later texts has.
    pub(super) fn section(&mut self, old: Of<'_, '_>, new: Of<'_, '_>, mine: Of<'_, '_>) -> String {
        match (old, new, mine) {
            (old, Some(new), Some(mine)) => self.both(old, new, mine),
            (Some(old), Some(new), None) if old.says_the_same(new) => String::new(),
            (Some(old), None, Some(mine)) if old.says_the_same(mine) => String::new(),
            (None, Some(only), None) | (None, None, Some(only)) => self.whole(only),
            (Some(_), Some(new), None) => {
                let place = Some(new.section.place());
                let words = ["has changed it", "have removed it"].map(str::to_owned);
                match self.collide(removed(new, words, place, None)) {
                    Side::New => self.whole(new),
                    Side::Mine => String::new(),
                }
            }
            (Some(_), None, Some(mine)) => {
                let place = Some(mine.section.place());
                let words = ["has removed it", "have changed it"].map(str::to_owned);
                match self.collide(removed(mine, words, None, place)) {
                    Side::New => String::new(),
                    Side::Mine => self.whole(mine),
                }
            }
            (_, None, None) => String::new(),
        }
    }

    fn whole(&mut self, section: &SectionBlock<'_>) -> String {
        let options = section.option_names().into_iter().map(str::to_owned).collect();
        self.said.push((section.section.name().to_owned(), options));
        section.whole()
    }

    fn both(&mut self, old: Of<'_, '_>, new: &SectionBlock<'_>, mine: &SectionBlock<'_>) -> String {
        let lead = trivia::merge(old.map_or("", |old| old.lead), new.lead, mine.lead);
        let is_as_before = old.is_some_and(|old| old.header == new.header);
        let header = if is_as_before { mine.header } else { new.header };
        let mut text = format!("{lead}{header}");
        let mut said = Vec::new();
        let before = old.map_or(Vec::new(), SectionBlock::option_names);
        for key in merged(&before, new.option_names(), mine.option_names()) {
            let old = old.and_then(|section| section.option(key));
            let lines = self.option(old, new, (new.option(key), mine.option(key)));
            if !lines.is_empty() {
                said.push(key.to_owned());
            }
            text.push_str(&lines);
        }
        self.said.push((new.section.name().to_owned(), said));
        text.push_str(&trivia::merge(old.map_or("", |old| old.tail), new.tail, mine.tail));
        text
    }

    fn option(
        &mut self,
        old: OptionOf<'_, '_>,
        section: &SectionBlock<'_>,
        (new, mine): (OptionOf<'_, '_>, OptionOf<'_, '_>),
    ) -> String {
        let was = old.map(|old| old.value.as_str());
        let whole = |option: &OptionBlock<'_>| format!("{}{}", option.lead, option.lines);
        let (new, mine) = match (new, mine) {
            (Some(new), Some(mine)) => (new, mine),
            (Some(only), None) | (None, Some(only)) if was.is_none() => return whole(only),
            (Some(only), None) | (None, Some(only)) if was == Some(&only.value) => {
                return String::new();
            }
            (new, mine) => {
                let taken = match self.collide(changed(section, new, mine)) {
                    Side::New => new,
                    Side::Mine => mine,
                };
                return taken.map(whole).unwrap_or_default();
            }
        };
        let lead = trivia::merge(old.map_or("", |old| old.lead), new.lead, mine.lead);
        let lines = if new.value == mine.value {
            let is_as_before = old.is_some_and(|old| old.lines == new.lines);
            if is_as_before { mine.lines } else { new.lines }
        } else if was == Some(&new.value) {
            mine.lines
        } else if was == Some(&mine.value) {
            new.lines
        } else if let Some(old) = old
            && is_pipeline(section.text, section.section, new.option.name())
        {
            return format!("{lead}{}", self.pipeline(section, old, new, mine));
        } else {
            match self.collide(changed(section, Some(new), Some(mine))) {
                Side::New => new.lines,
                Side::Mine => mine.lines,
            }
        };
        format!("{lead}{lines}")
    }
}

/// One side removed a section that the other changed.
fn removed(
    section: &SectionBlock<'_>,
    [new, mine]: [String; 2],
    new_place: Option<impasto::Place>,
    mine_place: Option<impasto::Place>,
) -> Collision {
    let section = section.section.name().to_owned();
    Collision { section, key: None, filter: None, new, mine, new_place, mine_place }
}

/// Both sides changed an option, or one removed it.
pub(super) fn changed(
    section: &SectionBlock<'_>,
    new: OptionOf<'_, '_>,
    mine: OptionOf<'_, '_>,
) -> Collision {
    let key = new.or(mine).map(|option| option.option.name()).unwrap_or_default();
    let value = |option: Option<&OptionBlock<'_>>| option.map(|option| option.value.clone());
    Collision {
        section: section.section.name().to_owned(),
        key: Some(key.to_owned()),
        filter: None,
        new: made(Side::New, key, value(new).as_deref()),
        mine: made(Side::Mine, key, value(mine).as_deref()),
        new_place: new.map(|option| option.option.key_place()),
        mine_place: mine.map(|option| option.option.key_place()),
    }
}
