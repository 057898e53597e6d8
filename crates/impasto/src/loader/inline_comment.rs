//! `pipeline = a b # c`: what is meant as a comment is one mistake, not one for each of its words.

use std::sync::Arc;

use crate::problem::{Code, Place, Problem};

/// The same problems, with those about the words of a comment in a pipeline as one about the comment.
pub(super) fn gather(problems: Vec<Problem>) -> Vec<Problem> {
    let marks: Vec<Problem> = problems.iter().filter(|problem| is_mark(problem)).cloned().collect();
    if marks.is_empty() {
        return problems;
    }
    let others = problems.into_iter().filter_map(|problem| {
        match marks.iter().find(|mark| is_same_line(mark, &problem)) {
            Some(mark) if is_mark(&problem) && starts(mark) == starts(&problem) => {
                Some(told(problem))
            }
            Some(mark) if follows(mark, &problem) || is_the_app(mark, &problem) => None,
            _ => Some(problem),
        }
    });
    others.collect()
}

fn is_mark(problem: &Problem) -> bool {
    let begins = |place: &Place| place.text().starts_with(['#', ';']);
    is_about_a_name(problem) && problem.place.as_ref().is_some_and(begins)
}

/// A name in a pipeline that leads nowhere.
fn is_about_a_name(problem: &Problem) -> bool {
    problem.code == Code::MissingSection && problem.key.as_deref() == Some("pipeline")
}

fn is_same_line(mark: &Problem, problem: &Problem) -> bool {
    let source =
        |problem: &Problem| problem.place.as_ref().map(|place| Arc::as_ptr(place.source()));
    is_about_a_name(problem) && source(mark) == source(problem) && mark.section == problem.section
}

fn starts(problem: &Problem) -> Option<usize> {
    problem.place.as_ref().map(|place| place.span().start)
}

fn follows(mark: &Problem, problem: &Problem) -> bool {
    starts(mark) < starts(problem)
}

/// Whether it is about the app in front of the comment, which would be the last name without that.
fn is_the_app(mark: &Problem, problem: &Problem) -> bool {
    let (Some(mark), Some(place)) = (&mark.place, &problem.place) else { return false };
    let between = place.source().text().get(place.span().end..mark.span().start);
    // It says which section is an app.
    !problem.labels.is_empty() && between.is_some_and(|between| between.trim().is_empty())
}

fn told(mark: Problem) -> Problem {
    let text = mark.place.as_ref().map(Place::text).unwrap_or_default();
    let sign = text.get(..1).unwrap_or_default();
    Problem {
        message: format!("`{sign}` begins no comment here: it is part of the value"),
        code: Code::InlineComment,
        help: vec!["write comments on lines of their own".to_owned()],
        labels: Vec::new(),
        ..mark
    }
}
