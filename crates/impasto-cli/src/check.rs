//! `impasto check`

use std::io;

use clap::{Args, ValueEnum};
use impasto::{Loader, Problems, Severity};
use impasto_server::Service;
use impasto_workbench::{check_all, fix, replace, report};
use tokio::runtime::Runtime;

use crate::exit::Exit;
use crate::output::{OwnOutput, complain, complain_of, count};
use crate::waiting::Waiting;
use crate::words::{Whole, Words};

/// Shows everything that is wrong with a file.
///
/// Every section, also of the files that it includes, is resolved and, where its factories are linked, created.
/// Problems go to standard error; with `--json` they are one array on standard output, empty when all is well.
///
/// A warning that is meant so is allowed by a comment above its option: `# impasto: allow CODE reason`. Above a
/// section it is for all of that.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    words: Whole,

    /// For whom to write.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,

    /// Put right what is certain, in the files: a name with a typing error where one other is near, a
    /// pipeline in an order that its filters do not allow.
    #[arg(long)]
    fix: bool,

    /// What else ends with exit code 4.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
}

const EXAMPLES: &str = "\
Examples:
  impasto check                              api-paste.ini of this directory
  impasto check /etc/app/paste.ini debug=on  a file, as a caller with these globals sees it
  impasto check --deny warnings              for a build that must be spotless
  impasto check --fix                        and put right what is certain
  impasto check --format sarif > it.sarif    for a service that shows problems beside changes
  impasto check --json | jq -r '.[].message'

What a file asserts of itself:
  [check:nobody gets in without a token]
  app = api                            every path to this app, else every path that there is
  passes = request_id auth             passes these filters, in this order
  never_without = auth                 and never leads past this one
  request = GET /v2.1/servers          only the path of this request, which must lead to `app`
  header.Accept = application/json     a header of the request
  status = 401                         how it is answered: `401 403`, `4xx`

Exit codes: 0 without errors, 4 with errors (or denied warnings).";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Warnings too.
    Warnings,
}

/// For whom a check writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, on standard error.
    #[default]
    Human,
    /// For programs: one JSON array on standard output.
    Json,
    /// For code scanning: a SARIF 2.1.0 log on standard output.
    Sarif,
    /// For GitHub Actions: a workflow command for each problem on standard output.
    Github,
}

/// What is put right may show what else is wrong; there is an end to it.
const ROUNDS: usize = 10;

impl Check {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = match self.words.words("check") {
            Ok(words) => words,
            Err(error) => return error.print().map(|()| Exit::Usage),
        };
        // Factories may ask for the runtime they will serve on.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _entered = runtime.enter();
        // What an assertion asks may be written to an access log, say.
        let mut output = OwnOutput::take()?;
        let check = |words: &Words| check(words, &runtime);
        let waiting = Waiting::of(format!("the check of {}", words.file.display()));
        let mut problems = check(&words);
        for _ in 0..ROUNDS {
            if !self.fix || !put_right(&problems)? {
                break;
            }
            problems = check(&words);
        }
        drop(waiting);
        match self.format {
            _ if self.json => output.print_json(&problems.to_json())?,
            Format::Human => show(&words, &problems, &mut output)?,
            Format::Json => output.print_json(&problems.to_json())?,
            Format::Sarif => output.print_json(&report::sarif(&problems))?,
            Format::Github => output.print(report::github(&problems).trim_end())?,
        }
        let denies = self.deny == Some(Deny::Warnings) && !problems.is_empty();
        Ok(if problems.has_errors() || denies { Exit::Configuration } else { Exit::Fine })
    }
}

/// What is wrong with the file, and what it asserts of itself and is not so.
fn check(words: &Words, runtime: &Runtime) -> Problems {
    let loader = match words.open_partly() {
        Ok(loader) => loader,
        Err(problems) => return problems,
    };
    everything(&loader, runtime)
}

/// What is wrong with a file that was read, and with how it says that it is served. Errors come first.
pub(crate) fn everything(loader: &Loader, runtime: &Runtime) -> Problems {
    let mut problems = check_all(loader, runtime);
    for problem in Service::check_defaults(loader) {
        if loader.is_doubtful(&problem) {
            continue;
        }
        let is_error = problem.severity == Severity::Error;
        let errors = problems.iter().take_while(|it| it.severity == Severity::Error).count();
        let at = if is_error { errors } else { problems.0.len() };
        problems.0.insert(at, problem);
    }
    problems
}

/// Changes the files; tells whether any was.
fn put_right(problems: &Problems) -> io::Result<bool> {
    let files = fix(problems);
    for file in &files {
        let name = file.source.name();
        let told = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        if std::fs::read_to_string(name).map_err(told)? != file.source.text() {
            return Err(io::Error::other(format!("{name} has just been changed by somebody else")));
        }
        replace(name.as_ref(), &file.text).map_err(told)?;
        complain(format_args!("{} put right in {name}", count(file.problems, "problem")))?;
    }
    Ok(!files.is_empty())
}

fn show(words: &Words, problems: &Problems, output: &mut OwnOutput) -> io::Result<()> {
    let file = words.file.display();
    if problems.is_empty() {
        return output.print(format_args!("no problems in {file}"));
    }
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let counts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, noun)| count(number, noun)).collect();
    complain_of(problems)?;
    complain(format_args!("\n{} in {file}", counts.join(", ")))
}
