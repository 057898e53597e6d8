//! `impasto explain`

use std::io;

use clap::Args;
use impasto::{Loader, Problems};
use impasto_workbench::{Explanation, Where};
use serde_json::{Value, json};

use crate::asked::{Asked, wrong};
use crate::complete;
use crate::exit::Exit;
use crate::output::{FormatArgs, complain_of, print, print_json};
use crate::words::Asking;

/// Shows what a request meets, outermost first, and where every setting comes from.
///
/// Behind the file stands nothing (the app that is meant when none is named), an app or section, a section
/// and an option (then only that is told), or a method and a URL. The layers are one a line: name, factory,
/// crate and place; below each are its settings. A composite tells which of its ways the request takes,
/// and why not the others. No factory needs to be linked, and none is called.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Explain {
    #[command(flatten)]
    words: Asking,

    /// A header of the request; may be repeated.
    #[arg(short = 'H', long = "header", value_name = "NAME:VALUE")]
    headers: Vec<String>,

    /// The app that is asked; by default `main`, or the first app, composite or pipeline that nothing else
    /// in the file refers to and whose mounts take the URL.
    #[arg(long, value_name = "NAME", add = complete::apps())]
    app: Option<String>,

    #[command(flatten)]
    format: FormatArgs,
}

const USAGE: &str = "impasto explain [OPTIONS] [FILE] [APP [KEY] | METHOD URL] [KEY=VALUE]...";

const EXAMPLES: &str = "\
Examples:
  impasto explain api-paste.ini GET /v2.1/servers
  impasto explain api-paste.ini GET http://api.example.org/ -H 'Accept: text/html'
  impasto explain api-paste.ini pipeline:api          the filters of a pipeline
  impasto explain api-paste.ini app:main debug        where this value comes from
  impasto explain api-paste.ini DEFAULT region        what sections inherit
  impasto explain api-paste.ini GET / debug=on        as a caller with this global sees it";

impl Explain {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = self.words.words();
        let asked = match Asked::new("explain", words.names.clone(), &self.headers) {
            Ok(Asked::App(_) | Asked::Value(..)) if self.app.is_some() => {
                Err(wrong("explain", "`--app` goes together with a request".to_owned()))
            }
            asked => asked,
        };
        let asked = match asked {
            Ok(asked) => asked,
            Err(error) => return error.print().map(|()| Exit::Usage),
        };
        let told = words.open().and_then(|loader| tell(&loader, &asked, self.app.as_deref()));
        let problems = match (told, self.format.is_json()) {
            (Ok(told), true) => print_json(&told.json).map(|()| told.problems)?,
            (Ok(told), false) => print(told.text.trim_end()).map(|()| told.problems)?,
            (Err(problems), true) => {
                print_json(&json!({ "problems": problems.to_json() }))?;
                problems
            }
            (Err(problems), false) => complain_of(&problems).map(|()| problems)?,
        };
        Ok(if problems.has_errors() { Exit::Configuration } else { Exit::Fine })
    }
}

/// What there is to tell, in both forms.
struct Told {
    text: String,
    json: Value,
    /// What is wrong on the way.
    problems: Problems,
}

fn tell(loader: &Loader, asked: &Asked, app: Option<&str>) -> Result<Told, Problems> {
    let (explanation, problems) = match asked {
        Asked::Value(section, key) => {
            let value = Where::find(loader, section, key)?;
            return Ok(Told {
                text: value.to_string(),
                json: value.to_json(),
                problems: Problems::default(),
            });
        }
        // What is wrong on one way of many is a part of what the file means.
        Asked::Nothing => (Explanation::of_app(loader, app)?, Problems::default()),
        Asked::App(app) => (Explanation::of_app(loader, Some(app))?, Problems::default()),
        Asked::Request(question) => {
            let explanation = Explanation::of_request(loader, app, question)?;
            let problems = explanation.way().problems();
            (explanation, problems)
        }
    };
    Ok(Told { text: explanation.to_string(), json: explanation.to_json(), problems })
}
