//! `impasto reference`

use std::fmt::Write;
use std::io;

use clap::Args;
use impasto::{Factory, Group, Reference as Named, Registry, SettingFacts, nearest};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::list;
use crate::output::{FormatArgs, complain, print, print_json};

/// Shows what a factory does, its settings and an example.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Reference {
    /// A factory: its name, its reference, or a foreign reference that it stands in for.
    name: String,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto reference cors
  impasto reference egg:impasto#http
  impasto reference oslo_middleware.cors:filter_factory
  impasto reference cors --json | jq '.[].settings'";

impl Reference {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let found = find(Registry::linked(), &self.name);
        if found.is_empty() {
            complain(unknown(Registry::linked(), &self.name))?;
            return Ok(Exit::Usage);
        }
        if self.format.is_json() {
            print_json(&found.into_iter().map(entry).collect())?;
        } else {
            let pages: Vec<String> = found.into_iter().map(page).collect();
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

fn unknown(registry: &Registry, word: &str) -> String {
    let references: Vec<String> = registry
        .factories()
        .iter()
        .map(|factory| registry.reference(factory).to_string())
        .collect();
    let names = registry.factories().iter().map(|factory| factory.name());
    let aliases = registry.factories().iter().flat_map(|factory| factory.aliases());
    let known = names.chain(references.iter().map(String::as_str)).chain(aliases.copied());
    let help = match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`impasto list` shows what is linked".to_owned(),
    };
    format!("error: no linked factory is `{word}`\n  = help: {help}")
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

/// A factory as people read of it.
fn page(factory: &Factory) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(factory, &mut page);
    page
}

fn write_page(factory: &Factory, page: &mut String) -> std::fmt::Result {
    let reference = Registry::linked().reference(factory);
    writeln!(page, "{reference}: {} of {}", factory.kind(), factory.package())?;
    for alias in factory.aliases() {
        writeln!(page, "stands in for {alias}")?;
    }
    let docs = factory.docs();
    if !docs.is_empty() {
        writeln!(page, "\n{}", docs.trim_end())?;
    }
    let settings = factory.settings();
    if !settings.is_empty() {
        writeln!(page, "\nSettings:")?;
    }
    for setting in &settings {
        write!(page, "\n  {}: {}", setting.name, setting.kind)?;
        match &setting.default {
            _ if setting.required => writeln!(page, ", required")?,
            Some(default) if !default.is_empty() => writeln!(page, ", default `{default}`")?,
            _ => writeln!(page)?,
        }
        if !setting.aliases.is_empty() {
            writeln!(page, "      also {}", setting.aliases.join(", "))?;
        }
        for line in setting.docs.lines() {
            writeln!(page, "      {}", line.trim_end())?;
        }
    }
    Ok(())
}
