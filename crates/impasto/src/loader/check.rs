//! Everything that is wrong with a file, whether or not anything loads it.

use std::collections::HashSet;

use super::allow;
use super::context::Context;
use super::index::{Declared, declared};
use super::kind::prefixes;
use super::late;
use super::load::{Declaration, Loader};
use super::lost;
use super::order;
use super::same_mount;
use super::surprises;
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
            found.extend(unused_filters(document));
            found.extend(document.sections().filter_map(|section| outdone(document, section)));
        }
        let mut late = Vec::new();
        let mut apps = Vec::new();
        let declared = self.declared();
        if found.problems.is_empty() && declared.is_empty() {
            found.extend(self.document().map(nothing_to_load));
        }
        let served = late::Served::of(&declared);
        for declared in declared {
            if declared.name.as_deref().is_some_and(Uri::is_uri) {
                found.extend(self.document().and_then(|document| unreachable(document, &declared)));
                continue;
            }
            let wrong = match self.resolve_declared(&declared) {
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
    const KINDS: [&str; 8] = [
        "app",
        "application",
        "composite",
        "composit",
        "pipeline",
        "filter",
        "filter-app",
        "server",
    ];
    let (kind, name) = section.name().split_once(':')?;
    if declared(section.name()).is_some() || is_of_tools(section.name()) {
        return None;
    }
    let near = KINDS.into_iter().find(|known| *known == kind.trim().to_lowercase());
    let near = near.or_else(|| nearest(kind, KINDS))?;
    let message = format!("`{kind}` is no kind of section that anything loads");
    let problem = Problem::warning(Code::UnknownKind, message)
        .at(section.place())
        .section(section.name())
        .help(format!("did you mean [{near}:{name}]?"));
    let fix = match certain(kind, KINDS) {
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

/// `[test:x]` and `[check:x]`, which nothing loads, and which the workbench reads.
fn is_of_tools(section: &str) -> bool {
    section.starts_with("test:") || section.starts_with("check:")
}

/// Filters whose name no option holds. Apps may be loaded by name from outside, filters are not.
fn unused_filters(document: &Document) -> Vec<Problem> {
    // What a test or an assertion names is not loaded by that.
    let loaded = |section: &Section<'_>| !is_of_tools(section.name());
    let everywhere = document.sections().filter(loaded).chain([document.defaults()]);
    let words: HashSet<&str> = everywhere
        .flat_map(|section| section.entries())
        .flat_map(|entry| split(entry.raw()).chain([entry.raw()]))
        .flat_map(|word| [Some(word), in_a_file(word)])
        .flatten()
        .collect();
    let unused = document.sections().filter(|section| {
        declared(section.name()).is_some_and(|declared| {
            declared.group == Group::Filter
                && declared.name.is_some_and(|name| !words.contains(name))
        })
    });
    let warning = |section: Section<'_>| {
        Problem::warning(Code::UnusedSection, format!("nothing names [{}]", section.name()))
            .at(section.place())
            .section(section.name())
            .help("name it in a `pipeline`, a `filter-with` or a `use`, or remove it")
    };
    unused.map(warning).collect()
}

/// `config:this.ini#name` names it, too.
pub(super) fn in_a_file(word: &str) -> Option<&str> {
    let (file, name) = word.split_once('#')?;
    file.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("config:")).map(|_| name)
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
