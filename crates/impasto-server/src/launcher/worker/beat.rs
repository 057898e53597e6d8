//! Whether this process gets anything done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::pulse;

/// How often the master hears of a worker.
pub(super) const INTERVAL: Duration = Duration::from_millis(500);

/// Sees whether the runtime runs tasks, and whether a thread is stuck in one.
#[derive(Debug)]
pub(super) struct Beat {
    ticks: Arc<AtomicU64>,
    seen: u64,
}

impl Beat {
    pub(super) fn start(runtime: &Runtime) -> Beat {
        let ticks = Arc::new(AtomicU64::new(1));
        let counted = Arc::clone(&ticks);
        runtime.spawn(async move {
            loop {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(INTERVAL / 2).await;
            }
        });
        Beat { ticks, seen: 0 }
    }

    /// Called once in an [`INTERVAL`]: whether everything has moved since the last time.
    pub(super) fn is_alive(&mut self) -> bool {
        let ticks = self.ticks.load(Ordering::Relaxed);
        let moved = ticks != std::mem::replace(&mut self.seen, ticks);
        moved && !pulse::is_stuck()
    }
}
