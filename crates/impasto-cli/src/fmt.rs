//! `impasto fmt`

use std::io;
use std::path::PathBuf;

use clap::Args;
use impasto::ini;
use impasto_workbench::{Text, format, unified};
use serde_json::json;

use crate::complete;
use crate::edit::open;
use crate::exit::Exit;
use crate::output::{FormatArgs, print, print_json};

/// Writes a file in the house style. What it means stays the same, and so does every comment.
///
/// One option a line, `name = value` or `name: value` as it was, four spaces before the lines of a longer
/// value, one blank line before each section.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Fmt {
    /// The file.
    #[arg(add = complete::files())]
    file: PathBuf,

    /// Changes nothing: shows what would be changed.
    #[arg(long)]
    check: bool,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto fmt api-paste.ini
  impasto fmt --check api-paste.ini    for a build that wants files in one style

Exit codes: 0 when the file is in the house style, 1 when --check would change something or the file
cannot be written, 4 when lines of it are wrong.";

impl Fmt {
    pub(crate) fn run(self) -> io::Result<Exit> {
        match self.check {
            true => self.compare(),
            false => self.write(),
        }
    }

    fn compare(&self) -> io::Result<Exit> {
        let old = match ini::read(&self.file, &self.file.display().to_string()) {
            Ok(source) => Text::new(source),
            Err(problem) => {
                return self.format.tell_of(&problem.into()).map(|()| Exit::Configuration);
            }
        };
        let new = match format(&old) {
            Ok(new) => new,
            Err(problems) => {
                return self.format.tell_of(&problems).map(|()| Exit::Configuration);
            }
        };
        let is_same = new == old;
        if self.format.is_json() {
            self.tell(&old, &new)?;
        } else if !is_same {
            print(unified(old.source().name(), old.as_str(), new.as_str()).trim_end_matches('\n'))?;
        }
        Ok(if is_same { Exit::Fine } else { Exit::Cut })
    }

    fn write(&self) -> io::Result<Exit> {
        let file = match open(&self.file, &self.format)? {
            Ok(file) => file,
            Err(exit) => return Ok(exit),
        };
        let old = Text::new(file.source().clone());
        let new = match format(&old) {
            Ok(new) => new,
            Err(problems) => {
                return self.format.tell_of(&problems).map(|()| Exit::Configuration);
            }
        };
        if new != old
            && let Err(error) = file.replace(new.as_str())
        {
            self.format.refuse(format_args!("{}: {error}", self.file.display()), None)?;
            return Ok(Exit::Cut);
        }
        if self.format.is_json() {
            self.tell(&old, &new)?;
        }
        Ok(Exit::Fine)
    }

    fn tell(&self, old: &Text, new: &Text) -> io::Result<()> {
        let name = old.source().name();
        let diff = unified(name, old.as_str(), new.as_str());
        print_json(&json!({ "file": name, "changed": new != old, "diff": diff }))
    }
}
