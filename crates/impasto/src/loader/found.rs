//! What was found to be wrong, each once.

use std::collections::HashSet;
use std::sync::Arc;

use super::context::Context;
use super::load::Declaration;
use super::{late, same_mount};
use crate::ini::Document;
use crate::problem::{Code, Problem, Problems, Severity};
use crate::registry::Group;

/// What tells one problem from another.
type Key = (Code, String, Option<String>);

/// A circle is the same wherever it is entered, and so is a choice wherever it is asked for. A chain that is
/// too long is so from every section above its last ones: once is enough in a file.
fn key(problem: &Problem) -> Key {
    let place = problem.place.as_ref();
    let place = match problem.code {
        Code::Cycle | Code::AmbiguousSection => None,
        Code::TooDeep => place.map(|place| place.source().name().to_owned()),
        _ => place.map(ToString::to_string),
    };
    (problem.code, problem.message.clone(), place)
}

/// Problems, each once: a broken filter is found again by every pipeline that names it.
#[derive(Default)]
pub(super) struct Found {
    seen: HashSet<Key>,
    pub(super) problems: Vec<Problem>,
    /// What only a use would show.
    pub(super) late: Vec<Problem>,
    pub(super) apps: Vec<Context>,
}

/// What a section is, and what is wrong with it.
pub(super) struct Seen {
    pub(super) wrong: Problems,
    pub(super) context: Option<Context>,
}

impl Found {
    pub(super) fn take(
        &mut self,
        declared: &Declaration,
        seen: Seen,
        is_late: impl Fn(&Problem) -> bool,
    ) {
        let (late, wrong): (Vec<_>, Vec<_>) = seen.wrong.into_iter().partition(is_late);
        self.extend(wrong);
        self.late.extend(late);
        let Some(context) = seen.context else { return };
        self.extend(context.warnings().iter().cloned());
        self.extend(same_mount::problems(&context));
        self.late.extend(late::of_choices(&context));
        self.apps.extend((declared.group == Group::App).then_some(context));
    }

    pub(super) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            if self.seen.insert(key(&problem)) {
                self.problems.push(problem);
            }
        }
    }

    /// Adds what only a use would show, where nothing else has shown it.
    pub(super) fn extend_late(&mut self) {
        for problem in std::mem::take(&mut self.late) {
            if self.seen.insert(key(&problem)) {
                self.problems.push(Problem {
                    severity: Severity::Warning,
                    message: format!("this fails when it is used: {}", problem.message),
                    code: Code::LateFailure,
                    ..problem
                });
            }
        }
    }

    /// Errors first, and wrong lines before what is wrong with sections; then as they stand in the file.
    pub(super) fn in_order(mut self, document: Option<&Document>) -> Problems {
        self.problems.sort_by_key(|problem| {
            let place = problem.place.as_ref();
            let elsewhere = place.map(|place| {
                !document.is_some_and(|own| Arc::ptr_eq(own.source(), place.source()))
            });
            let start = place.map(|place| place.span().start);
            let is_error = problem.severity == Severity::Error;
            (!is_error, !problem.code.is_of_a_line(), elsewhere, start)
        });
        Problems(self.problems)
    }
}
