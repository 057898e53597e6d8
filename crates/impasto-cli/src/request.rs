//! `impasto request`

use std::io;

use clap::Args;
use impasto::Problems;
use impasto_workbench::{Outcome, Question, Trial};
use serde_json::json;

use crate::asked::{Asked, wrong};
use crate::complete;
use crate::exit::Exit;
use crate::output::{FormatArgs, OwnOutput, complain, complain_of};
use crate::waiting::Waiting;
use crate::words::{Asking, Words};

/// Runs one request through a file's stack, without a socket.
///
/// Shows the answer, and then each layer that the request came to, outermost first: how long it took for
/// itself, what it changed in the request and in the answer, and who answered. All factories of the app must
/// be linked; nothing has to be served.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Request {
    #[command(flatten)]
    words: Asking,

    /// A header of the request; may be repeated.
    #[arg(short = 'H', long = "header", value_name = "NAME:VALUE")]
    headers: Vec<String>,

    /// The body of the request.
    #[arg(short, long = "data", value_name = "BODY")]
    data: Option<String>,

    /// The app that is asked; by default `main`, or the first app, composite or pipeline that nothing else
    /// in the file refers to and whose mounts take the URL.
    #[arg(long, value_name = "NAME", add = complete::apps())]
    app: Option<String>,

    #[command(flatten)]
    format: FormatArgs,
}

const USAGE: &str = "impasto request [OPTIONS] [FILE] METHOD URL [KEY=VALUE]...";

const EXAMPLES: &str = "\
Examples:
  impasto request api-paste.ini GET /v2.1/servers
  impasto request api-paste.ini POST /v2.1/servers -H 'Content-Type: application/json' -d '{}'
  impasto request api-paste.ini GET http://api.example.org/ --json | jq .answered_by

Exit codes: 0 with an answer, whatever it says; 1 without; 4 when the app cannot be created.";

impl Request {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = self.words.words();
        let question = match (Asked::new("request", words.names.clone(), &self.headers), self.data)
        {
            (Ok(Asked::Request(question)), None) => *question,
            (Ok(Asked::Request(question)), Some(data)) => question.with_body(data),
            (Ok(_), _) => {
                let error = wrong("request", "a request is METHOD URL, behind the file".to_owned());
                return error.print().map(|()| Exit::Usage);
            }
            (Err(error), _) => return error.print().map(|()| Exit::Usage),
        };
        // An access log, say, is no part of the answer.
        let mut output = OwnOutput::take()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let waiting = Waiting::of("the answer".to_owned());
        let asked = runtime.block_on(ask(&words, self.app.as_deref(), &question));
        drop(waiting);
        match (asked, self.format.is_json()) {
            (Ok(Ok(outcome)), true) => output.print_json(&outcome.to_json())?,
            (Ok(Ok(outcome)), false) => output.print(outcome.to_string().trim_end())?,
            (Ok(Err(error)), true) => {
                output.print_json(&json!({ "error": error, "help": null }))?;
                return Ok(Exit::Cut);
            }
            (Ok(Err(error)), false) => {
                return complain(format_args!("error: {error}")).map(|()| Exit::Cut);
            }
            (Err(problems), true) => {
                output.print_json(&json!({ "problems": problems.to_json() }))?;
                return Ok(Exit::Configuration);
            }
            (Err(problems), false) => {
                return complain_of(&problems).map(|()| Exit::Configuration);
            }
        }
        Ok(Exit::Fine)
    }
}

/// Inside a runtime, which factories may ask for.
async fn ask(
    words: &Words,
    app: Option<&str>,
    question: &Question,
) -> Result<Result<Outcome, String>, Problems> {
    let trial = Trial::of(&words.open()?, app, Some(question))?;
    Ok(trial.ask(question).await)
}
