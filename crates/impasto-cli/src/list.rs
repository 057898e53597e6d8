//! `impasto list`

use std::io;

use clap::Args;
use impasto::{Factory, Registry};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::output::{FormatArgs, print, print_json};

/// Lists the factories that are linked into this program.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct List {
    /// Lists also the foreign references that each stands in for.
    #[arg(long)]
    aliases: bool,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto list
  impasto list --aliases | grep nova
  impasto list --json | jq -r '.[].reference'

See `impasto reference NAME` for the settings of one.";

impl List {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let factories = Registry::linked().factories();
        if self.format.is_json() {
            print_json(&factories.iter().map(|factory| entry(factory)).collect::<Vec<_>>())?;
        } else if factories.is_empty() {
            print("no factories are linked")?;
        } else {
            print(table(factories, self.aliases))?;
        }
        Ok(Exit::Fine)
    }
}

/// What there is to know of a factory at a glance.
pub(crate) fn entry(factory: &Factory) -> Value {
    json!({
        "kind": factory.kind().as_str(),
        "reference": Registry::linked().reference(factory).to_string(),
        "name": factory.name(),
        "summary": factory.summary(),
        "crate": factory.package(),
        "aliases": factory.aliases(),
    })
}

/// A line for each factory, and for each foreign reference if `aliases` are wanted.
fn table(factories: &[&Factory], aliases: bool) -> String {
    let rows = factories.iter().map(|factory| {
        let reference = Registry::linked().reference(factory).to_string();
        let docs = factory.summary();
        let sentence = docs.split_inclusive(". ").next().unwrap_or_default().trim_end();
        [factory.kind().as_str().into(), reference, factory.package().into(), sentence.to_owned()]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let [kinds, references, crates] = [width(0), width(1), width(2)];
    let mut lines = Vec::new();
    for (factory, [kind, reference, package, sentence]) in factories.iter().zip(&rows) {
        let line =
            format!("{kind:<kinds$}  {reference:<references$}  {package:<crates$}  {sentence}");
        lines.push(line.trim_end().to_owned());
        let shown = factory.aliases().iter().filter(|_| aliases);
        lines.extend(shown.map(|alias| format!("{:kinds$}  = {alias}", "")));
    }
    lines.join("\n")
}
