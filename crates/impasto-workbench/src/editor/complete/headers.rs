//! Headers: kinds of section, and names that nothing has yet.

use std::collections::HashSet;

use impasto::{Declared, Group};

use super::{Asked, Item, ItemKind};
use crate::editor::words::KINDS;

impl Asked<'_> {
    /// What could stand between brackets.
    pub(super) fn headers(&mut self) {
        let text = self.spot.text.as_str();
        let line = self.spot.text.line(self.spot.at);
        let Some(open) = text[line.clone()].find('[').map(|at| line.start + at + 1) else { return };
        let content = self.spot.text.content(line);
        let close = text[open..content.end.max(open)].find(']').map(|at| open + at);
        let end = close.unwrap_or(content.end).max(open);
        if !(open..=end).contains(&self.spot.at) {
            return;
        }
        let behind = if close.is_some() { "" } else { "]" };
        let typed = &text[open..self.spot.at];
        match typed.split_once(':') {
            None => self.kinds(open..end),
            Some((kind, _)) => self.missing(kind, open..end, behind),
        }
    }

    fn kinds(&mut self, replace: std::ops::Range<usize>) {
        let is_whole = self.spot.text.as_str()[replace.clone()].contains(':');
        for (kind, docs) in KINDS {
            let end = match is_whole {
                true => self.spot.text.as_str()[replace.clone()].find(':'),
                false => None,
            };
            let end = end.map_or(replace.end, |at| replace.start + at);
            let item = Item {
                label: kind.to_string(),
                kind: ItemKind::Kind,
                detail: None,
                docs: Some(docs.to_string()),
                replace: replace.start..end,
                text: if is_whole { kind.to_string() } else { format!("{kind}:") },
            };
            self.push(item);
        }
    }

    /// Names of this kind that the file refers to and that no section has.
    fn missing(&mut self, kind: &str, replace: std::ops::Range<usize>, behind: &str) {
        let Some(Declared { group, .. }) = Declared::of(kind) else { return };
        let text = self.spot.text.as_str();
        let mut seen = HashSet::new();
        let document = std::rc::Rc::clone(self.document);
        for reference in document.index().references() {
            let name = &text[reference.name.clone()];
            let is_missing =
                |group: Group| reference.group == group && !self.names.has(group, name);
            if reference.file.is_some() || !is_missing(group) || !seen.insert(name.to_owned()) {
                continue;
            }
            let label = format!("{kind}:{name}");
            let item = Item {
                text: format!("{label}{behind}"),
                label,
                kind: ItemKind::Kind,
                detail: Some("named, and not there yet".to_owned()),
                docs: None,
                replace: replace.clone(),
            };
            self.push(item);
        }
    }
}
