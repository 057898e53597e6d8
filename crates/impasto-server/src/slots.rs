//! How many requests are worked on at once.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::sync::{Mutex, Notify};

/// So many may enter; others wait for one to leave, in the order in which they came.
///
/// While there is room it is a count and nothing else.
#[derive(Debug)]
pub(crate) struct Slots {
    most: AtomicUsize,
    taken: AtomicUsize,
    waiting: AtomicUsize,
    /// Whoever waits first has it, and alone looks for a place.
    turn: Mutex<()>,
    /// Tells that one that there may be a place.
    room: Notify,
}

impl Slots {
    /// 0 is no limit.
    pub(crate) fn new(most: usize) -> Slots {
        Slots {
            most: AtomicUsize::new(limit(most)),
            taken: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            turn: Mutex::new(()),
            room: Notify::new(),
        }
    }

    /// So many from now on. Who is in stays.
    pub(crate) fn set(&self, most: usize) {
        self.most.store(limit(most), SeqCst);
        self.room.notify_one();
    }

    /// Enters, if nobody has to wait.
    pub(crate) fn try_enter(&self) -> bool {
        self.waiting.load(SeqCst) == 0 && self.take()
    }

    /// Waits for a place.
    pub(crate) async fn enter(&self) {
        let _waiting = Waiting::begin(&self.waiting);
        let _turn = self.turn.lock().await;
        loop {
            let mut room = pin!(self.room.notified());
            // From here on, a place that becomes free is heard of.
            room.as_mut().enable();
            if self.take() {
                return;
            }
            room.await;
        }
    }

    /// Gives a place back.
    pub(crate) fn leave(&self) {
        self.taken.fetch_sub(1, SeqCst);
        if self.waiting.load(SeqCst) > 0 {
            self.room.notify_one();
        }
    }

    fn take(&self) -> bool {
        let most = self.most.load(SeqCst);
        let more = |taken| (taken < most).then_some(taken + 1);
        self.taken.fetch_update(SeqCst, SeqCst, more).is_ok()
    }
}

/// One who waits, or gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Waiting<'a> {
        count.fetch_add(1, SeqCst);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

fn limit(most: usize) -> usize {
    match most {
        0 => usize::MAX,
        most => most,
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

    #[tokio::test]
    async fn nobody_overtakes_and_who_gives_up_keeps_no_place() {
        let slots = std::sync::Arc::new(Slots::new(1));
        let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        assert!(slots.try_enter());
        let waiting: Vec<_> = (0..4)
            .map(|number| {
                let (slots, order) = (slots.clone(), order.clone());
                tokio::spawn(async move {
                    slots.enter().await;
                    order.lock().unwrap().push(number);
                    tokio::task::yield_now().await;
                    slots.leave();
                })
            })
            .collect();
        tokio::task::yield_now().await;
        // The first is told of the place and does not take it; one in the middle leaves the queue.
        slots.leave();
        waiting[0].abort();
        waiting[2].abort();
        for task in waiting {
            let _ = task.await;
        }
        assert_eq!(*order.lock().unwrap(), [1, 3]);
        assert!(slots.try_enter() && !slots.try_enter());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_place_is_lost_or_given_twice() {
        let slots = std::sync::Arc::new(Slots::new(3));
        let inside = std::sync::Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (slots, inside) = (slots.clone(), inside.clone());
                tokio::spawn(async move {
                    for _ in 0..500 {
                        if !slots.try_enter() {
                            slots.enter().await;
                        }
                        assert!(inside.fetch_add(1, SeqCst) < 3);
                        tokio::task::yield_now().await;
                        inside.fetch_sub(1, SeqCst);
                        slots.leave();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(slots.taken.load(SeqCst) + slots.waiting.load(SeqCst), 0);
    }
}
