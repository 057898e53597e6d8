//! Factories, where one is named.

use std::ops::Range;

use impasto::{Group, Kind};

use super::{Asked, Item, ItemKind};
use crate::editor::known::Known;

impl Asked<'_> {
    /// What `use` or a `paste.*_factory` can name.
    pub(super) fn factories(&mut self, group: Group, option: &str, word: &Range<usize>) {
        let kinds: &[Kind] = match (option, group) {
            ("paste.app_factory", _) => &[Kind::App],
            ("paste.composite_factory" | "paste.composit_factory", _) => &[Kind::Composite],
            (_, Group::App) => &[Kind::App, Kind::Composite],
            (_, Group::Filter) => &[Kind::Filter],
            (_, Group::Server) => &[Kind::Server],
        };
        for known in Known::all().iter().filter(|known| kinds.contains(&known.kind)) {
            let is_egg = |name: &str| name.starts_with("egg:");
            // Foreign names are for files that have them already; there are no others of this form.
            let names: Vec<String> = match option {
                "use" => {
                    let aliases = known.aliases.iter().filter(|alias| is_egg(alias));
                    let aliases = aliases.filter(|_| self.typed(word).len() > "egg:".len());
                    let own = std::iter::once(known.reference.clone());
                    own.chain(aliases.map(|alias| alias.to_string())).collect()
                }
                _ => {
                    let aliases = known.aliases.iter().filter(|alias| !is_egg(alias));
                    aliases.map(|alias| alias.to_string()).collect()
                }
            };
            for name in names {
                let item = Item {
                    label: name.clone(),
                    kind: ItemKind::Factory,
                    detail: Some(known.summary.clone()),
                    docs: Some(known.page.clone()),
                    replace: word.clone(),
                    text: name,
                };
                self.push(item);
            }
        }
    }
}
