//! Everything that is wrong with a file, whether or not anything loads it.

use std::collections::HashSet;

use super::allow;
use super::context::Context;
use super::index::{Declared, declared};
use super::kind::{kinds, prefixes};
use super::late;
use super::load::{Declaration, Loader};
use super::lost;
use super::order;
use super::same_mount;
use super::surprises;
use super::unused::{Named, is_of_tools};
use super::uri::Uri;
use crate::ini::{Document, Section, split};
use crate::problem::{Code, Fix, Place, Problem, Problems, Severity, certain, nearest};
use crate::registry::Group;

impl Loader {
    /// Resolves and creates every loadable section, and collects what is wrong with them, with the
    /// linked factories, and with what the text suggests but does not do. Nothing that was created
    /// is kept.
    ///
    /// Of a file that was [opened partly](Loader::open_partly), the lines that are wrong come first, and what
    /// is [doubtful](Loader::is_doubtful) because of them is left out.
    pub fn check(&self) -> Problems {
        let mut found = Found::default();
        found.extend(self.registry.problems().iter().cloned());
        let own = self.frame.as_ref().and_then(|frame| frame.file.lost.as_ref());
        found.extend(own.into_iter().flat_map(|lost| lost.lines.iter().cloned()));
        if let Some(document) = self.document() {
            found.extend(document.warnings().iter().cloned());
            found.extend(document.sections().filter_map(unknown_kind));
            found.extend(document.sections().filter_map(|section| outdone(document, section)));
        }
        let mut late = Vec::new();
        let mut apps = Vec::new();
        let declared = self.declared();
        if found.problems.is_empty() && declared.is_empty() {
            found.extend(self.document().map(nothing_to_load));
        }
        let served = late::Served::of(&declared);
        let mut named = Named::new(self);
        for declared in declared {
            if declared.name.as_deref().is_some_and(Uri::is_uri) {
                found.extend(self.document().and_then(|document| unreachable(document, &declared)));
                continue;
            }
            let mut visited = Default::default();
            let resolved = self.resolve_declared_noting(&declared, &mut visited);
            if let Some(named) = &mut named {
                named.note(&declared, &resolved, visited);
            }
            let wrong = match resolved {
                Err(problems) => problems,
                Ok(context) => {
                    let wrong = self.create(&declared, &context);
                    found.extend(context.warnings().iter().cloned());
                    found.extend(same_mount::problems(&context));
                    late.extend(late::of_choices(&context));
                    apps.extend((declared.group == Group::App).then_some(context));
                    wrong
                }
            };
            let is_late =
                |problem: &Problem| late::lacks_app(problem) && !served.reaches(&declared);
            let (of_use, wrong): (Vec<_>, Vec<_>) = wrong.into_iter().partition(is_late);
            found.extend(wrong);
            late.extend(of_use);
        }
        found.extend(named.into_iter().flat_map(Named::problems));
        found.extend(order::problems(&apps, self.registry));
        found.extend(surprises::problems(&self.load.frames));
        let is_own =
            |document: &Document| self.document().is_some_and(|it| std::ptr::eq(it, document));
        let files = self.load.files.all();
        let others: Vec<_> = files.into_iter().filter(|file| !is_own(&file.document)).collect();
        for file in &others {
            found.extend(file.document.warnings().iter().cloned());
        }
        found.extend_late(late);
        // Where a comment makes a load fail, that is an error already.
        found.extend(self.document().into_iter().flat_map(Document::sections).flat_map(comments));
        for file in &others {
            // What only a check of that file finds is allowed there, and not found here.
            allow::apply(&file.document, &mut found.problems);
        }
        if let Some(document) = self.document() {
            let useless = allow::apply(document, &mut found.problems);
            found.extend(useless);
        }
        lost::leave_out_doubtful(&self.load.files, &mut found.problems);
        found.in_order(self.document())
    }

    fn create(&self, declared: &Declaration, context: &Context) -> Problems {
        let created = match declared.group {
            Group::App => context.create_app(self.registry).map(drop),
            Group::Filter => context.create_filter(self.registry).map(drop),
            Group::Server => context.create_server(self.registry).map(drop),
        };
        created.err().unwrap_or_default()
    }
}

type Key = (Code, String, Option<String>);

/// A circle is the same wherever it is entered, and so is a choice wherever it is asked for.
fn key(problem: &Problem) -> Key {
    let whole = matches!(problem.code, Code::Cycle | Code::AmbiguousSection);
    let place = problem.place.as_ref().filter(|_| !whole).map(ToString::to_string);
    (problem.code, problem.message.clone(), place)
}

/// Problems, each once: a broken filter is found again by every pipeline that names it.
#[derive(Default)]
struct Found {
    seen: HashSet<Key>,
    problems: Vec<Problem>,
}

impl Found {
    fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            if self.seen.insert(key(&problem)) {
                self.problems.push(problem);
            }
        }
    }

    /// Adds what only a use would show, where nothing else has shown it.
    fn extend_late(&mut self, problems: Vec<Problem>) {
        for problem in problems {
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
    fn in_order(mut self, document: Option<&Document>) -> Problems {
        self.problems.sort_by_key(|problem| {
            let place = problem.place.as_ref();
            let elsewhere = place.map(|place| {
                !document.is_some_and(|own| std::sync::Arc::ptr_eq(own.source(), place.source()))
            });
            let start = place.map(|place| place.span().start);
            let is_error = problem.severity == Severity::Error;
            (!is_error, !problem.code.is_of_a_line(), elsewhere, start)
        });
        Problems(self.problems)
    }
}

fn nothing_to_load(document: &Document) -> Problem {
    Problem::warning(Code::MissingSection, "this file has no app, filter or server")
        .at(Place::new(document.source(), 0..0))
        .help("begin with an [app:main] or a [pipeline:main]")
}

/// `[app:a:b]`: whoever names it is taken to mean a URI.
fn unreachable(document: &Document, declared: &Declaration) -> Option<Problem> {
    let section = document.section(&declared.section)?;
    let message = format!("no reference can name [{}]", declared.section);
    Some(
        Problem::warning(Code::UnusedSection, message)
            .at(section.place())
            .section(&*declared.section)
            .help("a name that begins with letters and a colon is always taken for a URI"),
    )
}

/// `[fliter:x]`: PasteDeploy ignores sections of kinds it does not know.
fn unknown_kind(section: Section<'_>) -> Option<Problem> {
    let (kind, name) = section.name().split_once(':')?;
    if declared(section.name()).is_some() || is_of_tools(section.name()) {
        return None;
    }
    let kinds = || kinds().map(|(kind, _)| kind);
    let near = kinds().find(|known| *known == kind.trim().to_lowercase());
    let near = near.or_else(|| nearest(kind, kinds()))?;
    let message = format!("`{kind}` is no kind of section that anything loads");
    let problem = Problem::warning(Code::UnknownKind, message)
        .at(section.place())
        .section(section.name())
        .help(format!("did you mean [{near}:{name}]?"));
    let fix = match certain(kind, kinds()) {
        Some(right) => Fix::Name { written: kind.to_owned(), right: right.to_owned() },
        None => Fix::Unknown,
    };
    Some(Problem { fix, ..problem })
}

/// `[application:x]` beside `[app:x]`: a name leads to the first spelling that there is.
fn outdone(document: &Document, section: Section<'_>) -> Option<Problem> {
    let Declared { group, prefix, name: Some(name) } = declared(section.name())? else {
        return None;
    };
    let spellings = prefixes(group).iter().find(|spellings| spellings.contains(&prefix))?;
    let mut before = spellings.iter().take_while(|spelling| **spelling != prefix);
    let first = before.find_map(|spelling| document.section(&format!("{spelling}:{name}")))?;
    let message =
        format!("[{}] is never loaded, for [{}] comes first", section.name(), first.name());
    Some(
        Problem::warning(Code::UnusedSection, message)
            .at(section.place())
            .section(section.name())
            .label(first.place(), "this one is loaded")
            .help("give it another name, or remove it"),
    )
}

/// `pipeline = a b # c`: there are no comments behind a value.
fn comments(section: Section<'_>) -> Vec<Problem> {
    const NAMES: [&str; 5] = ["pipeline", "use", "next", "filter-with", "require"];
    let names = section.entries().filter(|entry| {
        NAMES.contains(&entry.name())
            || entry.name().starts_with("paste.") && declared(section.name()).is_some()
    });
    let marked = names.filter_map(|entry| {
        let mut words = split(entry.raw());
        let mark = words.find(|word| word.starts_with(['#', ';']))?;
        let place = entry.value_place();
        let at = place.text().find(mark)?;
        let message = format!("`{}` begins no comment here: it is part of the value", &mark[..1]);
        Some(
            Problem::warning(Code::InlineComment, message)
                .at(place.narrow(at..at + mark.len()))
                .section(section.name())
                .key(entry.name())
                .help("write comments on lines of their own"),
        )
    });
    marked.collect()
}
