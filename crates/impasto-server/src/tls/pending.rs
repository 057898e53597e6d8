//! The handshakes that are not finished.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// So many may be open without a thought.
const MANY: usize = 2048;

/// Beyond that, those which are older give way to the next. A client that answers needs three round
/// trips; what is left is for networks and processors that are slow.
const OLD: Duration = Duration::from_secs(2);

/// Keeps clients that begin a handshake and never finish it from gathering: those that answer
/// finish soon, so the oldest of many are the ones that do not.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<Handshakes>);

#[derive(Debug, Default)]
struct Handshakes {
    next: u64,
    /// In the order in which they began. Dropping the sender tells a handshake to give way.
    open: BTreeMap<u64, (Instant, oneshot::Sender<()>)>,
}

/// One handshake, until it is dropped.
#[derive(Debug)]
pub(super) struct Handshake<'a> {
    pending: &'a Pending,
    number: u64,
    gives_way: oneshot::Receiver<()>,
}

impl Pending {
    /// Begins one.
    pub(super) fn enter(&self) -> Handshake<'_> {
        self.enter_at(Instant::now())
    }

    fn enter_at(&self, now: Instant) -> Handshake<'_> {
        let (sender, gives_way) = oneshot::channel();
        let handshakes = &mut *self.lock();
        if handshakes.open.len() >= MANY
            && let Some(oldest) = handshakes.open.first_entry()
            && now.saturating_duration_since(oldest.get().0) >= OLD
        {
            oldest.remove();
        }
        let number = handshakes.next;
        handshakes.next += 1;
        handshakes.open.insert(number, (now, sender));
        Handshake { pending: self, number, gives_way }
    }

    fn lock(&self) -> MutexGuard<'_, Handshakes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handshake<'_> {
    /// Waits until it has to end.
    pub(super) async fn gives_way(&mut self) {
        let _ = (&mut self.gives_way).await;
    }
}

impl Drop for Handshake<'_> {
    fn drop(&mut self) {
        self.pending.lock().open.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot::error::TryRecvError::Closed;

    #[tokio::test]
    async fn the_oldest_of_many_give_way() {
        let (pending, start) = (Pending::default(), Instant::now());
        let mut open: Vec<_> = (0..MANY + 10).map(|_| pending.enter_at(start)).collect();
        let has_to_end =
            |handshake: &mut Handshake<'_>| handshake.gives_way.try_recv() == Err(Closed);
        assert!(!open.iter_mut().any(has_to_end), "a crowd that has just come is let in");
        let _next = pending.enter_at(start + OLD);
        open[0].gives_way().await;
        assert!(!has_to_end(&mut open[1]));
        open.truncate(MANY - 10);
        let _more = pending.enter_at(start + 2 * OLD);
        assert!(!open[1..].iter_mut().any(has_to_end), "there is room again");
    }
}
