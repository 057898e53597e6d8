//! How many connections each worker of a service has, for all of them to see.
//!
//! All workers hear of a new connection, and the one that is awake already takes it: so that one would soon have
//! most of them. Who has clearly more than another therefore lets that one go first, for a moment.
//!
//! The counts are in memory of the system that workers read and write as a file: to map it would need `unsafe`.
//! That costs two calls of the system for each connection.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};

/// How many workers can be told apart; others take what comes.
pub(crate) const SEATS: usize = 256;

/// Whoever has so many more than another lets that one go first, or an eighth more where that is more: between
/// fewer it does not matter who has them, and counts of short connections change all the time.
const CLEARLY: u32 = 4;

/// How long the others have, in case that they are as busy.
const MOMENT: Duration = Duration::from_millis(1);

/// How many connections are then accepted without another look.
const BATCH: usize = 16;

/// Where no worker counts.
const NOBODY: u32 = u32::MAX;

const SIZE: usize = size_of::<u32>();

/// The counts of all workers of a service; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Tally(Arc<File>);

impl Tally {
    pub(crate) fn new() -> io::Result<Tally> {
        let tally = Tally(Arc::new(memfd_create("impasto-tally", MemfdFlags::CLOEXEC)?.into()));
        tally.0.write_all_at(&[0xff; SEATS * SIZE], 0)?;
        Ok(tally)
    }

    /// Nobody counts there any more.
    pub(crate) fn vacate(&self, seat: usize) {
        self.write(seat, NOBODY);
    }

    fn write(&self, seat: usize, count: u32) {
        // Without the counts all go on as if there were none.
        let _ = self.0.write_all_at(&count.to_ne_bytes(), (seat * SIZE) as u64);
    }

    /// The least that any other has.
    fn least_beside(&self, seat: usize) -> Option<u32> {
        let mut counts = [0xff; SEATS * SIZE];
        self.0.read_exact_at(&mut counts, 0).ok()?;
        let counts = counts.as_chunks().0.iter().enumerate();
        let others = counts.filter(|(other, _)| *other != seat);
        others.map(|(_, count)| u32::from_ne_bytes(*count)).min()
    }
}

impl From<OwnedFd> for Tally {
    fn from(memory: OwnedFd) -> Tally {
        Tally(Arc::new(memory.into()))
    }
}

impl AsFd for Tally {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A worker's place among the others.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    tally: Tally,
    number: usize,
    /// How many connections are accepted before it looks at the others again.
    free: usize,
}

impl Seat {
    /// One of the first [`SEATS`].
    pub(crate) fn new(tally: Tally, number: usize) -> Seat {
        Seat { tally, number, free: 0 }
    }

    /// Lets others know how many connections this worker has.
    pub(crate) fn note(&self, count: usize) {
        self.tally.write(self.number, u32::try_from(count).unwrap_or(NOBODY - 1));
    }

    /// Lets others go first, for a moment, if this worker has clearly more than one of them.
    pub(crate) async fn after_others(&mut self, count: usize) {
        self.free = match self.free {
            0 if self.has_most(count) => {
                tokio::time::sleep(MOMENT).await;
                BATCH
            }
            free => free.saturating_sub(1),
        };
    }

    /// Nobody is left in the queue: others take their turns.
    pub(crate) fn look_again(&mut self) {
        self.free = 0;
    }

    /// Nobody is to wait for this worker any more.
    pub(crate) fn leave(&self) {
        self.tally.vacate(self.number);
    }

    fn has_most(&self, count: usize) -> bool {
        self.note(count);
        let least = self.tally.least_beside(self.number);
        least.is_some_and(|least| count > least.saturating_add(CLEARLY.max(least / 8)) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_clearly_more_than_another_goes_last() {
        let tally = Tally::new().unwrap();
        let [one, other] = [3, SEATS - 1].map(|number| Seat::new(tally.clone(), number));
        assert!(!one.has_most(1000), "it is alone");
        other.note(0);
        assert!(!one.has_most(4) && one.has_most(5));
        other.note(80);
        assert!(!one.has_most(90) && one.has_most(91));
        other.leave();
        assert!(!one.has_most(91));
        tally.vacate(3);
        assert!(!other.has_most(1), "nobody counts there");
    }

    #[tokio::test]
    async fn a_connection_that_nobody_takes_is_taken_after_a_moment_and_others_with_it() {
        let tally = Tally::new().unwrap();
        Seat::new(tally.clone(), 0).note(0);
        let mut seat = Seat::new(tally, 1);
        let mut waits = Vec::new();
        for count in 5..24 {
            let start = std::time::Instant::now();
            seat.after_others(count).await;
            waits.push(start.elapsed() >= MOMENT);
        }
        assert_eq!(waits.iter().filter(|waits| **waits).count(), 2, "{waits:?}");
        assert!(waits[0] && waits[BATCH + 1]);
        assert!(seat.free > 0);
        seat.look_again();
        assert_eq!(seat.free, 0);
    }
}
