//! `impasto lsp`
//!
//! Three threads: one reads messages, one checks files, and the main one has the state and answers. They meet in
//! one queue of [`Event`]s, so what happens first is seen first.

mod answers;
mod checker;
mod convert;
mod files;
mod lifecycle;
mod position;
mod problems;
mod server;
mod symbols;
mod wire;

use std::io;
use std::sync::mpsc;

use clap::Args;

use crate::exit::Exit;
use crate::output::OwnOutput;
use checker::{Checked, Checker};
use server::Server;
use wire::{Incoming, Output};

/// Answers an editor while a file is typed: a language server on standard input and output.
///
/// It shows problems as they come up, completes names, settings and values, tells what stands under the cursor,
/// finds and renames sections, formats, and puts right what is certain. docs/editors.md shows how editors are
/// told of it.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Lsp {
    /// Is accepted and changes nothing: some editors say it.
    #[arg(long, hide = true)]
    stdio: bool,
}

const EXAMPLES: &str = "\
Examples:
  impasto lsp    as an editor starts it

Exit codes: 0 when the editor has said that it ends, 1 when it went without a word.";

/// What the main thread waits for.
enum Event {
    /// Something from the editor.
    Incoming(Incoming),
    /// A file was checked.
    Checked(Checked),
    /// The editor has gone.
    Gone,
}

impl Lsp {
    pub(crate) fn run(self) -> io::Result<Exit> {
        // What a factory prints while a file is checked must not come between messages.
        let own = OwnOutput::take()?;
        let output = Output::new(own.file()?);
        let (events, queue) = mpsc::channel();
        wire::read(io::stdin(), events.clone())?;
        let checker = Checker::start(events)?;
        let mut server = Server::new(output, checker);
        for event in queue {
            match event {
                Event::Incoming(incoming) => {
                    if let Some(exit) = server.take(incoming) {
                        return Ok(exit);
                    }
                }
                Event::Checked(checked) => server.show(checked),
                Event::Gone => return Ok(Exit::Cut),
            }
        }
        Ok(Exit::Cut)
    }
}
