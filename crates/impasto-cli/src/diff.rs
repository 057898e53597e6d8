//! `impasto diff`

mod three;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use impasto::{Changes, Loader, Problems};
use serde_json::json;

use crate::complete;
use crate::exit::Exit;
use crate::output::{FormatArgs, print, print_json};

/// Shows what is different between two files: sections, settings by the values they come to, mounts, and
/// the filters of pipelines.
///
/// How a file is written makes no difference: neither the order of sections and options nor comments,
/// spaces or values that come from another place. `impasto reload` shows the same of what it changed.
///
/// With a third file, which is the old one with changes of your own, it shows what upstream changed, what you
/// changed, and where the two collide; `--merge` carries your changes over to the new one.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The file as it was.
    #[arg(add = complete::files())]
    old: PathBuf,

    /// The file as it is.
    #[arg(add = complete::files())]
    new: PathBuf,

    /// The old file with changes of your own.
    #[arg(add = complete::files())]
    mine: Option<PathBuf>,

    /// Writes the new file with your changes, if none collide: comments and delimiters are as whoever
    /// changed them has them.
    #[arg(long, requires = "mine")]
    merge: bool,

    /// Where to write it, instead of standard output.
    #[arg(long, value_name = "FILE", requires = "merge", add = complete::any_file())]
    output: Option<PathBuf>,

    /// Who is right where changes collide.
    #[arg(long, value_enum, value_name = "SIDE", requires = "merge")]
    prefer: Option<Prefer>,

    #[command(flatten)]
    format: FormatArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Prefer {
    /// The new file.
    New,
    /// Your own file.
    Mine,
}

const EXAMPLES: &str = "\
Examples:
  impasto diff api-paste.ini.orig api-paste.ini
  impasto diff --json old.ini new.ini | jq -r '.changes[].section'
  impasto diff old.ini new.ini mine.ini                              before an upgrade
  impasto diff old.ini new.ini mine.ini --merge --output merged.ini  and the upgrade

Exit codes: 0 when the files mean the same, 1 when they do not, 4 when one cannot be read. With --merge: 0
when the merged file was written, 1 when changes collide or it cannot be written, 4 when it would have
errors that neither file has.";

impl Diff {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let (old, new) = match both(open(&self.old), open(&self.new)) {
            Ok(both) => both,
            Err(problems) => {
                return self.format.tell_of(&problems).map(|()| Exit::Configuration);
            }
        };
        if let Some(mine) = &self.mine {
            return match open(mine) {
                Ok(mine) => self.three(&old, &new, &mine),
                Err(problems) => self.format.tell_of(&problems).map(|()| Exit::Configuration),
            };
        }
        let changes = new.changes_since(&old);
        match self.format.is_json() {
            true => {
                print_json(&json!({ "same": changes.is_empty(), "changes": changes.to_json() }))?;
            }
            false if changes.is_empty() => {}
            false => print(&changes)?,
        }
        Ok(exit(&changes))
    }
}

fn exit(changes: &Changes) -> Exit {
    if changes.is_empty() { Exit::Fine } else { Exit::Cut }
}

/// Opens a file, and reads all that its sections include. What is wrong with some is no matter here.
fn open(path: &Path) -> Result<Loader, Problems> {
    let loader = Loader::open(path)?;
    for declared in loader.declared() {
        let _ = loader.resolve_declared(&declared);
    }
    Ok(loader)
}

fn both<T>(one: Result<T, Problems>, other: Result<T, Problems>) -> Result<(T, T), Problems> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            Err(Problems([one, other].into_iter().filter_map(Result::err).flatten().collect()))
        }
    }
}
