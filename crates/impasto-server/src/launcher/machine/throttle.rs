//! How soon a worker that died is replaced.

use std::time::{Duration, Instant};

/// Counts workers that died as they started.
///
/// nova allows a burst of one more than there are workers and then one fork a second. So does this, but
/// the pause doubles up to 30 s, and only workers count that died before they were ready or within a
/// second of it: any other is replaced at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Throttle {
    early: u32,
    last: Option<Instant>,
}

impl Throttle {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(30);
    /// Deaths this far apart have nothing to do with each other.
    const FORGET: Duration = Duration::from_secs(60);

    /// The pause before a worker is started in the place of one that died.
    pub(super) fn pause(&mut self, now: Instant, early: bool, workers: usize) -> Duration {
        let old =
            self.last.is_some_and(|last| now.saturating_duration_since(last) > Throttle::FORGET);
        if !early || old {
            self.early = 0;
        }
        if !early {
            return Duration::ZERO;
        }
        self.last = Some(now);
        self.early = self.early.saturating_add(1);
        let burst = u32::try_from(workers).unwrap_or(u32::MAX).saturating_add(1);
        match self.early.checked_sub(burst) {
            None | Some(0) => Duration::ZERO,
            Some(more) => (Throttle::FIRST * 2u32.pow((more - 1).min(5))).min(Throttle::LONGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(throttle: &mut Throttle, now: Instant, workers: usize) -> u64 {
        throttle.pause(now, true, workers).as_secs()
    }

    #[test]
    fn a_burst_then_a_second_then_twice_as_long() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let pauses: Vec<u64> = (0..10).map(|_| seconds(&mut throttle, now, 2)).collect();
        assert_eq!(pauses, [0, 0, 0, 1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_worker_that_lived_ends_the_count() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        (0..9).for_each(|_| _ = throttle.pause(now, true, 1));
        assert_eq!(throttle.pause(now, false, 1), Duration::ZERO);
        assert_eq!(seconds(&mut throttle, now, 1), 0);
    }

    #[test]
    fn so_does_a_quiet_minute() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        (0..5).for_each(|_| _ = throttle.pause(now, true, 1));
        assert_eq!(seconds(&mut throttle, now + Duration::from_secs(61), 1), 0);
    }
}
