//! Settings: an ordered map from names to values.

use std::fmt;
use std::sync::Arc;

use super::value::Value;
use crate::table::{Named, Table};

/// An ordered map from names to [`Value`]s: a `local_conf` or a `global_conf`.
#[derive(Clone, Default)]
pub struct Conf(Table<Setting>);

/// A value with its name, which is mostly told by the place it is written at.
#[derive(Clone)]
struct Setting {
    name: Option<Arc<str>>,
    value: Value,
}

impl Named for Setting {
    fn name(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None => self.value.origin().name(),
        }
    }

    fn is(&self, name: &str) -> bool {
        match &self.name {
            Some(own) => **own == *name,
            None => self.value.origin().is_of(name),
        }
    }
}

impl Conf {
    pub(crate) fn with_capacity(capacity: usize) -> Conf {
        Conf(Table::with_capacity(capacity))
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).map(|setting| &setting.value)
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
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|setting| (setting.name(), &setting.value))
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
    pub fn insert(&mut self, name: &str, value: Value) {
        let told = value.origin().name() == name;
        self.0.insert(Setting { name: (!told).then(|| name.into()), value });
    }

    /// Adds a value that is written in a file under `name`; there is none of that name yet.
    pub(super) fn push_written(&mut self, name: &str, value: Value) {
        self.0.push(name, Setting { name: None, value });
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.0.position(name)
    }

    /// Takes out what is at a position.
    pub(super) fn remove_at(&mut self, at: usize) -> Value {
        self.0.remove_at(at).value
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).map(|setting| setting.value)
    }

    /// Python's `dict.update`.
    pub(crate) fn update(&mut self, other: &Conf) {
        for setting in other.0.iter() {
            self.0.insert(setting.clone());
        }
    }

    /// The same, but what has the same text already keeps its history.
    pub(crate) fn update_differing(&mut self, other: &Conf) {
        for setting in other.0.iter() {
            if self.text(setting.name()) != Some(setting.value.text()) {
                self.0.insert(setting.clone());
            }
        }
    }

    /// The same, for settings that are copied when they differ, and not before.
    pub(crate) fn update_shared(this: &mut Arc<Conf>, other: &Conf) {
        for setting in other.0.iter() {
            if this.text(setting.name()) != Some(setting.value.text()) {
                Arc::make_mut(this).0.insert(setting.clone());
            }
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

impl<N: AsRef<str>, V: Into<Value>> FromIterator<(N, V)> for Conf {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Conf {
        let mut conf = Conf::default();
        for (name, value) in pairs {
            conf.insert(name.as_ref(), value.into());
        }
        conf
    }
}
