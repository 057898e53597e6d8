//! Names of factories, as files write them.

use std::fmt;

use crate::loader::split_entry_point;

/// A name of a factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `egg:PACKAGE#NAME`. Case, and which of `-`, `_` and `.` is written, make no difference, as for
    /// Python's package names.
    Egg {
        /// The crate, or a name that a crate gave itself with [`egg!`](crate::egg).
        package: &'a str,
        /// The factory; `main` where a file leaves it out.
        name: &'a str,
    },
    /// `MODULE:ATTR`, as in `call:` and the `paste.*_factory` options: a foreign reference that a
    /// factory stands in for, exactly as it was registered; else a crate and one of its factories.
    Object {
        /// The Python module.
        module: &'a str,
        /// What is in it, dotted where it is deeper; empty for the module itself.
        attr: &'a str,
    },
}

impl<'a> Reference<'a> {
    /// Reads `egg:PACKAGE#NAME` or `module:attr`, the form in which factories are registered.
    pub(crate) fn registered(text: &'a str) -> Option<Reference<'a>> {
        let (scheme, rest) = text.split_once(':')?;
        if !scheme.eq_ignore_ascii_case("egg") {
            let (module, attr) = split_entry_point(text)?;
            return Some(Reference::Object { module, attr: attr.unwrap_or_default() });
        }
        let (package, name) = rest.split_once('#').unwrap_or((rest, "main"));
        let fits = !package.trim().is_empty() && !name.trim().is_empty();
        fits.then_some(Reference::Egg { package, name })
    }
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Egg { package, name } => write!(f, "egg:{package}#{name}"),
            Reference::Object { module, attr: "" } => f.write_str(module),
            Reference::Object { module, attr } => write!(f, "{module}:{attr}"),
        }
    }
}
