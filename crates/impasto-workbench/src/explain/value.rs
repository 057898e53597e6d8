//! Where one value comes from.

use std::fmt::{self, Display, Formatter};

use impasto::{Code, Context, Loader, Problem, Problems, Value};
use serde_json::Value as Json;

use super::{json, named};
use crate::shown::{OneLine, line, source};
use crate::stack::Layer;

/// What an app, a filter or a server sees under a name, and where that comes from.
pub struct Where {
    context: Context,
    key: String,
    found: Found,
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
    /// else what its factory falls back to.
    ///
    /// # Errors
    ///
    /// There is no such section, or nothing of that name in it.
    pub fn find(loader: &Loader, section: &str, key: &str) -> Result<Where, Problems> {
        let context = named(loader, section)?;
        let value = context.local_conf().get(key).or_else(|| context.global_conf().get(key));
        let factory = Layer::of(&context).factory();
        let facts = factory.map(|factory| factory.settings()).unwrap_or_default();
        let fact =
            facts.iter().find(|fact| fact.name == key || fact.aliases.iter().any(|it| it == key));
        let is_secret = fact.is_some_and(|fact| fact.secret);
        let found = match value {
            Some(value) => Some(Found::Setting(value.clone())),
            None => directive(loader, &context, key).or_else(|| {
                let default = fact.filter(|fact| !fact.required)?.default.clone();
                let default = default.filter(|default| !default.is_empty());
                Some(Found::Factory(default.unwrap_or_else(|| "(nothing)".to_owned())))
            }),
        };
        match found {
            Some(found) => Ok(Where { context, key: key.to_owned(), found, is_secret }),
            None => {
                let known = context.config();
                let known = known.iter().map(|(name, _)| name);
                let known = known.chain(facts.iter().map(|fact| &*fact.name));
                let shown = context.section().unwrap_or(section);
                let message =
                    format!("[{shown}] has no `{key}`, and none comes to it from elsewhere");
                let problem = Problem::error(Code::UnknownSetting, message)
                    .at(context.place())
                    .section(shown)
                    .key(key)
                    .suggest(key, known);
                Err(problem.into())
            }
        }
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
            Found::Setting(value) => source(value, self.context.section()),
            Found::Directive(_, place) => format!("{place}, own option"),
            Found::Factory(_) => "the factory's own".to_owned(),
        }
    }

    /// An object: `section`, `name`, `value`, `rule`, `file`, `line`, `from` and `source`.
    pub fn to_json(&self) -> Json {
        let mut json = match &self.found {
            Found::Setting(value) => json::setting(&self.key, value, self.context.section()),
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
        for hidden in self.context.warnings() {
            let place = hidden.place.as_ref().filter(|_| hidden.code == Code::HiddenByDefault);
            let is_own = hidden.key.as_deref() == Some(&self.key)
                && hidden.section.as_deref() == self.context.section();
            if let Some(place) = place.filter(|_| is_own) {
                writeln!(f, "{} has one too, which is hidden", line(place))?;
            }
        }
        Ok(())
    }
}

fn directive(loader: &Loader, context: &Context, key: &str) -> Option<Found> {
    let entry = loader.document()?.section(context.section()?)?.entry(key)?;
    Some(Found::Directive(entry.raw().to_owned(), line(&entry.value_place())))
}
