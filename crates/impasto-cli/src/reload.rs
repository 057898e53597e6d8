//! `impasto reload`

use std::io;

use clap::Args;
use impasto::settings::Duration;
use impasto_server::control::{Reply, Request, Verdict};
use serde_json::json;

use crate::exit::Exit;
use crate::master::{MasterArgs, ask, plain};
use crate::output::{FormatArgs, complain, print, print_json};

/// Makes a running `impasto serve` read its files again, and waits for what comes of it.
///
/// What changed is shown. When anything is wrong it goes on serving what it served, and everything
/// that is wrong is shown as in its log.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Reload {
    #[command(flatten)]
    master: MasterArgs,

    /// How long to wait.
    #[arg(long, value_name = "TIME", default_value = "120s")]
    timeout: Duration,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto reload                                    what serves api-paste.ini of this directory
  impasto reload /etc/app/paste.ini                 what serves another file
  impasto reload --pid-file /run/app.pid            what wrote its pid there
  impasto reload --json | jq -r .verdict            applied, wrong_configuration or failed

Exit codes: 0 when the new configuration is served, 4 when it is wrong, 1 otherwise.";

impl Reload {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let Some(master) = self.master.find(&self.format)? else { return Ok(Exit::Cut) };
        let outcome = match ask(&master, &Request::Reload, self.timeout.get(), &self.format)? {
            Some(Reply::Reloaded(outcome)) => outcome,
            Some(_) => {
                self.format.refuse("the answer is to another question", None)?;
                return Ok(Exit::Cut);
            }
            None => return Ok(Exit::Cut),
        };
        let exit = match outcome.verdict {
            Verdict::Applied => Exit::Fine,
            Verdict::WrongConfiguration => Exit::Configuration,
            Verdict::Failed => Exit::Cut,
        };
        match exit {
            _ if self.format.is_json() => print_json(&json!(outcome))?,
            Exit::Fine => print(plain(&outcome.text))?,
            _ => complain(plain(&outcome.text))?,
        }
        Ok(exit)
    }
}
