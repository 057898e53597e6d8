//! Settings with their history: every value knows where it came from.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::problem::{Place, Source};
use crate::table::Table;

/// An ordered map from names to [`Value`]s: a `local_conf` or a `global_conf`.
#[derive(Clone, Default)]
pub struct Conf(Table<Value>);

impl Conf {
    pub(crate) fn with_capacity(capacity: usize) -> Conf {
        Conf(Table::with_capacity(capacity))
    }

    /// Adds a name that is not there yet.
    pub(crate) fn push(&mut self, name: &Arc<str>, value: Value) {
        self.0.push(Arc::clone(name), value);
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(Value::text)
    }

    /// Whether there is a value of `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.0.position(name).is_some()
    }

    /// Names and values, in the order in which PasteDeploy's dictionaries have them.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.0.iter()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// Gives `name` a value; a name that is there already keeps its position.
    pub fn insert(&mut self, name: impl Into<Arc<str>>, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Python's `dict.update`.
    pub(crate) fn update(&mut self, other: &Conf) {
        for (name, value) in other.0.iter() {
            self.0.insert(Arc::clone(name), value.clone());
        }
    }
}

/// By name and text, in order.
impl PartialEq for Conf {
    fn eq(&self, other: &Conf) -> bool {
        let mut pairs = self.iter().zip(other.iter());
        self.len() == other.len()
            && pairs.all(|((name, value), (other_name, other))| {
                name == other_name && value.text() == other.text()
            })
    }
}

impl fmt::Debug for Conf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<Arc<str>>, V: Into<Value>> FromIterator<(N, V)> for Conf {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Conf {
        let mut conf = Conf::default();
        for (name, value) in pairs {
            conf.insert(name, value.into());
        }
        conf
    }
}

/// A text with its [`Origin`].
#[derive(Clone)]
pub struct Value {
    text: Text,
    origin: Origin,
    secret: bool,
}

/// Most values are what the file says, letter by letter; those need no memory of their own.
#[derive(Clone)]
enum Text {
    AsWritten,
    Own(Arc<str>),
}

impl Value {
    /// What is shown in the place of a secret.
    pub const MASK: &str = "********";

    pub(crate) fn new(text: impl Into<Arc<str>>, origin: Origin) -> Value {
        Value { text: Text::Own(text.into()), origin, secret: false }
    }

    /// A value whose text is just what stands at its place.
    pub(crate) fn as_written(origin: Origin) -> Value {
        Value { text: Text::AsWritten, origin, secret: false }
    }

    /// Marks it as holding text that came from the environment or a secret file.
    pub(crate) fn secret(mut self, secret: bool) -> Value {
        self.secret = secret;
        self
    }

    /// The text, interpolated.
    pub fn text(&self) -> &str {
        match &self.text {
            Text::Own(text) => text,
            Text::AsWritten => self.origin.written_text(),
        }
    }

    /// The text as it may be shown: [`Value::MASK`] when it holds something from the environment or
    /// a secret file.
    pub fn shown(&self) -> &str {
        if self.secret { Value::MASK } else { self.text() }
    }

    /// Whether it holds something from the environment or a secret file.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// Where it came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same value, known to have come by another rule.
    pub(crate) fn with_rule(self, rule: Rule) -> Value {
        Value { origin: self.origin.with_rule(rule), ..self }
    }

    /// The same text, known to have come from elsewhere.
    pub(crate) fn by(&self, origin: Origin) -> Value {
        Value::new(self.text(), origin).secret(self.secret)
    }
}

/// A value that a caller gives.
impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::new(text, Origin::caller())
    }
}

/// A value that a caller gives.
impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::new(text, Origin::caller())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.shown(), self.origin)
    }
}

/// By which rule a value came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An option of the section itself, or of one that `use`s it.
    Own,
    /// An option of `[DEFAULT]`.
    Default,
    /// A `set NAME` option.
    Set,
    /// A `get NAME` option.
    Get,
    /// The caller's `global_conf`: the command line, usually.
    Caller,
    /// `here` and `__file__`, which the loader provides.
    Loader,
}

impl Rule {
    /// The rule in a word or two.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Own => "own option",
            Rule::Default => "[DEFAULT]",
            Rule::Set => "set",
            Rule::Get => "get",
            Rule::Caller => "caller",
            Rule::Loader => "loader",
        }
    }
}

/// Where a value came from: the rule, and what was written where.
#[derive(Clone)]
pub struct Origin {
    rule: Rule,
    section: Option<Arc<str>>,
    written: Option<Written>,
}

/// An option as it stands in a file.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) source: Arc<Source>,
    pub(crate) key: (u32, u32),
    pub(crate) value: (u32, u32),
}

impl Origin {
    pub(crate) fn caller() -> Origin {
        Origin { rule: Rule::Caller, section: None, written: None }
    }

    pub(crate) fn loader() -> Origin {
        Origin { rule: Rule::Loader, section: None, written: None }
    }

    pub(crate) fn written(rule: Rule, section: &Arc<str>, written: Written) -> Origin {
        Origin { rule, section: Some(Arc::clone(section)), written: Some(written) }
    }

    pub(crate) fn with_rule(&self, rule: Rule) -> Origin {
        Origin { rule, ..self.clone() }
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The section it is written in, as between the brackets. Differs from the section that is
    /// loaded when the value came along a `use` chain.
    pub fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    fn written_text(&self) -> &str {
        let written = self.written.as_ref();
        let text = written.and_then(|Written { source, value: (start, end), .. }| {
            source.text().get(*start as usize..*end as usize)
        });
        text.unwrap_or_default()
    }

    /// Where the option's name is written; `None` for values no file says.
    pub fn key_place(&self) -> Option<Place> {
        self.written.as_ref().map(|written| place(&written.source, written.key))
    }

    /// Where the option's value is written; `None` for values no file says.
    pub fn value_place(&self) -> Option<Place> {
        self.written.as_ref().map(|written| place(&written.source, written.value))
    }
}

fn place(source: &Arc<Source>, (start, end): (u32, u32)) -> Place {
    let span: Range<usize> = start as usize..end as usize;
    Place::new(source, span)
}

/// `api-paste.ini:3:8, set`
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value_place() {
            Some(place) => write!(f, "{place}, {}", self.rule.as_str()),
            None => f.write_str(self.rule.as_str()),
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}
