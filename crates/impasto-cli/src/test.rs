//! `impasto test`

use std::io;
use std::path::PathBuf;

use clap::Args;
use impasto_workbench::run_tests;
use serde_json::json;

use crate::complete;
use crate::exit::Exit;
use crate::output::{FormatArgs, OwnOutput, complain_of};
use crate::waiting::Waiting;
use crate::words::Asking;

/// Runs the `[test:NAME]` sections of a file.
///
/// Each is a request and what is expected of its answer. Requests run in process, each through a stack of its
/// own, without a socket; all factories that they need must be linked. Names behind the file choose tests.
#[derive(Args, Debug)]
#[command(after_help = HELP, override_usage = USAGE)]
pub(crate) struct Test {
    #[command(flatten)]
    words: Asking,

    /// Writes what became of the tests to a file too, as JUnit's XML.
    #[arg(long, value_name = "FILE", add = complete::any_file())]
    junit: Option<PathBuf>,

    #[command(flatten)]
    format: FormatArgs,
}

const USAGE: &str = "impasto test [OPTIONS] [FILE] [NAME]... [KEY=VALUE]...";

const HELP: &str = "\
A test:
  [test:refused]
  request = GET /v2.1/servers          the method and the URL
  header.Accept = application/json     a header of the request; `body` is its body, `app` who is asked
  status = 401                         what is right: `401 403`, `4xx`
  expect.header.Vary = origin          a value of the answer's header, or /regex/; empty: none
  expect.body = /^Unauthorized/        the answer's body, or /regex/
  answered_by = auth                   the name of the layer whose answer it is
  passes = request_id cors             filters that the request comes to, in this order

Exit codes: 0 when all pass, 1 when one fails, 4 when the file or a [test:...] section is wrong.";

impl Test {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = self.words.words();
        // An access log, say, is no part of the summary.
        let mut output = OwnOutput::take()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let waiting = Waiting::of(format!("the tests of {}", words.file.display()));
        let report = runtime.block_on(async { run_tests(&words.open()?, &words.names).await });
        drop(waiting);
        let report = match report {
            Ok(report) => report,
            Err(problems) => {
                match self.format.is_json() {
                    true => output.print_json(&json!({ "problems": problems.to_json() }))?,
                    false => complain_of(&problems)?,
                }
                return Ok(Exit::Configuration);
            }
        };
        if let Some(path) = &self.junit {
            let told = |error: io::Error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            };
            std::fs::write(path, report.to_junit()).map_err(told)?;
        }
        match self.format.is_json() {
            true => output.print_json(&report.to_json())?,
            false => output.print(report.to_string().trim_end())?,
        }
        Ok(if report.failed() == 0 { Exit::Fine } else { Exit::Cut })
    }
}
