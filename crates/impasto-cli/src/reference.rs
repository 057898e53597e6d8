//! `impasto reference`

mod document;
mod page;
mod schema;

use std::io;

use clap::Args;
use impasto::{Factory, Group, Reference as Named, Registry, SettingFacts, nearest};
use serde_json::{Value, json};

use crate::complete;
use crate::exit::Exit;
use crate::list;
use crate::output::{FormatArgs, print, print_json};

/// Shows what a factory does, its settings and an example.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Reference {
    /// A factory: its name, its reference, or a foreign reference that it stands in for; without one,
    /// all that are linked.
    #[arg(add = complete::factories())]
    name: Option<String>,

    #[command(flatten)]
    format: FormatArgs,

    /// Writes a Markdown document.
    #[arg(long, conflicts_with_all = ["format", "json"])]
    markdown: bool,

    /// Writes the JSON Schema of the sections that a file may have.
    #[arg(long, conflicts_with_all = ["format", "json", "markdown"])]
    schema: bool,
}

const EXAMPLES: &str = "\
Examples:
  impasto reference cors
  impasto reference egg:impasto#http
  impasto reference oslo_middleware.cors:filter_factory
  impasto reference cors --json | jq '.[].settings'
  impasto reference --markdown > components.md
  impasto reference --schema > components.schema.json";

impl Reference {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let registry = Registry::linked();
        let found = match &self.name {
            Some(name) => find(registry, name),
            None => registry.factories().to_vec(),
        };
        if let (Some(name), true) = (&self.name, found.is_empty()) {
            let help = help(registry, name);
            self.format.refuse(format_args!("no linked factory is `{name}`"), Some(&help))?;
            return Ok(Exit::Usage);
        }
        if self.markdown {
            print(document::document(registry, &found).trim_end())?;
        } else if self.schema {
            print_json(&schema::schema(registry, &found))?;
        } else if self.format.is_json() {
            print_json(&found.into_iter().map(entry).collect::<Vec<_>>())?;
        } else {
            let pages: Vec<String> = found.into_iter().map(page::page).collect();
            print(pages.join("\n").trim_end())?;
        }
        Ok(Exit::Fine)
    }
}

/// The factories that a word means: one of each group, or one of each crate.
fn find<'a>(registry: &'a Registry, word: &str) -> Vec<&'a Factory> {
    let groups = [Group::App, Group::Filter, Group::Server];
    let whole = |reference: Named<'_>| {
        let found = groups.iter().filter_map(|group| registry.find(*group, &reference).ok());
        found.collect()
    };
    if let Some(egg) = word.strip_prefix("egg:") {
        let (package, name) = egg.split_once('#').unwrap_or((egg, "main"));
        return whole(Named::Egg { package, name });
    }
    let word = word.strip_prefix("call:").unwrap_or(word);
    if let Some((module, attr)) = word.split_once(':') {
        return whole(Named::Object { module, attr });
    }
    let means = |factory: &Factory| {
        let reference = Named::Egg { package: factory.package(), name: word };
        let found = registry.find(factory.kind().group(), &reference);
        found.is_ok_and(|found| std::ptr::eq(found, factory))
    };
    registry.factories().iter().copied().filter(|factory| means(factory)).collect()
}

/// What to do about a word that means none.
fn help(registry: &Registry, word: &str) -> String {
    let references: Vec<String> = registry
        .factories()
        .iter()
        .map(|factory| registry.reference(factory).to_string())
        .collect();
    let names = registry.factories().iter().map(|factory| factory.name());
    let aliases = registry.factories().iter().flat_map(|factory| factory.aliases());
    let known = names.chain(references.iter().map(String::as_str)).chain(aliases.copied());
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`impasto list` shows what is linked".to_owned(),
    }
}

/// Everything there is to know of a factory.
fn entry(factory: &Factory) -> Value {
    let mut entry = list::entry(factory);
    entry["docs"] = json!(factory.docs());
    entry["example"] = json!(factory.example());
    entry["settings"] = factory.settings().iter().map(setting_entry).collect();
    entry
}

fn setting_entry(setting: &SettingFacts) -> Value {
    json!({
        "name": setting.name,
        "type": setting.kind,
        "default": setting.default,
        "required": setting.required,
        "docs": setting.docs,
        "aliases": setting.aliases,
    })
}
