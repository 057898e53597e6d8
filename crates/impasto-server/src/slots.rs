//! How many requests are worked on at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

/// So many may enter; others wait for one to leave, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Semaphore,
    most: Mutex<usize>,
    /// Places that are still taken and no longer there.
    owed: AtomicUsize,
}

impl Slots {
    /// 0 is no limit.
    pub(crate) fn new(most: usize) -> Slots {
        let most = limit(most);
        Slots { free: Semaphore::new(most), most: Mutex::new(most), owed: AtomicUsize::new(0) }
    }

    /// So many from now on. Who is in stays.
    pub(crate) fn set(&self, most: usize) {
        let most = limit(most);
        let mut before = self.most.lock().unwrap_or_else(PoisonError::into_inner);
        if most < *before {
            let gone = *before - most;
            let forgotten = self.free.forget_permits(gone);
            self.owed.fetch_add(gone - forgotten, Ordering::AcqRel);
        }
        if most > *before {
            let more = most - *before;
            let owed = self.owed.fetch_update(Ordering::AcqRel, Ordering::Acquire, |owed| {
                Some(owed.saturating_sub(more))
            });
            self.free.add_permits(more - owed.unwrap_or_default().min(more));
        }
        *before = most;
    }

    /// Enters, if nobody has to wait.
    pub(crate) fn try_enter(&self) -> bool {
        self.free.try_acquire().map(|permit| permit.forget()).is_ok()
    }

    /// Waits for a place.
    pub(crate) async fn enter(&self) {
        // It is never closed.
        if let Ok(permit) = self.free.acquire().await {
            permit.forget();
        }
    }

    /// Gives a place back.
    pub(crate) fn leave(&self) {
        if !self.is_owed() {
            self.free.add_permits(1);
        }
    }

    /// Takes one off what is owed, if there is any.
    fn is_owed(&self) -> bool {
        self.owed.load(Ordering::Acquire) > 0
            && self
                .owed
                .fetch_update(Ordering::AcqRel, Ordering::Acquire, |owed| owed.checked_sub(1))
                .is_ok()
    }
}

fn limit(most: usize) -> usize {
    match most {
        0 => Semaphore::MAX_PERMITS,
        most => most.min(Semaphore::MAX_PERMITS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_late_waits() {
        let slots = std::sync::Arc::new(Slots::new(2));
        assert!(slots.try_enter() && slots.try_enter() && !slots.try_enter());
        let waiting = tokio::spawn({
            let slots = std::sync::Arc::clone(&slots);
            async move { slots.enter().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        slots.leave();
        assert!(!slots.try_enter(), "it is the next one's");
        waiting.await.unwrap();
    }

    #[test]
    fn the_limit_can_change_while_places_are_taken() {
        let slots = Slots::new(3);
        assert!(slots.try_enter() && slots.try_enter());
        slots.set(1);
        assert!(!slots.try_enter());
        slots.leave();
        assert!(!slots.try_enter(), "one is taken, and there is one");
        slots.leave();
        assert!(slots.try_enter() && !slots.try_enter());
        slots.set(0);
        assert!((0..5000).all(|_| slots.try_enter()));
        slots.set(1);
        (0..5001).for_each(|_| slots.leave());
        assert!(slots.try_enter() && !slots.try_enter());
    }
}
