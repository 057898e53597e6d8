//! The count of open connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts connections, and says when there are none, or not too many.
#[derive(Clone, Debug)]
pub(crate) struct Open(Arc<Count>);

#[derive(Debug)]
struct Count {
    open: AtomicUsize,
    most: AtomicUsize,
    none: Notify,
    /// Whether somebody waits for room.
    is_full: AtomicBool,
    room: Notify,
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Opened(Arc<Count>);

impl Open {
    /// There is to be room for `most`; 0 is no limit.
    pub(crate) fn new(most: usize) -> Open {
        let open = Open(Arc::new(Count {
            open: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            none: Notify::new(),
            is_full: AtomicBool::new(false),
            room: Notify::new(),
        }));
        open.set_most(most);
        open
    }

    /// From now on. Those that are open stay.
    pub(crate) fn set_most(&self, most: usize) {
        self.0.most.store(if most == 0 { usize::MAX } else { most }, Ordering::SeqCst);
        self.0.room.notify_waiters();
    }

    /// Counts one until the returned value is dropped.
    pub(crate) fn enter(&self) -> Opened {
        self.0.open.fetch_add(1, Ordering::SeqCst);
        Opened(Arc::clone(&self.0))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// Waits until none is open.
    pub(crate) async fn none(&self) {
        loop {
            let none = self.0.none.notified();
            if self.count() == 0 {
                return;
            }
            none.await;
        }
    }

    pub(crate) fn has_room(&self) -> bool {
        self.count() < self.0.most.load(Ordering::SeqCst)
    }

    /// Waits for room for another. Several who wait may find the same.
    pub(crate) async fn room(&self) {
        while !self.has_room() {
            let room = self.0.room.notified();
            self.0.is_full.store(true, Ordering::SeqCst);
            if !self.has_room() {
                room.await;
            }
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.none.notify_waiters();
        }
        if self.0.is_full.load(Ordering::SeqCst) && self.0.is_full.swap(false, Ordering::SeqCst) {
            self.0.room.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_one_out_is_noticed() {
        let open = Open::new(0);
        open.none().await;
        let (first, second) = (open.enter(), open.enter());
        let waiting = tokio::spawn({
            let open = open.clone();
            async move { open.none().await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert_eq!((open.count(), waiting.is_finished()), (1, false));
        drop(second);
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn who_comes_late_waits_for_one_to_leave() {
        let open = Open::new(1);
        open.room().await;
        let first = open.enter();
        let waiting = tokio::spawn({
            let open = open.clone();
            async move { open.room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(first);
        waiting.await.unwrap();
        let _first = open.enter();
        assert!(!open.has_room());
        open.set_most(2);
        open.room().await;
    }
}
