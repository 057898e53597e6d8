//! The count of open connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts connections, and says when there are none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Open(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    open: AtomicUsize,
    none: Notify,
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Opened(Arc<Count>);

impl Open {
    /// Counts one until the returned value is dropped.
    pub(crate) fn enter(&self) -> Opened {
        self.0.open.fetch_add(1, Ordering::AcqRel);
        Opened(Arc::clone(&self.0))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.open.load(Ordering::Acquire)
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
}

impl Drop for Opened {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_one_out_is_noticed() {
        let open = Open::default();
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
}
