//! `impasto status`

mod text;

use std::io;
use std::time::Duration;

use clap::Args;
use impasto_server::control::{Reply, Request};
use serde_json::json;

use crate::exit::Exit;
use crate::master::{MasterArgs, ask};
use crate::output::{FormatArgs, print, print_json};
use text::Text;

/// Shows what a running `impasto serve` does: its workers, and what came of its last reload.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Status {
    #[command(flatten)]
    master: MasterArgs,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto status                          what serves api-paste.ini of this directory
  impasto status --pid-file /run/app.pid  what wrote its pid there
  impasto status --json | jq '[.generations[].services[].workers[].requests_in_flight] | add'

Exit codes: 0 when it runs, 1 otherwise.";

const ANSWER: Duration = Duration::from_secs(10);

impl Status {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let Some(master) = self.master.find(&self.format)? else { return Ok(Exit::Cut) };
        match ask(&master, &Request::Status, ANSWER, &self.format)? {
            Some(Reply::Status(status)) => {
                match self.format.is_json() {
                    true => print_json(&json!(status))?,
                    false => print(Text(&status))?,
                }
                Ok(Exit::Fine)
            }
            Some(_) => {
                self.format.refuse("the answer is to another question", None)?;
                Ok(Exit::Cut)
            }
            None => Ok(Exit::Cut),
        }
    }
}
