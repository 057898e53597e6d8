//! Where one value comes from.

use std::fmt::{self, Display, Formatter};

use impasto::ini::{Document, Section};
use impasto::{
    Code, Context, Factory, Loader, Place, Problem, Problems, Seen, SettingFacts, Value,
    looks_secret,
};
use serde_json::Value as Json;

use super::{hinted, json, meant, named};
use crate::edit::names::Names;
use crate::edit::references::factory;
use crate::editor::known::Known;
use crate::shown::{OneLine, line, source};
use crate::stack::Layer;
use crate::text::Text;

/// What an app, a filter or a server sees under a name, and where that comes from.
pub struct Where {
    /// The section, as it is written.
    section: Option<String>,
    key: String,
    found: Found,
    /// Where the section has an option of this name that counts for nothing.
    hidden: Vec<Place>,
    /// Whether its factory never shows it.
    is_secret: bool,
}

/// Who says it.
enum Found {
    /// A setting, its own or a global.
    Setting(Value),
    /// What the section says about itself, such as its `use`: the text and where it is written.
    Directive(String, String),
    /// Nobody: the factory has a value of its own.
    Factory(String),
}

impl Where {
    /// Finds what `section` (`app:main`, or a name of an app) sees as `key`: its own setting, else a global,
    /// else what its factory falls back to. `DEFAULT` sees the globals. What is wrong with other options, or with
    /// what a section needs, does not matter.
    ///
    /// # Errors
    ///
    /// There is no such section, nothing of that name in it, or the value itself is wrong.
    pub fn find(loader: &Loader, section: &str, key: &str) -> Result<Where, Problems> {
        if section == "DEFAULT" {
            return Where::default(loader, key);
        }
        match named(loader, section) {
            Ok(context) => Where::of(loader, &context, section, key),
            Err(problems) => {
                Where::alone(loader, section, key)?.ok_or_else(|| hinted(loader, section, problems))
            }
        }
    }

    fn default(loader: &Loader, key: &str) -> Result<Where, Problems> {
        if let Some(Seen { value, hidden }) = loader.default_value(key)? {
            return Ok(Where {
                section: Some("DEFAULT".to_owned()),
                key: key.to_owned(),
                is_secret: looks_secret(key, value.text()),
                found: Found::Setting(value),
                hidden: hidden.into_iter().collect(),
            });
        }
        let defaults = loader.document().map(Document::defaults);
        let message = format!("[DEFAULT] has no `{key}`, and no caller says it");
        let known = defaults.into_iter().flat_map(|it| it.entries()).map(|entry| entry.name());
        let known = known.chain(["here", "__file__"]);
        let place = defaults.map(|it| it.place()).filter(|place| !place.text().is_empty());
        Err(unknown("DEFAULT", key, message).at(place).suggest(key, known).into())
    }

    fn of(loader: &Loader, context: &Context, word: &str, key: &str) -> Result<Where, Problems> {
        let section = context.section();
        let value = context.local_conf().get(key).or_else(|| context.global_conf().get(key));
        let factory = Layer::of(context).factory();
        let facts = factory.map(Factory::settings).unwrap_or_default();
        let fact = facts.iter().find(|fact| fact.is_set_by(key));
        let setting = value.cloned().map(Found::Setting);
        let found = setting
            .or_else(|| directive(loader.document()?.section(section?)?, key))
            .or_else(|| fallback(fact?, key));
        let is_hidden = |problem: &&Problem| {
            problem.code == Code::HiddenByDefault
                && problem.key.as_deref() == Some(key)
                && problem.section.as_deref() == section
        };
        let hidden = context.warnings().iter().filter(is_hidden);
        match found {
            Some(found) => Ok(Where {
                section: section.map(str::to_owned),
                key: key.to_owned(),
                found,
                hidden: hidden.filter_map(|problem| problem.place.clone()).collect(),
                is_secret: is_secret(fact, key, value),
            }),
            None => {
                let known = context.config();
                let known = known.iter().map(|(name, _)| name);
                let known = known.chain(facts.iter().map(|fact| &*fact.name));
                let shown = section.unwrap_or(word);
                let message =
                    format!("[{shown}] has no `{key}`, and none comes to it from elsewhere");
                Err(unknown(shown, key, message).at(context.place()).suggest(key, known).into())
            }
        }
    }

    /// The same of a section that cannot be loaded, if it can be told.
    fn alone(loader: &Loader, word: &str, key: &str) -> Result<Option<Where>, Problems> {
        let (group, name) = meant(word);
        let Some(document) = loader.document() else { return Ok(None) };
        let text = Text::new(document.source().clone());
        let names = Names::of(&text);
        let Some(section) = names.section(group, &name) else { return Ok(None) };
        let known = factory(&names, section, group)
            .and_then(|option| Known::named(group, option.name(), &option.value()));
        let fact = known.and_then(|known| known.setting(key));
        let seen = loader.value(group, &name, key)?;
        let (value, hidden) = seen.map(|it| (it.value, it.hidden)).unzip();
        let setting = value.clone().map(Found::Setting);
        let found = setting
            .or_else(|| directive(document.section(section.name())?, key))
            .or_else(|| fallback(fact?, key));
        Ok(found.map(|found| Where {
            section: Some(section.name().to_owned()),
            key: key.to_owned(),
            is_secret: is_secret(fact, key, value.as_ref()),
            found,
            hidden: hidden.flatten().into_iter().collect(),
        }))
    }

    /// What it is worth, masked where it is secret.
    pub fn shown(&self) -> &str {
        match &self.found {
            _ if self.is_secret => Value::MASK,
            Found::Setting(value) => value.shown(),
            Found::Directive(text, _) | Found::Factory(text) => text,
        }
    }

    /// Where it comes from, in words: `api-paste.ini:3, [DEFAULT]`.
    pub fn source(&self) -> String {
        match &self.found {
            Found::Setting(value) => source(value, self.section.as_deref()),
            Found::Directive(_, place) => format!("{place}, own option"),
            Found::Factory(_) => "the factory's own".to_owned(),
        }
    }

    /// An object: `section`, `name`, `value`, `rule`, `file`, `line`, `from` and `source`.
    pub fn to_json(&self) -> Json {
        let mut json = match &self.found {
            Found::Setting(value) => json::setting(&self.key, value, self.section.as_deref()),
            _ => serde_json::json!({ "name": self.key, "source": self.source() }),
        };
        json["value"] = self.shown().into();
        json
    }
}

/// `debug = true  # api-paste.ini:3, [DEFAULT]`
impl Display for Where {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} = {}  # {}", self.key, OneLine(self.shown()), self.source())?;
        for hidden in &self.hidden {
            writeln!(f, "{} has one too, which is hidden", line(hidden))?;
        }
        Ok(())
    }
}

/// Whether a value is not to be shown: its factory says so, or, where none is known to take it, its name.
fn is_secret(fact: Option<&SettingFacts>, key: &str, value: Option<&Value>) -> bool {
    match fact {
        Some(fact) => fact.secret,
        None => value.is_some_and(|value| looks_secret(key, value.text())),
    }
}

fn directive(section: Section<'_>, key: &str) -> Option<Found> {
    let entry = section.entry(key)?;
    Some(Found::Directive(entry.raw().to_owned(), line(&entry.value_place())))
}

/// What a factory takes where nobody says anything; a table says nothing of its parts.
fn fallback(fact: &SettingFacts, key: &str) -> Option<Found> {
    let is_whole = fact.name == key || fact.aliases.iter().any(|alias| alias == key);
    let default = fact.default.clone().filter(|default| !default.is_empty());
    let found = Found::Factory(default.unwrap_or_else(|| "(nothing)".to_owned()));
    (is_whole && !fact.required).then_some(found)
}

fn unknown(section: &str, key: &str, message: String) -> Problem {
    Problem::error(Code::UnknownSetting, message).section(section).key(key)
}
