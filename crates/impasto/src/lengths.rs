//! Which lengths the names of a set have.

/// A look-up for a name of a length that no name has needs no comparison. Most look-ups are such:
/// options that a section might have, and has not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lengths(u64);

impl Lengths {
    pub(crate) fn add(&mut self, name: &str) {
        self.0 |= Lengths::bit(name);
    }

    /// Whether there may be a name of this length.
    pub(crate) fn may_hold(self, name: &str) -> bool {
        self.0 & Lengths::bit(name) != 0
    }

    fn bit(name: &str) -> u64 {
        1 << name.len().min(63)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_share_a_bit() {
        let mut lengths = Lengths::default();
        lengths.add(&"a".repeat(70));
        assert!(lengths.may_hold(&"b".repeat(5000)) && !lengths.may_hold("a"));
    }
}
