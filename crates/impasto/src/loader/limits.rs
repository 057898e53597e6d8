//! How far a load may go: a few lines can ask for two to the power of their number.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::trail::{self, MAX_DEPTH, Trail};
use super::visit::Visit;
use crate::problem::{Code, Problem};
use crate::registry::Group;

/// References that are nested less deep do not count: there may be as many as the file has words.
const SHALLOW: u32 = 8;

/// How often sections may be come upon again, deep down, while one name is resolved. A file of any
/// size is far below it, for it names each of its sections a few times.
const REPETITIONS: usize = 1 << 14;

/// How many parts the composites below one name may load deep down.
const PARTS: u32 = 1 << 13;

/// The same for all the names of a file that are looked up one after the other.
const ALL_PARTS: u32 = 1 << 18;

/// What a load has used of what it may.
#[derive(Default)]
pub(crate) struct Limits {
    parts: AtomicU32,
    /// Those of the names that were looked up before.
    parts_before: AtomicU32,
    excesses: AtomicU32,
    deep: Mutex<HashSet<Deep>>,
}

/// A section of which it is known that it leads too deep: the address of its file, and where it is in it.
type Deep = (usize, u32, Group);

impl Limits {
    /// A chain went on to its limit. What stands in its first half leads too deep for PasteDeploy, too, and
    /// need not be followed again: a file may have 100,000 such sections, each of which somebody looks up.
    pub(crate) fn note_deep(&self, trail: Option<&Trail>) {
        let upper = trail.into_iter().flat_map(Trail::steps).skip(MAX_DEPTH as usize / 2);
        let mut deep = self.deep.lock().unwrap_or_else(PoisonError::into_inner);
        deep.extend(upper.map(|step| address(&step.visit)));
    }

    /// Whether a name that somebody looks up is the begin of such a chain.
    pub(crate) fn is_deep(&self, visit: &Visit) -> bool {
        let deep = self.deep.lock().unwrap_or_else(PoisonError::into_inner);
        !deep.is_empty() && deep.contains(&address(visit))
    }

    /// How often one resolution may come upon sections again. Names that went beyond it make it less
    /// for the next: what multiplies does so under every name that leads there.
    pub(crate) fn repetitions(&self) -> usize {
        let excesses = self.excesses.load(Ordering::Relaxed);
        REPETITIONS >> (2 * excesses).min(10)
    }

    pub(crate) fn note_excess(&self) {
        self.excesses.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether what `trail` leads to counts.
    pub(crate) fn counts(trail: Option<&Trail>) -> bool {
        trail::depth(trail) > SHALLOW
    }

    /// Somebody looks up another name: what is below it counts anew, unless one went too far already.
    pub(crate) fn another_name(&self) {
        let parts = self.parts.load(Ordering::Relaxed);
        let before = self.parts_before.load(Ordering::Relaxed);
        if parts < PARTS && before < ALL_PARTS {
            self.parts_before.store(before + parts, Ordering::Relaxed);
            self.parts.store(0, Ordering::Relaxed);
        }
    }

    /// A composite is about to load a part.
    pub(crate) fn part(&self, trail: Option<&Trail>) -> Result<(), Problem> {
        // Where parts multiply once, those further up would only come to the same end.
        let exhausted = self.parts.load(Ordering::Relaxed) >= PARTS;
        let shallow = if exhausted { 2 } else { SHALLOW };
        if trail::depth(trail) <= shallow {
            return Ok(());
        }
        match self.parts.fetch_add(1, Ordering::Relaxed) {
            before if before < PARTS => Ok(()),
            _ => Err(too_many().cited_by(trail)),
        }
    }
}

fn address(visit: &Visit) -> Deep {
    let (file, at, group) = visit.visited();
    (file.addr(), at, group)
}

/// A name expands to more than anybody can mean.
pub(crate) fn too_many() -> Problem {
    Problem::error(Code::TooDeep, "references multiply what is here beyond what a file may ask for")
        .help(
            "a section that names another twice, which names another twice, doubles with each step",
        )
}
