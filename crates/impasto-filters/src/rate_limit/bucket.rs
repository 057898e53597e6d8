//! The generic cell rate algorithm (ITU-T I.371, annex A) with one number for each client.

use std::time::Duration;

/// What a client may do.
#[derive(Clone, Copy)]
pub(super) struct Quota {
    /// Nanoseconds in which one request is regained.
    interval: u64,
    /// Nanoseconds in which all of them are.
    tolerance: u64,
}

/// Where a client stands after a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    /// How many requests it may make at once.
    pub(super) left: u64,
    /// Nanoseconds until it may make as many as ever.
    pub(super) full_in: u64,
    /// Nanoseconds until the request would not be refused, if it is.
    pub(super) refused_for: Option<u64>,
}

/// A year: the sums below are then far from what 64 bits hold.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Quota {
    /// `requests` in each `per`, and `burst` of them at once. `None` if that is no span of time.
    pub(super) fn new(requests: u32, per: Duration, burst: u32) -> Option<Quota> {
        let nanos = u64::try_from(per.min(LONGEST).as_nanos()).ok().filter(|_| per <= LONGEST)?;
        let interval = (nanos / u64::from(requests)).max(1);
        let tolerance = interval.saturating_mul(burst.into()).min(u64::MAX / 4);
        (nanos > 0).then_some(Quota { interval, tolerance })
    }

    /// Takes a request out of the bucket, if there is one. The bucket is the time at which it is full again.
    pub(super) fn take(&self, full_at: &mut u64, now: u64) -> Standing {
        let full_in = full_at.saturating_sub(now);
        let would_be = full_in + self.interval;
        let missing = would_be.saturating_sub(self.tolerance);
        let (full_in, refused_for) = match missing {
            0 => (would_be, None),
            wait => (full_in, Some(wait)),
        };
        *full_at = now.saturating_add(full_in);
        let left = self.tolerance.saturating_sub(full_in) / self.interval;
        Standing { left, full_in, refused_for }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_passes_and_is_regained_evenly() {
        let quota = Quota::new(2, Duration::from_secs(1), 4).unwrap();
        let mut bucket = 0;
        let mut now = 10 * SECOND;
        for left in [3, 2, 1, 0] {
            let standing = quota.take(&mut bucket, now);
            assert_eq!((standing.left, standing.refused_for), (left, None));
        }
        let refused = quota.take(&mut bucket, now);
        assert_eq!(
            refused,
            Standing { left: 0, full_in: 2 * SECOND, refused_for: Some(SECOND / 2) }
        );
        now += SECOND / 2 - 1;
        assert_eq!(quota.take(&mut bucket, now).refused_for, Some(1));
        now += 1;
        assert_eq!(quota.take(&mut bucket, now).refused_for, None);
        assert!(quota.take(&mut bucket, now).refused_for.is_some());
        now += 100 * SECOND;
        assert_eq!(quota.take(&mut bucket, now).left, 3);
    }

    #[test]
    fn over_any_time_no_more_pass_than_are_allowed() {
        let quota = Quota::new(7, Duration::from_secs(1), 3).unwrap();
        let mut bucket = 0;
        let steps = 0..100_000u64;
        let passed = steps
            .filter(|step| quota.take(&mut bucket, step * SECOND / 1000).refused_for.is_none());
        // A hundred seconds of seven, and the burst.
        assert!((702..=703).contains(&passed.count()));
    }

    #[test]
    fn no_quota_overflows() {
        assert!(Quota::new(1, Duration::ZERO, 1).is_none());
        assert!(Quota::new(1, LONGEST + Duration::from_secs(1), 1).is_none());
        for (requests, burst) in [(1, u32::MAX), (u32::MAX, u32::MAX), (u32::MAX, 1)] {
            for per in [Duration::from_nanos(1), LONGEST] {
                let quota = Quota::new(requests, per, burst).unwrap();
                for now in [0, u64::MAX / 2, u64::MAX] {
                    quota.take(&mut now.clone(), now);
                }
            }
        }
    }
}
