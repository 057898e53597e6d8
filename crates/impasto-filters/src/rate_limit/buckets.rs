//! The buckets of all clients, in bounded memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bucket::{Quota, Standing};

/// So many threads can look into a bucket at once, at best.
const SHARDS: usize = 16;

pub(super) struct Buckets {
    shards: Vec<Mutex<HashMap<u64, u64>>>,
    /// How many buckets each shard holds at most.
    most: usize,
}

impl Buckets {
    pub(super) fn new(most: usize) -> Buckets {
        // A few clients are not to be forgotten for being in the same shard.
        let shards = if most < SHARDS * 64 { 1 } else { SHARDS };
        Buckets {
            shards: (0..shards).map(|_| Mutex::default()).collect(),
            most: most.div_ceil(shards),
        }
    }

    /// Takes a request out of the bucket of `key`, at `now`.
    pub(super) fn take(&self, key: u64, now: u64, quota: &Quota) -> Standing {
        let index = usize::try_from(key % self.shards.len() as u64).unwrap_or_default();
        let mut shard = locked(&self.shards[index]);
        if shard.len() >= self.most && !shard.contains_key(&key) {
            self.forget(&mut shard, now);
        }
        match shard.entry(key) {
            Entry::Occupied(mut bucket) => quota.take(bucket.get_mut(), now),
            Entry::Vacant(place) => quota.take(place.insert(0), now),
        }
    }

    /// Forgets the buckets that are full, and if that makes no room, an eighth of the others: those that
    /// will be full the soonest. So it is done once in a while and not for each request.
    #[cold]
    fn forget(&self, shard: &mut HashMap<u64, u64>, now: u64) {
        shard.retain(|_, full_at| *full_at > now);
        if shard.len() < self.most {
            return;
        }
        let mut times: Vec<_> = shard.values().copied().collect();
        let (_, latest, _) = times.select_nth_unstable(self.most / 8);
        let (latest, mut room) = (*latest, self.most / 8 + 1);
        shard.retain(|_, full_at| {
            let goes = *full_at <= latest && room > 0;
            room -= usize::from(goes);
            !goes
        });
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn quota(burst: u32) -> Quota {
        Quota::new(1, Duration::from_secs(1), burst).unwrap()
    }

    fn count(buckets: &Buckets) -> usize {
        buckets.shards.iter().map(|shard| locked(shard).len()).sum()
    }

    #[test]
    fn whatever_threads_do_exactly_as_many_pass_as_may() {
        let (buckets, passed) = (Buckets::new(100_000), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for key in (0..10).cycle().take(2_000) {
                        let standing = buckets.take(key, 0, &quota(100));
                        passed.fetch_add(
                            usize::from(standing.refused_for.is_none()),
                            Ordering::Relaxed,
                        );
                    }
                });
            }
        });
        assert_eq!(passed.into_inner(), 10 * 100);
    }

    #[test]
    fn memory_is_bounded_and_the_worst_are_remembered() {
        for most in [1, 10, 5_000] {
            let buckets = Buckets::new(most);
            let quota = quota(10);
            for key in 0..20_000 {
                // The first client asks all the while.
                buckets.take(0, 0, &quota);
                buckets.take(key, 0, &quota);
                assert!(most < 1_000 || key % 1_000 > 0 || count(&buckets) <= most + SHARDS);
            }
            assert!(count(&buckets) <= most + SHARDS);
            assert!(most == 1 || buckets.take(0, 0, &quota).refused_for.is_some(), "{most}");
        }
    }

    #[test]
    fn buckets_that_are_full_make_room_first() {
        let buckets = Buckets::new(2);
        buckets.take(1, 0, &quota(1));
        buckets.take(2, 1_500_000_000, &quota(1));
        buckets.take(3, 1_500_000_000, &quota(1));
        assert!(buckets.take(2, 1_500_000_000, &quota(1)).refused_for.is_some());
        assert_eq!(count(&buckets), 2);
    }
}
