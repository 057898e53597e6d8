//! Two changes of one file, brought together.

mod blocks;
mod collision;
mod order;
mod pipeline;
mod renamed;
mod section;
#[cfg(test)]
mod tests;
mod trivia;

use std::collections::HashMap;

use impasto::Source;

use crate::text::{Splice, Text};
use blocks::{Blocks, SectionBlock};
pub use collision::{Collision, Side};
use order::order;

/// What became of two changes.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The file with both.
    pub text: Text,
    /// Where both changed one thing in different ways, in the order of the file.
    pub collisions: Vec<Collision>,
}

/// Carries what `mine` changed since `old` over to `new`, which is another age of the same file.
///
/// Each section, each option and each filter of a pipeline is taken for itself. What one side changed is as
/// that side has it, byte for byte, with the comments above it; what both changed in the same way is as `new`
/// has it. A section that one side has given another name is called so in all of it. A collision is left to `prefer`; without it, `new` has it, and the text is not what anybody wants.
///
/// ```
/// use impasto::Source;
/// use impasto_workbench::{Text, merge};
///
/// let text = |text: &str| Text::new(Source::new("x.ini", text));
/// let old = text("[pipeline:main]\npipeline = a b app\n");
/// let new = text("[pipeline:main]\n# Now with c.\npipeline: a c b app\n");
/// let mine = text("[pipeline:main]\npipeline = b mine app\n");
/// let merged = merge(&old, &new, &mine, None);
/// assert!(merged.collisions.is_empty());
/// assert_eq!(merged.text.as_str(), "[pipeline:main]\n# Now with c.\npipeline: c b mine app\n");
/// ```
pub fn merge(old: &Text, new: &Text, mine: &Text, prefer: Option<Side>) -> Merged {
    let end = new.line_end(new.line(0)).to_owned();
    let [old, new, mine] = renamed::followed([old, new, mine]);
    let texts = [(&old, true), (&new, false), (&mine, true)];
    let texts = texts.map(|(text, all)| same_source(text, ended(text, &end, all)));
    // The indentation of a section or an option can make it a part of the value above, when that is
    // another one than before.
    match assemble(&texts, prefer) {
        (merged, true) => merged,
        (_, false) => assemble(&texts.each_ref().map(unindented), prefer).0,
    }
}

/// Puts it together; tells whether it says what was put into it.
fn assemble([old, new, mine]: &[Text; 3], prefer: Option<Side>) -> (Merged, bool) {
    let (old, new, mine) = (Blocks::of(old), Blocks::of(new), Blocks::of(mine));
    let mut merger = Merger { prefer, collisions: Vec::new(), said: Vec::new() };
    let mut text = trivia::merge(old.preamble, new.preamble, mine.preamble);
    let [old_at, new_at, mine_at] = [&old, &new, &mine].map(by_key);
    for key in order(new.keys(), mine.keys()) {
        let [old, new, mine] = [&old_at, &new_at, &mine_at].map(|known| known.get(&key).copied());
        text.push_str(&merger.section(old, new, mine));
    }
    let text = same_source(new.text, text);
    let said = text.sections().map(|section| {
        let options = section.options().map(|option| option.name().to_owned());
        (section.name().to_owned(), options.collect())
    });
    let is_said = said.eq(merger.said);
    (Merged { text, collisions: merger.collisions }, is_said)
}

/// Decides, and remembers where it could not.
struct Merger {
    prefer: Option<Side>,
    collisions: Vec<Collision>,
    /// The sections and options that were put into the text.
    said: Vec<(String, Vec<String>)>,
}

impl Merger {
    /// Notes a collision; tells whose change is taken.
    fn collide(&mut self, collision: Collision) -> Side {
        self.collisions.push(collision);
        self.prefer.unwrap_or(Side::New)
    }
}

fn by_key<'a, 'b>(blocks: &'b Blocks<'a>) -> HashMap<(&'a str, usize), &'b SectionBlock<'a>> {
    blocks.sections.iter().map(|section| (section.key(), section)).collect()
}

fn same_source(text: &Text, new: String) -> Text {
    Text::new(Source::new(text.source().name(), new))
}

/// With each section and each option at the beginning of its line.
fn unindented(text: &Text) -> Text {
    let options = text.sections().flat_map(|section| section.options());
    let starts = options.map(|option| option.name_span().start);
    let starts = starts.chain(text.sections().map(|section| section.span().start - 1));
    let cut = |start: usize| Splice::remove(text.line(start).start..start);
    text.with(starts.map(cut).collect())
}

/// A text whose last line has an end; with all lines ending so, if that is wanted.
fn ended(text: &Text, end: &str, all: bool) -> String {
    let text = text.as_str();
    let mut new = match all {
        true => impasto::ini::lines(text).flat_map(|(_, line)| [line, end]).collect(),
        false => text.to_owned(),
    };
    if !new.is_empty() && !new.ends_with(['\n', '\r']) {
        new.push_str(end);
    }
    new
}
