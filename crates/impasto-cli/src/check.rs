//! `impasto check`

use std::io;

use clap::{Args, ValueEnum};
use impasto::{Problems, Severity};

use crate::exit::Exit;
use crate::output::{FormatArgs, complain, complain_of, count, print, print_json};
use crate::words::{Whole, Words};

/// Shows everything that is wrong with a file.
///
/// Every section is resolved and, where its factories are linked, created. Problems go to standard
/// error; with `--json` they are one array on standard output, empty when all is well.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    words: Whole,

    #[command(flatten)]
    format: FormatArgs,

    /// What else ends with exit code 4.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
}

const EXAMPLES: &str = "\
Examples:
  impasto check                              api-paste.ini of this directory
  impasto check /etc/app/paste.ini debug=on  a file, as a caller with these globals sees it
  impasto check --deny warnings              for a build that must be spotless
  impasto check --json | jq -r '.[].message'

Exit codes: 0 without errors, 4 with errors (or denied warnings).";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Warnings too.
    Warnings,
}

impl Check {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = match self.words.words() {
            Ok(words) => words,
            Err(error) => return error.print().map(|()| Exit::Usage),
        };
        // Factories may ask for the runtime they will serve on.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _entered = runtime.enter();
        let problems = match words.open() {
            Ok(loader) => loader.check(),
            Err(problems) => problems,
        };
        match self.format.is_json() {
            true => print_json(&problems.to_json())?,
            false => show(&words, &problems)?,
        }
        let denies = self.deny == Some(Deny::Warnings) && !problems.is_empty();
        Ok(if problems.has_errors() || denies { Exit::Configuration } else { Exit::Fine })
    }
}

fn show(words: &Words, problems: &Problems) -> io::Result<()> {
    let file = words.file.display();
    if problems.is_empty() {
        return print(format_args!("no problems in {file}"));
    }
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let counts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, noun)| count(number, noun)).collect();
    complain_of(problems)?;
    complain(format_args!("\n{} in {file}", counts.join(", ")))
}
