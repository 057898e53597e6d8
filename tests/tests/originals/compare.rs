//! Both answers to each question, side by side.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::ask::{Answer, Asked, Question, ask, originals, ours};

/// Asks both sides everything. What matters of an answer is its `view`; where the views differ there must be a
/// `reason`, which is given the question, the original's answer and ours. At least `least` requests are asked.
pub(crate) async fn compare<V: PartialEq + Debug>(
    least: usize,
    questions: &[Question],
    view: impl Fn(&Asked, &Answer) -> V,
    reason: impl Fn(&Question, &Asked, &Answer, &Answer) -> Option<&'static str>,
) {
    let mut wrong = Vec::new();
    let mut equal = 0;
    let mut chosen: BTreeMap<&str, usize> = BTreeMap::new();
    for (question, originals) in questions.iter().zip(originals(questions)) {
        let app = ours(question);
        assert_eq!(question.requests.len(), originals.len());
        for (asked, original) in question.requests.iter().zip(originals) {
            let own = ask(&app, asked).await;
            let (theirs, ours) = (view(asked, &original), view(asked, &own));
            match (theirs == ours, reason(question, asked, &original, &own)) {
                (true, None) => equal += 1,
                (false, Some(reason)) => *chosen.entry(reason).or_default() += 1,
                (true, Some(reason)) => wrong.push(format!("no longer: {reason}\n{asked:?}")),
                (false, None) => {
                    let file = &question.file;
                    wrong.push(format!("{file}{asked:?}\n{original:?}\n  {theirs:?}\n  {ours:?}"));
                }
            }
        }
    }
    let differ: usize = chosen.values().sum();
    println!("{equal} equal, {differ} chosen: {chosen:#?}");
    let few = &wrong[..6.min(wrong.len())];
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        equal + differ + wrong.len(),
        few.join("\n\n")
    );
    assert!(equal + differ >= least, "{equal} + {differ} questions");
    assert!(equal > differ, "{equal} equal, {differ} chosen: {chosen:#?}");
}

/// No reason is known.
pub(crate) fn never(_: &Question, _: &Asked, _: &Answer, _: &Answer) -> Option<&'static str> {
    None
}
