//! What holds of changes whatever the file is.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Beside, Command, Pipeline};
use crate::random::{comments, said, texts};
use crate::text::Text;

/// An option of a text, if it has any, by its section and name.
fn any_option(text: &Text, which: &Index) -> Option<(String, String)> {
    let options = text.sections().flat_map(|section| {
        section.options().map(move |option| (section.name().to_owned(), option.name().to_owned()))
    });
    let options: Vec<_> = options.collect();
    (!options.is_empty()).then(|| which.get(&options).clone())
}

/// What is said when every option of this name in sections of that name is left out.
fn without(text: &Text, section: &str, key: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut said = said(text);
    for (_, options) in said.iter_mut().filter(|(name, _)| name == section) {
        options.retain(|(name, _)| name != key);
    }
    said
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_set_to_what_it_is_stays_byte_for_byte(text in texts(), which: Index) {
        let Some((section, key)) = any_option(&text, &which) else { return Ok(()) };
        let value = text.option(&section, &key).unwrap().value();
        let set = Command::Set { section, key, value, create: false };
        let new = set.apply(&text);
        // A line that says nothing may stand in the middle of a value; that is an error of the file.
        prop_assert!(new.is_err() && !text.problems().is_empty() || new.unwrap() == text);
    }

    #[test]
    fn setting_changes_nothing_else(
        text in texts(),
        which: Index,
        new_key in prop::bool::weighted(0.3),
        value in select(&["", "v", "v w", "v\nw", "\nv\n\nw x", "[x]", "a = b", "# v"][..]),
    ) {
        let Some((section, key)) = any_option(&text, &which) else { return Ok(()) };
        let key = if new_key { "new key".to_owned() } else { key };
        let set = Command::Set {
            section: section.clone(),
            key: key.clone(),
            value: value.into(),
            create: false,
        };
        let Ok(new) = set.apply(&text) else {
            prop_assert!(text.problems().has_errors(), "{:?} [{section}] {key}", text.as_str());
            return Ok(());
        };
        prop_assert_eq!(new.option(&section, &key).unwrap().value(), value);
        prop_assert_eq!(without(&new, &section, &key), without(&text, &section, &key));
        prop_assert_eq!(comments(&new), comments(&text));
    }

    #[test]
    fn unsetting_changes_nothing_else(text in texts(), which: Index) {
        let Some((section, key)) = any_option(&text, &which) else { return Ok(()) };
        let unset = Command::Unset { section: section.clone(), key: key.clone() };
        let new = unset.apply(&text).unwrap();
        if !text.problems().has_errors() {
            prop_assert_eq!(said(&new), without(&text, &section, &key));
        }
        prop_assert_eq!(comments(&new), comments(&text));
    }

    #[test]
    fn a_pipeline_has_the_words_it_should(
        words in prop::collection::vec(select(&["a", "b", "c", "d"][..]), 0..6),
        gaps in prop::collection::vec(select(&[" ", "  ", "\t", "\n  ", "\n\n  ", "\n# c\n   "][..]), 7),
        start in select(&["pipeline = ", "pipeline:", "pipeline =\n    "][..]),
        filter in select(&["a", "b", "x"][..]),
        beside in select(&["a", "c", "app"][..]),
        after: bool,
    ) {
        let gap = |at: usize| gaps[at];
        let written = words.iter().enumerate().map(|(at, word)| format!("{word}{}", gap(at)));
        let file = format!("[pipeline:p]\n{start}{}app\nlast = 1\n", written.collect::<String>());
        let text = Text::new(impasto::Source::new("x.ini", file));
        let pipeline = Pipeline { name: "p".into(), choice: None };
        let now = |text: &Text| {
            let value = text.option("pipeline:p", "pipeline").unwrap().value();
            value.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        let at = match after {
            true => Beside::After(beside.into()),
            false => Beside::Before(beside.into()),
        };
        let add = Command::Add { pipeline: pipeline.clone(), filter: filter.into(), at: Some(at.clone()) };
        if let Ok(new) = add.apply(&text) {
            let new = now(&new);
            let found = new.windows(2).any(|pair| match after {
                true => pair == [beside, filter],
                false => pair == [filter, beside],
            });
            prop_assert!(found, "{new:?}");
            prop_assert!(new.len() - words.len() <= 2);
        }
        let remove = Command::Remove { pipeline: pipeline.clone(), filter: filter.into() };
        if let Ok(new) = remove.apply(&text) {
            let mut left: Vec<_> = words.iter().filter(|word| **word != filter).copied().collect();
            left.push("app");
            prop_assert_eq!(now(&new), left);
            prop_assert_eq!(comments(&new), comments(&text));
        }
        let shift = Command::Move { pipeline, filter: filter.into(), at };
        if let Ok(new) = shift.apply(&text) {
            let mut sorted = (now(&new), now(&text));
            sorted.0.sort();
            sorted.1.sort();
            prop_assert_eq!(sorted.0, sorted.1);
            prop_assert_eq!(comments(&new), comments(&text));
        }
    }
}
