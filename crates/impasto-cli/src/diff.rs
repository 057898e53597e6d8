//! `impasto diff`

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use impasto::{Changes, Loader, Problems};
use serde_json::json;

use crate::exit::Exit;
use crate::output::{FormatArgs, complain_of, print, print_json};

/// Shows what is different between two files: sections, settings by the values they come to, mounts, and
/// the filters of pipelines.
///
/// How a file is written makes no difference: neither the order of sections and options nor comments,
/// spaces or values that come from another place. `impasto reload` shows the same of what it changed.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The file as it was.
    old: PathBuf,

    /// The file as it is.
    new: PathBuf,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto diff api-paste.ini.orig api-paste.ini
  impasto diff --json old.ini new.ini | jq -r '.changes[].section'

Exit codes: 0 when the files mean the same, 1 when they do not, 4 when one cannot be read.";

impl Diff {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let (old, new) = match (open(&self.old), open(&self.new)) {
            (Ok(old), Ok(new)) => (old, new),
            (old, new) => {
                let problems = [old, new].into_iter().filter_map(Result::err).flatten();
                return complain_of(&Problems(problems.collect())).map(|()| Exit::Configuration);
            }
        };
        let changes = new.changes_since(&old);
        self.show(&changes)?;
        Ok(if changes.is_empty() { Exit::Fine } else { Exit::Cut })
    }

    fn show(&self, changes: &Changes) -> io::Result<()> {
        match self.format.is_json() {
            true => {
                print_json(&json!({ "same": changes.is_empty(), "changes": changes.to_json() }))
            }
            false if changes.is_empty() => Ok(()),
            false => print(changes),
        }
    }
}

/// Opens a file, and reads all that its sections include. What is wrong with some is no matter here.
fn open(path: &Path) -> Result<Loader, Problems> {
    let loader = Loader::open(path)?;
    for declared in loader.declared() {
        let _ = loader.resolve_declared(&declared);
    }
    Ok(loader)
}
