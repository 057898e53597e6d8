//! What a load may spend, so that a few lines cannot ask for the lifetime of the universe.

use std::sync::atomic::{AtomicU64, Ordering};

/// What is left.
pub(crate) struct Budget {
    /// References of interpolation to follow.
    steps: AtomicU64,
    /// Bytes for interpolation to write.
    bytes: AtomicU64,
    /// Pairs of letters to compare, in search of the nearest name.
    letters: AtomicU64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            steps: AtomicU64::new(10_000_000),
            bytes: AtomicU64::new(256 << 20),
            letters: AtomicU64::new(16 << 20),
        }
    }
}

impl Budget {
    /// Whether one more reference may be followed, to so many bytes.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        take(&self.steps, 1) && take(&self.bytes, bytes as u64)
    }

    /// All the names among which to look for the one that is nearest to `wanted`. `None` when too many were looked
    /// through already: where thousands of names are wrong, a few suggestions tell why.
    pub(crate) fn names<'a>(
        &self,
        wanted: &str,
        all: impl FnOnce() -> Vec<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if self.letters.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let names = all();
        let letters: usize = names.iter().map(|name| name.len()).sum();
        take(&self.letters, letters.saturating_mul(wanted.len()) as u64);
        Some(names)
    }
}

/// Threads that load at once may overdraw it a little; it is there for what is far too much.
fn take(from: &AtomicU64, amount: u64) -> bool {
    let left = from.load(Ordering::Relaxed).checked_sub(amount);
    from.store(left.unwrap_or(0), Ordering::Relaxed);
    left.is_some()
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn names_are_looked_through_until_it_is_spent() {
        let known: Vec<String> = (0..1000).map(|at| format!("name-{at}")).collect();
        let budget = Budget::default();
        let names = || budget.names("name", || known.iter().map(String::as_str).collect());
        assert_eq!(names().map(|names| names.len()), Some(1000));
        let more = (0..10_000).take_while(|_| names().is_some()).count();
        assert!((100..9000).contains(&more), "{more}");
    }
}
