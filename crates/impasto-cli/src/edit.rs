//! `impasto edit`

mod verbs;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use impasto::ini;
use impasto_workbench::edit::{Command, EditError, check};
use impasto_workbench::{LockError, Locked, Text, unified};
use serde_json::{Value, json};

use crate::complete;
use crate::exit::Exit;
use crate::output::{FormatArgs, print, print_json};
use verbs::Verb;

/// Changes a file from the command line, and keeps every byte that the change is not about.
///
/// The file is replaced at once, or not at all: when it would have an error that it has not now, nothing
/// is changed. Factories that are not linked, and warnings, stand in the way of nothing. Where there is
/// nothing to change, the file is not touched.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EditArgs {
    /// The file.
    #[arg(add = complete::files())]
    file: PathBuf,

    #[command(subcommand)]
    verb: Verb,

    /// Shows what would be changed, and changes nothing.
    #[arg(long, short = 'n', global = true)]
    dry_run: bool,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto edit api-paste.ini get filter:cors allowed_origin
  impasto edit api-paste.ini set filter:cors allowed_origin https://example.org
  impasto edit api-paste.ini unset filter:cors allowed_origin
  impasto edit api-paste.ini add main request_id --before cors
  impasto edit api-paste.ini remove main request_id
  impasto edit api-paste.ini move main cors --after request_id
  impasto edit api-paste.ini rename filter:cors cross_origin
  impasto edit api-paste.ini --dry-run add main request_id

Exit codes: 0 when the file is as it should be, 4 when there is no such section, option or filter, or
when the change would break the file; 1 when the file cannot be written.";

impl EditArgs {
    pub(crate) fn run(self) -> io::Result<Exit> {
        match self.verb.command() {
            Ok(command) => self.change(&command),
            Err((section, key)) => self.get(&section, &key),
        }
    }

    fn get(&self, section: &str, key: &str) -> io::Result<Exit> {
        let text = match ini::read(&self.file, &self.file.display().to_string()) {
            Ok(source) => Text::new(source),
            Err(problem) => {
                return self.format.tell_of(&problem.into()).map(|()| Exit::Configuration);
            }
        };
        let option = match text.option(section, key) {
            Ok(option) => option,
            Err(error) => return self.refuse(&error),
        };
        match self.format.is_json() {
            true => print_json(&json!({
                "file": text.source().name(),
                "line": option.key_place().line(),
                "section": section,
                "key": key,
                "value": option.value(),
            }))?,
            false => print(option.value())?,
        }
        Ok(Exit::Fine)
    }

    fn change(&self, command: &Command) -> io::Result<Exit> {
        // Factories may ask for the runtime they will serve on.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _entered = runtime.enter();
        let file = match open(&self.file, &self.format)? {
            Ok(file) => file,
            Err(exit) => return Ok(exit),
        };
        let old = Text::new(file.source().clone());
        let checked = match check(&self.file, &old, command) {
            Ok(checked) => checked,
            Err(error) => return self.refuse(&error),
        };
        let new = checked.text.as_str();
        let diff = unified(old.source().name(), old.as_str(), new);
        if checked.changed
            && !self.dry_run
            && let Err(error) = file.replace(new)
        {
            self.format.refuse(format_args!("{}: {error}", self.file.display()), None)?;
            return Ok(Exit::Cut);
        }
        if self.format.is_json() {
            print_json(&answer(&old, checked.changed, &diff))?;
        } else if self.dry_run && checked.changed {
            print(diff.trim_end_matches('\n'))?;
        }
        Ok(Exit::Fine)
    }

    fn refuse(&self, error: &EditError) -> io::Result<Exit> {
        match error {
            EditError::Worse(problems) if self.format.is_json() => self.format.tell_of(problems)?,
            _ => self.format.refuse(error, error.help().as_deref())?,
        }
        Ok(Exit::Configuration)
    }
}

/// Opens a file for change; says why, where that cannot be.
pub(crate) fn open(path: &Path, format: &FormatArgs) -> io::Result<Result<Locked, Exit>> {
    match Locked::open(path) {
        Ok(file) => Ok(Ok(file)),
        Err(LockError::Unread(problem)) => {
            format.tell_of(&(*problem).into())?;
            Ok(Err(Exit::Configuration))
        }
        Err(error) => {
            format.refuse(format_args!("{}: {error}", path.display()), None)?;
            Ok(Err(Exit::Cut))
        }
    }
}

fn answer(text: &Text, changed: bool, diff: &str) -> Value {
    json!({ "file": text.source().name(), "changed": changed, "diff": diff })
}
