//! `impasto graph`

use std::io;

use clap::{Args, ValueEnum};
use impasto_workbench::Graph;
use serde_json::json;

use crate::asked::wrong;
use crate::exit::Exit;
use crate::output::{complain_of, print, print_json};
use crate::words::Asking;

/// Draws all ways through a file, or those from one app.
///
/// No factory needs to be linked, and no other program is started. What cannot be resolved is a part of
/// the picture.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Draw {
    #[command(flatten)]
    words: Asking,

    /// How to draw.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

const USAGE: &str = "impasto graph [OPTIONS] [FILE] [APP] [KEY=VALUE]...";

const EXAMPLES: &str = "\
Examples:
  impasto graph api-paste.ini                          a tree of the whole file
  impasto graph api-paste.ini api --format mermaid     one app, for a page of GitHub
  impasto graph api-paste.ini --format svg > api.svg   a picture for a wiki";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree for terminals.
    #[default]
    Text,
    /// A Mermaid flowchart.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
    /// A picture.
    Svg,
    /// Nodes and edges.
    Json,
}

impl Draw {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = self.words.words();
        let app = match &words.names[..] {
            [] => None,
            [app] => Some(app.as_str()),
            [.., word] => {
                let error = wrong("graph", format!("unexpected word `{word}`"));
                return error.print().map(|()| Exit::Usage);
            }
        };
        let format = if self.json { Format::Json } else { self.format };
        let graph = match words.open().and_then(|loader| Graph::of(&loader, app)) {
            Ok(graph) => graph,
            Err(problems) => {
                match format {
                    Format::Json => print_json(&json!({ "problems": problems.to_json() }))?,
                    _ => complain_of(&problems)?,
                }
                return Ok(Exit::Configuration);
            }
        };
        match format {
            Format::Text => print(graph.to_string().trim_end())?,
            Format::Mermaid => print(graph.to_mermaid().trim_end())?,
            Format::Dot => print(graph.to_dot().trim_end())?,
            Format::Svg => print(graph.to_svg().trim_end())?,
            Format::Json => print_json(&graph.to_json())?,
        }
        Ok(Exit::Fine)
    }
}
