//! Whose turn it is.

use std::sync::atomic::{AtomicU64, Ordering};

/// Gives out turns by weight: in each round of as many turns as the sum of the weights, everybody has
/// as many as its weight, evenly mixed.
pub(super) struct Turns {
    /// Where in a round the turns of each end.
    ends: Vec<u64>,
    /// How far apart in a round one turn and the next are. It has no divisor in common with the length of
    /// a round, so that all of it is passed; and it is near the golden section of it, so that what
    /// comes together lies apart.
    step: u64,
    given: AtomicU64,
}

/// The longest round.
const LONGEST: u64 = 1_000_000;

impl Turns {
    /// `None` unless the sum of the weights is from 1 to a million.
    pub(super) fn new(weights: &[u32]) -> Option<Turns> {
        let mut sum = 0;
        let ends: Vec<u64> = weights
            .iter()
            .map(|weight| {
                sum += u64::from(*weight);
                sum
            })
            .collect();
        if !(1..=LONGEST).contains(&sum) {
            return None;
        }
        let golden = (sum * 618 / 1000).max(1);
        let step = (golden..).find(|step| common_divisor(*step, sum) == 1)?;
        Some(Turns { ends, step, given: AtomicU64::new(0) })
    }

    /// The next one, by its place among the weights.
    pub(super) fn next(&self) -> usize {
        let round = self.ends.last().copied().unwrap_or(1);
        let turn = self.given.fetch_add(1, Ordering::Relaxed) % round;
        let place = turn * self.step % round;
        self.ends.partition_point(|end| *end <= place)
    }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_exact() {
        for weights in [&[1][..], &[1, 1], &[95, 5], &[0, 3, 0], &[7, 11, 13], &[1, 999_999]] {
            let turns = Turns::new(weights).unwrap();
            for _ in 0..2 {
                let mut counts = vec![0; weights.len()];
                for _ in 0..weights.iter().sum() {
                    counts[turns.next()] += 1;
                }
                assert_eq!(counts, weights);
            }
        }
    }

    #[test]
    fn turns_are_mixed() {
        let turns = Turns::new(&[90, 10]).unwrap();
        let all: Vec<usize> = (0..100).map(|_| turns.next()).collect();
        for part in all.chunks(20) {
            let few = part.iter().filter(|turn| **turn == 1).count();
            assert!((1..=3).contains(&few), "{all:?}");
        }
    }

    #[test]
    fn a_sum_that_cannot_be_is_refused() {
        assert!(Turns::new(&[]).is_none() && Turns::new(&[0, 0]).is_none());
        assert!(Turns::new(&[u32::MAX; 4]).is_none());
    }
}
