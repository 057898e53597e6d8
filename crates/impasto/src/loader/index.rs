//! Which sections a name may mean.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use super::kind::prefixes;
use crate::ini::{Document, strip};
use crate::registry::Group;

/// The sections of a document by name.
pub(crate) struct Index {
    named: HashMap<Box<str>, Sections, RandomState>,
}

/// Prefixes, and where the section that has them is in the document.
type Sections = SmallVec<[(&'static str, u32); 1]>;

/// A declaration: a section of one of PasteDeploy's kinds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Declared<'a> {
    pub(crate) group: Group,
    pub(crate) prefix: &'static str,
    /// `None` for a bare prefix such as `[app]`.
    pub(crate) name: Option<&'a str>,
}

impl Index {
    pub(crate) fn new(document: &Document) -> Index {
        let mut named: HashMap<Box<str>, Sections, RandomState> = HashMap::default();
        named.reserve(document.sections().len());
        for (at, section) in document.sections().enumerate() {
            if let Some(Declared { prefix, name: Some(name), .. }) = declared(section.name()) {
                named.entry(name.into()).or_default().push((prefix, at as u32));
            }
        }
        Index { named }
    }

    /// PasteDeploy's `find_config_section`: in each set of spellings the first with a match counts.
    /// No name finds bare prefixes as well as `main`. The result holds positions in the document:
    /// none, the one, or several between which there is no choice.
    pub(crate) fn find(
        &self,
        document: &Document,
        group: Group,
        name: Option<&str>,
    ) -> SmallVec<[usize; 1]> {
        let mut found = SmallVec::new();
        let named = self.named.get(name.unwrap_or("main"));
        for spellings in prefixes(group) {
            for prefix in *spellings {
                let before = found.len();
                if name.is_none() {
                    found.extend(document.position(prefix));
                }
                let matches = named.into_iter().flatten().filter(|(known, _)| known == prefix);
                found.extend(matches.map(|&(_, at)| at as usize));
                if found.len() > before {
                    break;
                }
            }
        }
        found
    }

    /// The names a group has, for suggestions.
    pub(crate) fn names(&self, group: Group) -> Vec<&str> {
        let of_group = |prefix: &str| prefixes(group).iter().any(|set| set.contains(&prefix));
        let matches = self.named.iter().filter(|(_, at)| at.iter().any(|(p, _)| of_group(p)));
        let mut names: Vec<&str> = matches.map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names
    }
}

/// What a section declares, if it is one of PasteDeploy's kinds.
pub(crate) fn declared(section: &str) -> Option<Declared<'_>> {
    let (prefix, name) = match section.split_once(':') {
        Some((prefix, name)) => (prefix, Some(strip(name))),
        None => (section, None),
    };
    for group in [Group::App, Group::Filter, Group::Server] {
        let mut known = prefixes(group).iter().flat_map(|set| *set);
        if let Some(prefix) = known.find(|known| **known == prefix) {
            return Some(Declared { group, prefix, name });
        }
    }
    None
}
