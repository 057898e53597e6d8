//! `impasto resolve`

mod tree;

use std::io;

use clap::Args;
use impasto::{Problems, parse_error_json};
use serde_json::{Map, json};

use crate::exit::Exit;
use crate::output::{FormatArgs, complain_of, print, print_json};
use crate::words::{Whole, Words};
use tree::Tree;

/// Shows what a file means: the tree behind every app, filter and server.
///
/// No factory needs to be linked, and none is called. Filters are listed outermost first; each setting
/// says where it is written and by which rule it got there. Values from the environment and from
/// secret files are masked, and so are secrets and what looks like one; with `--json`, which is as
/// PasteDeploy has it, only those from the environment and from secret files are.
///
/// A section that cannot be resolved shows its problems in its place, and the exit code stays 0: they
/// are part of what the file means. It is 4 when the file as a whole cannot be read.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Resolve {
    #[command(flatten)]
    words: Whole,

    #[command(flatten)]
    format: FormatArgs,

    /// Shows also what URL maps, cascades and pipeline factories would load.
    #[arg(long)]
    expand: bool,
}

const EXAMPLES: &str = "\
Examples:
  impasto resolve                         api-paste.ini of this directory
  impasto resolve --expand nova.ini       with the apps behind the paths of a URL map
  impasto resolve --json nova.ini a=b     for programs, as a caller with this global sees it";

impl Resolve {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = match self.words.words("resolve") {
            Ok(words) => words,
            Err(error) => return error.print().map(|()| Exit::Usage),
        };
        match (words.open(), self.format.is_json()) {
            (Ok(loader), true) => print_json(&loader.json(self.expand))?,
            (Ok(loader), false) => print(Tree { loader: &loader, expand: self.expand })?,
            (Err(problems), json) => {
                match json {
                    true => print_json(&unread(&words, &problems))?,
                    false => complain_of(&problems)?,
                }
                return Ok(Exit::Configuration);
            }
        }
        Ok(Exit::Fine)
    }
}

/// What stands for a file that cannot be read, in the shape of `Loader::json`.
fn unread(words: &Words, problems: &Problems) -> serde_json::Value {
    let file = words.file.file_name().unwrap_or_default().to_string_lossy();
    let globals = words.globals.iter().map(|(name, value)| (name.clone(), json!(value)));
    json!({
        "file": file,
        "global": globals.collect::<Map<_, _>>(),
        "parse_error": parse_error_json(problems),
    })
}
