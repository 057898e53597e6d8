//! Names of factories, as files write them.

use std::fmt;

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
    /// Reads the value of a `paste.*_factory` option: Python's entry point syntax, `module:attr
    /// [extras]` with space around the parts, extras ignored. `None` when it is no such thing.
    pub fn entry_point(text: &'a str) -> Option<Reference<'a>> {
        let text = text.trim();
        let object = match text.strip_suffix(']') {
            Some(rest) => rest.split_once('[')?.0.trim_end(),
            None => text,
        };
        let (module, attr) = match object.split_once(':') {
            Some((module, attr)) => (module.trim_end(), attr.trim_start()),
            None => (object, ""),
        };
        let is_path = |path: &str| path.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c));
        let bare = attr.is_empty() && object.contains(':');
        let fits = !module.is_empty() && is_path(module) && is_path(attr) && !bare;
        fits.then_some(Reference::Object { module, attr })
    }

    /// Reads `egg:PACKAGE#NAME` or `module:attr`, the form in which factories are registered.
    pub(super) fn registered(text: &'a str) -> Option<Reference<'a>> {
        let (scheme, rest) = text.split_once(':')?;
        if !scheme.eq_ignore_ascii_case("egg") {
            return Reference::entry_point(text);
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

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn entry_points_as_python_reads_them() {
        let object = |module, attr| Some(Reference::Object { module, attr });
        assert_eq!(Reference::entry_point("a.b:C.d"), object("a.b", "C.d"));
        assert_eq!(Reference::entry_point(" a.b : c [x, y] "), object("a.b", "c"));
        assert_eq!(Reference::entry_point("a.b"), object("a.b", ""));
        for wrong in ["", ":", "a:", ":b", "a b:c", "a:b:c", "a:b]", "[x]", "a/b:c"] {
            assert_eq!(Reference::entry_point(wrong), None, "{wrong}");
        }
    }
}
