//! Every reference there is, and what it means.

use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};
use smallvec::SmallVec;

use super::{Factory, Group, Reference};

/// A map from references to factories in which looking up allocates nothing.
#[derive(Default)]
pub(super) struct Index(IndexMap<Key, &'static Factory, RandomState>);

impl Index {
    /// Gives `reference` a meaning, unless it has one: then that is returned.
    pub(super) fn claim(
        &mut self,
        group: Group,
        reference: &Reference<'_>,
        factory: &'static Factory,
    ) -> Option<&'static Factory> {
        if let Some(first) = self.0.get(&Query(group, *reference)) {
            return Some(first);
        }
        self.0.insert(Key::new(group, reference), factory);
        None
    }

    pub(super) fn get(&self, group: Group, reference: &Reference<'_>) -> Option<&'static Factory> {
        self.0.get(&Query(group, *reference)).copied()
    }

    /// Every `egg:` reference of a group as package and name, as they were registered.
    pub(super) fn eggs(&self, group: Group) -> impl Iterator<Item = (&str, &str)> {
        self.of(group).filter_map(|reference| match reference {
            Reference::Egg { package, name } => Some((package, name)),
            Reference::Object { .. } => None,
        })
    }

    /// Every reference of a group, as they were registered.
    pub(super) fn of(&self, group: Group) -> impl Iterator<Item = Reference<'_>> {
        self.0.keys().filter(move |key| key.group == group).map(Key::reference)
    }
}

/// A reference that lives as long as the index.
struct Key {
    group: Group,
    is_egg: bool,
    outer: Box<str>,
    inner: Box<str>,
}

impl Key {
    fn new(group: Group, reference: &Reference<'_>) -> Key {
        let (is_egg, outer, inner) = match *reference {
            Reference::Egg { package, name } => (true, package, name),
            Reference::Object { module, attr } => (false, module, attr),
        };
        Key { group, is_egg, outer: outer.into(), inner: inner.into() }
    }

    fn reference(&self) -> Reference<'_> {
        match self.is_egg {
            true => Reference::Egg { package: &self.outer, name: &self.inner },
            false => Reference::Object { module: &self.outer, attr: &self.inner },
        }
    }

    fn query(&self) -> Query<'_> {
        Query(self.group, self.reference())
    }
}

/// A reference as it is compared: eggs folded, objects exactly.
struct Query<'a>(Group, Reference<'a>);

impl Hash for Query<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
        match self.1 {
            Reference::Egg { package, name } => {
                let bytes = folded(package).chain([b'#']).chain(folded(name));
                state.write(&bytes.collect::<SmallVec<[u8; 64]>>());
            }
            Reference::Object { module, attr } => (module, attr).hash(state),
        }
    }
}

impl PartialEq for Query<'_> {
    fn eq(&self, other: &Query<'_>) -> bool {
        self.0 == other.0 && self.1.means(&other.1)
    }
}

impl Reference<'_> {
    /// Whether both are the same to whoever looks them up.
    pub(crate) fn means(&self, other: &Reference<'_>) -> bool {
        match (self, other) {
            (
                Reference::Egg { package, name },
                Reference::Egg { package: other_package, name: other_name },
            ) => same_name(package, other_package) && same_name(name, other_name),
            (one, other) => one == other,
        }
    }
}

impl Equivalent<Key> for Query<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.query()
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.query().hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.query() == other.query()
    }
}

impl Eq for Key {}

/// Whether two names of packages or factories are the same to Python's packaging.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    folded(one).eq(folded(other))
}

/// A name as PEP 503 compares it: lower case, a run of `-`, `_` and `.` as one.
fn folded(name: &str) -> impl Iterator<Item = u8> {
    let mut in_run = false;
    name.bytes().filter_map(move |byte| {
        let joins = matches!(byte, b'-' | b'_' | b'.');
        let repeats = joins && in_run;
        in_run = joins;
        match joins {
            _ if repeats => None,
            true => Some(b'_'),
            false => Some(byte.to_ascii_lowercase()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::same_name;

    #[test]
    fn names_fold_as_in_pep_503() {
        assert!(same_name("oslo.middleware", "Oslo_Middleware"));
        assert!(same_name("a-.-b", "a_b"));
        assert!(!same_name("ab", "a_b"));
        assert!(!same_name("a", "a_"));
    }
}
