//! Names behind `%(`.

use std::collections::HashSet;

use super::{Asked, Item, ItemKind};
use crate::text::SectionText;

impl<'a> Asked<'a> {
    /// What a `%(` that is being typed could go on with; tells whether there is one.
    pub(super) fn variables(&mut self, section: SectionText<'a>) -> bool {
        let text = self.spot.text;
        let before = self.spot.before();
        let Some(open) = before.rfind("%(") else { return false };
        let typed = &before[open + 2..];
        // `%%` is a percent sign.
        let signs = before[..open].bytes().rev().take_while(|byte| *byte == b'%').count();
        if typed.contains(')') || signs % 2 == 1 {
            return false;
        }
        let start = self.spot.at - typed.len();
        let rest = &text.as_str()[self.spot.at..text.line(self.spot.at).end.max(self.spot.at)];
        let name = rest.find(|c: char| !c.is_alphanumeric() && !"_-.:/".contains(c));
        let end = self.spot.at + name.unwrap_or(rest.trim_end_matches(['\n', '\r']).len());
        let behind = if text.as_str()[end..].starts_with(')') { "" } else { ")s" };
        let own = section.options().map(|option| (option.name(), "this section"));
        let defaults = text.all("DEFAULT").flat_map(SectionText::options);
        let defaults = defaults.map(|option| (option.name(), "[DEFAULT]"));
        let given = [("here", "the directory of this file"), ("__file__", "this file")];
        let outside = [("env:", "the environment"), ("file:", "a secret file")];
        let mut seen = HashSet::new();
        for (name, whose) in defaults.chain(own).chain(given).chain(outside) {
            if name.contains(' ') || !seen.insert(name) {
                continue;
            }
            let behind = if name.ends_with(':') { "" } else { behind };
            self.push(Item {
                label: name.to_owned(),
                kind: ItemKind::Value,
                detail: Some(whose.to_owned()),
                docs: None,
                replace: start..end,
                text: format!("{name}{behind}"),
            });
        }
        true
    }
}
