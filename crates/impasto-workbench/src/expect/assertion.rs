//! A `[check:NAME]` section.

use impasto::ini::Section;
use impasto::{Code, Context, Group, Loader, Problem, Problems, Severity};
use tokio::runtime::Runtime;

use super::case::{Case, question};
use super::compare::{in_order, told};
use super::paths::{Path, paths};
use super::section::{Reader, statuses};
use crate::explain::named;
use crate::stack::{Way, entrances};
use crate::{Question, Trial, entrance};

const KNOWN: [&str; 6] = ["app", "passes", "never_without", "request", "header.", "status"];

/// What a file asserts of itself and is not so, or cannot be read as an assertion. Within a tokio runtime.
///
/// ```ini
/// [check:authenticated]
/// app = api
/// never_without = auth
///
/// [check:refused]
/// request = GET /v2.1/servers
/// status = 401
/// ```
///
/// | option | meaning |
/// |---|---|
/// | `app` | where the paths lead that are looked at: an app, a pipeline, a composite; by default everywhere |
/// | `passes` | filters that every such path passes, in this order |
/// | `never_without` | filters without which no path leads there |
/// | `request` | a request; only its path is looked at, and it must lead to `app`, where one is named |
/// | `header.NAME` | a header of the request |
/// | `status` | the statuses with which the request is answered: `401`, `4xx` |
///
/// Paths begin where requests come in: at `main`, and at each app to which nothing else refers. A request comes in
/// as [`entrance`] has it; with an `app`, where there is a way to that.
///
/// Only a `status` needs factories; where they cannot be created there are other problems, and it is left out.
pub async fn assertions(loader: &Loader) -> Problems {
    let sections = loader.document().into_iter().flat_map(|document| document.sections());
    let mut problems = Problems::default();
    for section in sections.filter(|section| section.name().starts_with("check:")) {
        problems.0.extend(Assertion::read(section).check(loader).await);
    }
    problems
}

/// Everything that is wrong with a file: what [`Loader::check`] finds, what the file asserts and is not so, and
/// tests that cannot be read. Errors come first. Factories that are called find themselves within the runtime.
pub fn check_all(loader: &Loader, runtime: &Runtime) -> Problems {
    let _entered = runtime.enter();
    let mut problems = loader.check();
    let mut failed = runtime.block_on(assertions(loader));
    if let Err(wrong) = Case::all(loader) {
        failed.0.extend(wrong);
    }
    failed.0.retain(|problem| !loader.is_doubtful(problem));
    let errors = problems.iter().take_while(|problem| problem.severity == Severity::Error);
    let errors = errors.count();
    problems.0.splice(errors..errors, failed);
    problems
}

struct Assertion<'a> {
    reader: Reader<'a>,
    app: Option<String>,
    question: Option<Question>,
    passes: Vec<String>,
    never_without: Vec<String>,
    status: Vec<(u16, u16)>,
}

impl Assertion<'_> {
    fn read(section: Section<'_>) -> Assertion<'_> {
        let mut reader = Reader::new(section, &KNOWN);
        let status = reader.entry("status").map(|entry| (entry, statuses(entry.raw())));
        let status = match status {
            Some((entry, Err(wrong))) => {
                reader.wrong(entry, wrong);
                Vec::new()
            }
            Some((_, Ok(status))) => status,
            None => Vec::new(),
        };
        let asks = ["request", "status"].iter().any(|name| reader.entry(name).is_some());
        let question = if asks { question(&mut reader, "check") } else { None };
        let assertion = Assertion {
            app: reader.text("app").map(|app| app.trim().to_owned()),
            question,
            passes: reader.words("passes"),
            never_without: reader.words("never_without"),
            status,
            reader,
        };
        assertion.with_something_to_say()
    }

    fn with_something_to_say(mut self) -> Self {
        let names = ["passes", "never_without", "status"];
        if names.iter().all(|name| self.reader.entry(name).is_none()) {
            let help =
                "write `passes = FILTER`, `never_without = FILTER`, or `request` and `status`";
            self.reader.missing("this check asserts nothing", help);
        }
        self
    }

    async fn check(mut self, loader: &Loader) -> Vec<Problem> {
        self.know_filters(loader);
        if self.reader.problems.is_empty() {
            let checked = match self.question.clone() {
                Some(question) => self.check_request(loader, &question).await,
                None => self.paths(loader).map(|paths| self.check_paths(&paths)),
            };
            if let Err(problems) = checked {
                self.unknown(problems);
            }
        }
        self.reader.problems
    }

    /// Sees that the filters that are named are there: a misspelt one would never be passed.
    fn know_filters(&mut self, loader: &Loader) {
        let declared = loader.declared();
        let filters = declared.iter().filter(|declared| declared.group == Group::Filter);
        let known: Vec<&str> = filters.filter_map(|filter| filter.name.as_deref()).collect();
        for (option, names) in [("passes", &self.passes), ("never_without", &self.never_without)] {
            let Some(entry) = self.reader.entry(option) else { continue };
            for name in names.iter().filter(|name| !name.contains(':')) {
                if !known.contains(&&**name) {
                    let message = format!("there is no filter `{name}`");
                    let problem = Problem::error(Code::MissingSection, message)
                        .at(entry.value_place())
                        .section(self.reader.section.name())
                        .key(option)
                        .suggest(name, known.iter().copied());
                    self.reader.problems.push(problem);
                }
            }
        }
    }

    fn paths(&self, loader: &Loader) -> Result<Vec<Path>, Problems> {
        let mut found = Vec::new();
        for app in starts(loader) {
            found.extend(paths(&Way::all(&app), self.app.as_deref()));
        }
        if let (Some(app), true) = (&self.app, found.is_empty()) {
            found.extend(paths(&Way::all(&named(loader, app)?), Some(app)));
        }
        Ok(found)
    }

    /// Where the request comes in.
    fn start(&self, loader: &Loader, question: &Question) -> Result<Context, Problems> {
        let Some(app) = self.app.as_deref() else { return entrance(loader, Some(question)) };
        let mut leading: Vec<Context> = starts(loader)
            .into_iter()
            .filter(|start| !paths(&Way::all(start), Some(app)).is_empty())
            .collect();
        let takes = |start: &Context| {
            !paths(&Way::of(start, &mut question.exchange()), Some(app)).is_empty()
        };
        match leading.is_empty() {
            true => named(loader, app),
            false => Ok(leading.swap_remove(leading.iter().position(takes).unwrap_or(0))),
        }
    }

    async fn check_request(
        &mut self,
        loader: &Loader,
        question: &Question,
    ) -> Result<(), Problems> {
        let start = self.start(loader, question)?;
        let way = Way::of(&start, &mut question.exchange());
        let found = paths(&way, self.app.as_deref());
        if let (Some(app), true) = (&self.app, found.is_empty()) {
            let begins = start.name();
            let message =
                format!("the request, which begins at `{begins}`, does not come to `{app}`");
            self.failed("app", message);
        }
        self.check_paths(&found);
        self.check_status(&start, question).await;
        Ok(())
    }

    fn check_paths(&mut self, paths: &[Path]) {
        let without = |path: &&Path| {
            let missing = self.never_without.iter().find(|name| !path.filters.contains(name))?;
            Some((missing.clone(), path.told.clone()))
        };
        if let Some((missing, told)) = paths.iter().find_map(|path| without(&path)) {
            self.failed("never_without", format!("this path leads past `{missing}`: {told}"));
        }
        let elsewhere = paths.iter().find(|path| !in_order(&self.passes, &path.filters));
        if let Some(path) = elsewhere {
            let (wanted, told) = (self.passes.join(" "), &path.told);
            let message = format!("this path does not pass `{wanted}`: {told}");
            self.failed("passes", message);
        }
    }

    async fn check_status(&mut self, start: &Context, question: &Question) {
        if self.status.is_empty() {
            return;
        }
        let Ok(trial) = Trial::of_context(start) else { return };
        let message = match trial.ask(question).await {
            Ok(outcome) => {
                let status = outcome.status.as_u16();
                if self.status.iter().any(|(from, to)| (*from..=*to).contains(&status)) {
                    return;
                }
                let by = outcome.answered_by().map(|passage| passage.layer.name());
                let by = by.map(|by| format!(", by `{by}`")).unwrap_or_default();
                let wanted = told(&self.status);
                format!("the request is answered {status}{by}, and not {wanted}")
            }
            Err(error) => error,
        };
        self.failed("status", message);
    }

    fn failed(&mut self, option: &str, message: String) {
        let section = self.reader.section;
        let place = section.entry(option).map(|entry| entry.value_place());
        let problem = Problem::error(Code::FailedAssertion, message)
            .at(place)
            .help("change what the file does, or what this section says that it does");
        self.reader.problems.push(problem.section(section.name()).key(option));
    }

    /// The app that is named cannot be resolved: told here where nothing else has a place for it.
    fn unknown(&mut self, problems: Problems) {
        let section = self.reader.section;
        let place = section.entry("app").map(|entry| entry.value_place());
        for problem in problems.into_iter().filter(|problem| problem.place.is_none()) {
            let problem = problem.at(place.clone()).section(section.name()).key("app");
            self.reader.problems.push(problem);
        }
    }
}

/// Where requests come in, as far as that can be resolved: what cannot is told elsewhere.
fn starts(loader: &Loader) -> Vec<Context> {
    let declared = entrances(loader).into_iter();
    declared.filter_map(|declared| loader.resolve_declared(&declared).ok()).collect()
}
