//! Which sections a name may mean.

use std::sync::OnceLock;

use foldhash::HashMap;
use smallvec::SmallVec;

use super::kind::{kinds, prefixes};
use crate::ini::{Document, find, strip};
use crate::registry::Group;

/// What a look-up needs beside the names of the sections themselves: the few sections whose name is
/// not written in the plain way, `[app: x ]` for `[app:x]`.
pub(crate) struct Index {
    spaced: HashMap<Box<str>, Sections>,
    /// The sections of each group, by name: found when something is suggested for the first time.
    names: [OnceLock<Vec<u32>>; Group::ALL.len()],
}

/// Prefixes, and where the section that has them is in the document.
type Sections = SmallVec<[(&'static str, u32); 1]>;

/// What a header declares: a [`Declaration`](crate::Declaration) that owns nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Declared<'a> {
    /// As what it is looked up.
    pub group: Group,
    /// The kind: what stands before the colon, `pipeline` for one.
    pub prefix: &'static str,
    /// The name behind the colon, without the white space around it; `None` for a bare prefix such as `[app]`.
    pub name: Option<&'a str>,
}

impl<'a> Declared<'a> {
    /// What a section of this name declares, if it is of one of PasteDeploy's kinds.
    pub fn of(section: &'a str) -> Option<Declared<'a>> {
        declared(section)
    }
}

impl Index {
    pub(crate) fn new(document: &Document) -> Index {
        let mut spaced: HashMap<_, Sections> = HashMap::default();
        for (at, section) in document.sections().enumerate() {
            let name = section.name();
            if let Some(colon) = find(b':', name)
                && strip(&name[colon + 1..]).len() != name.len() - colon - 1
                && let Some(Declared { prefix, name: Some(name), .. }) = declared(name)
            {
                spaced.entry(name.into()).or_default().push((prefix, at as u32));
            }
        }
        Index { spaced, names: Default::default() }
    }

    /// PasteDeploy's `find_config_section`: in each set of spellings the first with a match counts.
    /// No name finds bare prefixes as well as `main`. The result holds positions in the document:
    /// none, the one, or several between which there is no choice.
    pub(crate) fn find(
        &self,
        document: &Document,
        group: Group,
        name: Option<&str>,
    ) -> SmallVec<[u32; 1]> {
        let mut found = SmallVec::new();
        let wanted = name.unwrap_or("main");
        let spaced = self.spaced.get(wanted);
        // A name with space at its ends is never what a section is called.
        let plain = strip(wanted).len() == wanted.len();
        for spellings in prefixes(group) {
            for prefix in *spellings {
                let before = found.len();
                if name.is_none() {
                    found.extend(document.section(prefix).map(|section| section.at()));
                }
                if let Some(at) = document.position(prefix, wanted).filter(|_| plain) {
                    found.push(at);
                }
                if let Some(spaced) = spaced {
                    let matches = spaced.iter().filter(|(known, _)| known == prefix);
                    found.extend(matches.map(|&(_, at)| at));
                }
                if found.len() > before {
                    break;
                }
            }
        }
        found
    }

    /// The names a group has in the document, for suggestions.
    pub(crate) fn names<'a>(&self, document: &'a Document, group: Group) -> Vec<&'a str> {
        let found = self.names[group as usize].get_or_init(|| {
            let named = document.sections().filter_map(|section| {
                let declared = declared(section.name()).filter(|it| it.group == group)?;
                Some((declared.name?, section.at()))
            });
            let mut named: Vec<(&str, u32)> = named.collect();
            named.sort_unstable();
            named.dedup_by_key(|(name, _)| *name);
            named.into_iter().map(|(_, at)| at).collect()
        });
        let names = found.iter().filter_map(|at| declared(document.section_at(*at).name())?.name);
        names.collect()
    }
}

/// What a section declares, if it is one of PasteDeploy's kinds.
pub(crate) fn declared(section: &str) -> Option<Declared<'_>> {
    let (prefix, name) = match section.split_once(':') {
        Some((prefix, name)) => (prefix, Some(strip(name))),
        None => (section, None),
    };
    let (prefix, group) = kinds().find(|(known, _)| *known == prefix)?;
    Some(Declared { group, prefix, name })
}
