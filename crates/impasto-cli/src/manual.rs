//! `impasto man`

mod document;
mod page;
mod part;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use crate::command::Command;
use crate::complete;
use crate::exit::Exit;
use crate::output::{complain, print, print_text};

/// Writes the manual: a page for `man` of each command, or one document.
///
/// Without a directory, the page of the program itself goes to standard output. Pages that are there are
/// replaced.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Manual {
    /// Where to write the pages; it is made where it is not there.
    #[arg(value_name = "DIR", add = complete::directories())]
    directory: Option<PathBuf>,

    /// Write one Markdown document to standard output.
    #[arg(long, conflicts_with = "directory")]
    markdown: bool,
}

const EXAMPLES: &str = "\
Examples:
  impasto man | man -l -                   reads the first page
  impasto man /usr/local/share/man/man1    installs all pages
  impasto man --markdown > commands.md

Exit codes: 0 when all is written, 1 when it cannot be.";

impl Manual {
    pub(crate) fn run(self) -> io::Result<Exit> {
        // The command that explains the others is no part of what is explained.
        let mut command = Command::command().disable_help_subcommand(true);
        command.build();
        match self.directory {
            _ if self.markdown => print(document::document(&command).trim_end())?,
            None => print_text(&page::page(&command)?)?,
            Some(directory) => {
                if let Err((path, error)) = write(&command, &directory) {
                    complain(format_args!("error: cannot write {}: {error}", path.display()))?;
                    return Ok(Exit::Cut);
                }
            }
        }
        Ok(Exit::Fine)
    }
}

/// Writes the pages of a command and of all below it.
fn write(command: &clap::Command, directory: &Path) -> Result<(), (PathBuf, io::Error)> {
    fs::create_dir_all(directory).map_err(|error| (directory.to_owned(), error))?;
    let path = directory.join(format!("{}.1", title(command)));
    let text = page::page(command).and_then(|text| fs::write(&path, text));
    text.map_err(|error| (path, error))?;
    command.get_subcommands().try_for_each(|below| write(below, directory))
}

/// `impasto-edit-get`
fn title(command: &clap::Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}
