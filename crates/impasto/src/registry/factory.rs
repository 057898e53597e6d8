//! The record of one factory.

use std::fmt;

use schemars::Schema;

use super::{Effect, FactoryFn, Kind, Made, Order};
use crate::loader::CompositeLoader;
use crate::problem::Problems;
use crate::settings::{Known, Options, SettingFacts};

/// A plugin's record: its names, and how to make what it makes. [`register!`](crate::register)
/// writes one.
pub struct Factory {
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) kind: Kind,
    pub(super) roles: &'static [&'static str],
    pub(super) effects: &'static [Effect],
    pub(super) order: &'static [Order],
    pub(super) location: Location,
    /// What is known of its settings.
    pub(super) known: fn() -> &'static Known,
    pub(super) make: Make,
}

/// What it is among others: its roles, what it may do, and where it belongs.
type Among = (&'static [&'static str], &'static [Effect], &'static [Order]);
type Make = fn(&Options<'_>, &CompositeLoader) -> Result<Made, Problems>;

/// A line of Rust source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, as the compiler was told of it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Factory {
    /// What `register!` calls.
    #[doc(hidden)]
    pub const fn new(
        (package, name): (&'static str, &'static str),
        aliases: &'static [&'static str],
        location: Location,
        kind: Kind,
        (roles, effects, order): Among,
        known: fn() -> &'static Known,
        make: Make,
    ) -> Factory {
        Factory { name, package, aliases, kind, roles, effects, order, location, known, make }
    }

    /// The name it is registered under: the NAME of `egg:PACKAGE#NAME`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The crate that registers it.
    pub fn package(&self) -> &'static str {
        self.package
    }

    /// The foreign references it stands in for, as `module:attr` or `egg:PACKAGE#NAME`.
    pub fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    /// What it makes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is to others that say where they belong, besides its name: `"authentication"`, say.
    pub fn roles(&self) -> &'static [&'static str] {
        self.roles
    }

    /// Whether `name` is its name or one of its roles.
    pub(crate) fn has_role(&self, name: &str) -> bool {
        self.name == name || self.roles.contains(&name)
    }

    /// What it may do to a request.
    pub fn effects(&self) -> &'static [Effect] {
        self.effects
    }

    /// Where it belongs among others.
    pub fn order(&self) -> &'static [Order] {
        self.order
    }

    /// Where it is registered.
    pub fn location(&self) -> Location {
        self.location
    }

    /// Reads the settings and makes what it makes.
    ///
    /// # Errors
    ///
    /// Everything wrong with the settings, or why the factory refused them; each with its place.
    pub fn make(&self, options: &Options<'_>, loader: &CompositeLoader) -> Result<Made, Problems> {
        (self.make)(options, loader)
    }

    /// The JSON Schema of its settings.
    pub fn schema(&self) -> Schema {
        (self.known)().schema.clone()
    }

    /// Its settings, in the order in which the settings struct declares them.
    pub fn settings(&self) -> &'static [SettingFacts] {
        (self.known)().facts()
    }

    /// Whether an option of this name is, or is a part of, a setting whose values are never shown.
    pub fn hides(&self, option: &str) -> bool {
        self.settings().iter().any(|setting| setting.secret && setting.is_set_by(option))
    }

    /// Its documentation: the doc comment of its settings struct, empty when there is none.
    pub fn docs(&self) -> String {
        let schema = &(self.known)().schema;
        schema.get("description").and_then(|docs| docs.as_str()).unwrap_or_default().to_owned()
    }

    /// The first paragraph of its documentation, on one line.
    pub fn summary(&self) -> String {
        let docs = self.docs();
        let lines = docs.lines().map(str::trim);
        let paragraph =
            lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
        paragraph.collect::<Vec<_>>().join(" ")
    }

    /// The first `ini` block of its documentation.
    pub fn example(&self) -> Option<String> {
        let docs = self.docs();
        let (_, after) = docs.split_once("```ini\n")?;
        let (block, _) = after.split_once("```")?;
        Some(block.to_owned())
    }
}

impl fmt::Debug for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factory({} {}#{})", self.kind, self.package, self.name)
    }
}

/// Another name under which a crate's factories are known: `egg!` writes one.
#[derive(Debug)]
pub struct Egg {
    pub(super) package: &'static str,
    pub(super) name: &'static str,
    pub(super) location: Location,
}

impl Egg {
    /// What `egg!` calls.
    #[doc(hidden)]
    pub const fn new(package: &'static str, name: &'static str, location: Location) -> Egg {
        Egg { package, name, location }
    }
}

/// The kind of a factory function, which is `Copy` because a constant may not drop it.
#[doc(hidden)]
pub const fn kind_of<F: FactoryFn<A> + Copy, A>(_: F) -> Kind {
    F::KIND
}

/// What is known of a factory function's settings.
#[doc(hidden)]
pub fn known_of<F: FactoryFn<A>, A>(_: F) -> &'static Known {
    Known::of::<F::Settings>()
}

/// Reads the settings of a factory function and calls it.
#[doc(hidden)]
pub fn call<F: FactoryFn<A>, A>(
    factory: F,
    options: &Options<'_>,
    loader: &CompositeLoader,
) -> Result<Made, Problems> {
    let (settings, mut wrong) = options.read_nearly::<F::Settings>()?;
    match factory.call(settings, loader) {
        Ok(made) if wrong.is_empty() => return Ok(made),
        Ok(_) => {}
        Err(error) => wrong.0.extend(options.refused_by::<F::Settings>(error)),
    }
    Err(wrong)
}
