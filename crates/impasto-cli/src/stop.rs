//! `impasto stop`

use std::io;
use std::time;

use clap::Args;
use impasto::settings::Duration;
use impasto_server::control::{Reply, Request};
use serde_json::json;

use crate::exit::Exit;
use crate::master::{MasterArgs, ask, name};
use crate::output::{FormatArgs, complain, print, print_json};
use crate::waiting::Waiting;

/// Ends a running `impasto serve`, and waits until it has ended.
///
/// It finishes the requests in flight first, for as long as its `graceful_shutdown_timeout`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stop {
    #[command(flatten)]
    master: MasterArgs,

    /// Leave requests in flight unanswered.
    #[arg(long)]
    now: bool,

    /// How long to wait. It ends all the same when that is over.
    #[arg(long, value_name = "TIME", default_value = "1h")]
    timeout: Duration,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto stop                           what serves api-paste.ini of this directory
  impasto stop /etc/app/paste.ini        what serves another file
  impasto stop --now --timeout 5s        at once

Exit codes: 0 when it has ended, 1 otherwise.";

/// How long a master may take to say that it stops.
const ANSWER: time::Duration = time::Duration::from_secs(10);

impl Stop {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let Some(master) = self.master.find(&self.format)? else { return Ok(Exit::Cut) };
        let begun = time::Instant::now();
        let request = Request::Stop { now: self.now };
        if ask(&master, &request, ANSWER, &self.format)? != Some(Reply::Stopping) {
            return Ok(Exit::Cut);
        }
        let name = name(&master);
        let waiting = Waiting::of(format!("the end of {name}"));
        let ended = master.wait(self.timeout.get().saturating_sub(begun.elapsed()));
        drop(waiting);
        match ended {
            _ if self.format.is_json() => {
                print_json(&json!({ "pid": master.pid(), "ended": ended }))?;
            }
            true => print(format_args!("{name} has ended"))?,
            false => {
                let timeout = self.timeout;
                complain(format_args!("error: {name} has not ended within {timeout}"))?;
            }
        }
        Ok(if ended { Exit::Fine } else { Exit::Cut })
    }
}
