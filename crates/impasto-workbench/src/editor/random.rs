//! What holds of answers whatever is typed.

use std::ops::Range;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::Workspace;
use crate::edit::Command;
use crate::random::texts;

const FILE: &str = "/no-such-directory/x.ini";

fn workspace(text: &str) -> Workspace {
    let mut workspace = Workspace::default();
    workspace.open(Path::new(FILE), text);
    workspace
}

/// Whether a range can be cut out of a text.
fn is_part(text: &str, range: &Range<usize>) -> bool {
    range.start <= range.end && text.get(range.clone()).is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_question_has_an_answer(
        text in texts(),
        edits in prop::collection::vec((any::<Index>(), 0..9usize, select(&["", "[", "%(", "ü", "\n", "a = "][..])), 0..4),
        at: Index,
    ) {
        let path = Path::new(FILE);
        let mut workspace = workspace(text.as_str());
        for (at, length, with) in edits {
            let now = workspace.document(path).unwrap().source().text().len() + 2;
            let start = at.index(now);
            prop_assert!(workspace.change(path, start..start + length, with));
        }
        let text = workspace.document(path).unwrap().source().text().to_owned();
        let at = at.index(text.len() + 2);
        for item in workspace.complete(path, at).items {
            let Range { start, end } = item.replace.clone();
            prop_assert!(is_part(&text, &item.replace), "{item:?}");
            // Editors take it only so: on one line, and with the cursor in it.
            prop_assert!(!text[start..end].contains(['\n', '\r']), "{item:?} at {at} in {text:?}");
            prop_assert!(start <= at.min(text.len()) && end + 1 >= at.min(text.len()), "{item:?} at {at}");
        }
        if let Some(hover) = workspace.hover(path, at) {
            prop_assert!(is_part(&text, &hover.span) && !hover.text.is_empty());
        }
        for symbol in workspace.document(path).unwrap().symbols() {
            prop_assert!(is_part(&text, &symbol.span), "{symbol:?}");
            prop_assert!(symbol.span.start <= symbol.own.start && symbol.own.end <= symbol.span.end);
        }
        if let Some(span) = workspace.nameable(path, at) {
            prop_assert!(is_part(&text, &span));
        }
        if let Ok(Some(change)) = workspace.formatted(path) {
            let mut new = text.clone();
            new.replace_range(change.place.span(), &change.text);
            let whole = crate::format(workspace.document(path).unwrap().text()).unwrap();
            prop_assert_eq!(new, whole.as_str());
        }
    }

    #[test]
    fn what_leads_to_a_section_is_found_from_there(text in texts(), at: Index) {
        let path = Path::new(FILE);
        let workspace = workspace(text.as_str());
        let names: Vec<_> = {
            let document = workspace.document(path).unwrap();
            document.index().references().iter().map(|it| it.name.clone()).collect()
        };
        if names.is_empty() {
            return Ok(());
        }
        let name = at.get(&names).clone();
        for place in workspace.definitions(path, name.start) {
            let uses = workspace.references(path, place.span().start, false);
            prop_assert!(uses.iter().any(|it| it.span() == name), "{place:?} does not know {name:?}");
        }
    }

    #[test]
    fn a_rename_is_that_of_the_command(text in texts(), which: Index) {
        let sections: Vec<_> = text.sections().collect();
        if sections.is_empty() || text.as_str().contains("config:") {
            return Ok(());
        }
        let section = *which.get(&sections);
        // The command renames the first where a name is written twice.
        if text.section(section.name()).unwrap().span() != section.span() {
            return Ok(());
        }
        let rename = Command::Rename { section: section.name().to_owned(), to: "other".to_owned() };
        let expected = rename.apply(&text).map(|text| text.as_str().to_owned());
        let changes = workspace(text.as_str()).rename(Path::new(FILE), section.span().start, "other");
        let Ok(mut changes) = changes else {
            prop_assert!(expected.is_err() || section.name() == "DEFAULT");
            return Ok(());
        };
        changes.sort_by_key(|change| std::cmp::Reverse(change.place.span().start));
        let mut new = text.as_str().to_owned();
        for change in changes {
            new.replace_range(change.place.span(), &change.text);
        }
        prop_assert_eq!(Some(new), expected.ok());
    }
}
