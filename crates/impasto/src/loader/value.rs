//! A setting's text with its history.

use std::fmt;
use std::sync::Arc;

use super::origin::Origin;
use crate::settings::truth;

/// A text with its [`Origin`].
#[derive(Clone)]
pub struct Value {
    /// None where the text is the option's raw value: most are, and need no memory of their own.
    text: Option<Arc<str>>,
    origin: Origin,
}

impl Value {
    /// What is shown in the place of a secret.
    pub const MASK: &str = "********";

    pub(crate) fn new(text: impl Into<Arc<str>>, origin: Origin) -> Value {
        Value { text: Some(text.into()), origin }
    }

    /// A value whose text is the raw value of the option it is written as.
    pub(crate) fn as_written(origin: Origin) -> Value {
        Value { text: None, origin }
    }

    /// Marks it as one that could not be interpolated; its text is what the option says.
    pub(crate) fn broken(mut self) -> Value {
        self.origin.broken = true;
        self
    }

    /// Whether it could not be interpolated: then it is in no tree that is handed out.
    pub(crate) fn is_broken(&self) -> bool {
        self.origin.broken
    }

    /// Whether the text is what the option says, without interpolation.
    pub(crate) fn is_as_written(&self) -> bool {
        self.text.is_none()
    }

    /// Marks it as holding text that came from the environment or a secret file.
    pub(crate) fn secret(mut self, secret: bool) -> Value {
        self.origin.secret = secret;
        self
    }

    /// The text, interpolated.
    pub fn text(&self) -> &str {
        match &self.text {
            Some(text) => text,
            None => self.origin.raw(),
        }
    }

    /// What a setting reads that is a boolean; `None` where the text is none.
    pub fn truth(&self) -> Option<bool> {
        truth(self.text())
    }

    /// The text as it may be shown: [`Value::MASK`] when it holds something from the environment or
    /// a secret file.
    pub fn shown(&self) -> &str {
        if self.is_secret() { Value::MASK } else { self.text() }
    }

    /// Whether it holds something from the environment or a secret file.
    pub fn is_secret(&self) -> bool {
        self.origin.secret
    }

    /// Where it came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same value, known to have come by another rule.
    pub(crate) fn with_rule(self, rule: super::Rule) -> Value {
        Value { origin: self.origin.with_rule(rule), ..self }
    }

    /// The same text, known to have come from elsewhere.
    pub(crate) fn by(&self, origin: Origin) -> Value {
        Value::new(self.text(), origin).secret(self.is_secret())
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
