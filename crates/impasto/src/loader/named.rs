//! How a factory is named.

use std::fmt;

use super::reference::split_entry_point;
use super::tree::{Leaf, Node};
use super::value::Value;
use crate::registry::Reference;

/// How a factory is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactoryReference {
    /// `egg:PACKAGE#NAME`
    Egg {
        /// The package, as written.
        package: String,
        /// The name, `main` when the file has none.
        name: String,
    },
    /// `call:MODULE:ATTR`
    Call {
        /// `MODULE:ATTR`
        spec: String,
    },
    /// The value of a `paste.*_factory` option.
    Import {
        /// `MODULE:ATTR`, as written.
        value: String,
    },
}

/// The same, as a tree holds it.
pub(crate) enum Named {
    Egg { package: Box<str>, name: Box<str> },
    Call { spec: Box<str> },
    Import(Value),
}

/// `egg:PACKAGE#NAME`, `call:MODULE:ATTR` or `import:MODULE:ATTR`.
impl fmt::Display for FactoryReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactoryReference::Egg { package, name } => write!(f, "egg:{package}#{name}"),
            FactoryReference::Call { spec } => write!(f, "call:{spec}"),
            FactoryReference::Import { value } => write!(f, "import:{value}"),
        }
    }
}

impl Named {
    pub(crate) fn to_reference(&self) -> FactoryReference {
        match self {
            Named::Egg { package, name } => {
                FactoryReference::Egg { package: (&**package).into(), name: (&**name).into() }
            }
            Named::Call { spec } => FactoryReference::Call { spec: (&**spec).into() },
            Named::Import(value) => FactoryReference::Import { value: value.text().into() },
        }
    }

    pub(crate) fn to_registry(&self) -> Reference<'_> {
        let (module, attr) = match self {
            Named::Egg { package, name } => return Reference::Egg { package, name },
            Named::Call { spec } => spec.split_once(':').unwrap_or((spec, "")),
            Named::Import(value) => {
                let text = value.text();
                let (module, attr) = split_entry_point(text).unwrap_or((text, None));
                (module, attr.unwrap_or(""))
            }
        };
        Reference::Object { module, attr }
    }
}

impl Leaf {
    /// Its reference, masked when that came from the environment or a secret file.
    pub(crate) fn shown(&self) -> FactoryReference {
        if !self.is_secret() {
            return self.named.to_reference();
        }
        let mask = || Value::MASK.to_owned();
        match &self.named {
            Named::Egg { .. } => FactoryReference::Egg { package: mask(), name: mask() },
            Named::Call { .. } => FactoryReference::Call { spec: mask() },
            Named::Import(_) => FactoryReference::Import { value: mask() },
        }
    }
}

impl Node {
    /// The reference of the factory `leaf` as a person finds it in the file.
    pub(crate) fn written(&self, leaf: &Leaf) -> String {
        let cited = self.cited();
        let written = cited.as_ref().map(|cited| cited.written()).unwrap_or_default();
        match &leaf.named {
            _ if !written.is_empty() && !written.contains('%') => written.to_owned(),
            Named::Import(value) => value.text().to_owned(),
            other => other.to_reference().to_string(),
        }
    }

    /// Where the look-ups of the factory `leaf` go: `config:/path/to/file`; or `egg:PACKAGE` or
    /// `call:MODULE:ATTR`, where only URIs lead anywhere, when no section uses it.
    pub(crate) fn loader(&self, leaf: &Leaf) -> String {
        match (self.frame(), leaf.shown()) {
            (Some(frame), _) => format!("config:{}", frame.file.path),
            (None, FactoryReference::Egg { package, .. }) => format!("egg:{package}"),
            (None, FactoryReference::Call { spec: text }) => format!("call:{text}"),
            (None, FactoryReference::Import { value: text }) => format!("import:{text}"),
        }
    }
}
