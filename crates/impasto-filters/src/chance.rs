//! What happens to some requests, and not to others.

use crate::unique;

/// How likely something is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Chance {
    Never,
    /// When a random number is below this one.
    Below(u64),
    Always,
}

impl Chance {
    /// A percentage, from 0 to 100.
    pub(crate) fn of(percentage: f64) -> Chance {
        match percentage {
            ..=0.0 => Chance::Never,
            100.0.. => Chance::Always,
            _ => Chance::Below((percentage / 100.0 * 2.0_f64.powi(64)) as u64),
        }
    }

    /// Whether it happens this time.
    pub(crate) fn strikes(self) -> bool {
        match self {
            Chance::Never => false,
            Chance::Below(bound) => unique::number() < bound,
            Chance::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_likely_happens_often() {
        for (percentage, least, most) in
            [(0.0, 0, 0), (0.001, 0, 20), (25.0, 2_200, 2_800), (100.0, 10_000, 10_000)]
        {
            let chance = Chance::of(percentage);
            let times = (0..10_000).filter(|_| chance.strikes()).count();
            assert!((least..=most).contains(&times), "{percentage} % of 10,000 were {times}");
        }
    }
}
