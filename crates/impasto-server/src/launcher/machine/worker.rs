//! One worker, as the launcher knows it.

use std::time::{Duration, Instant};

use super::event::{GenerationId, WorkerId};
use super::timers::CUT;

#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub(super) id: WorkerId,
    pub(super) generation: GenerationId,
    pub(super) service: usize,
    pub(super) state: State,
    /// When it was last heard of.
    pub(super) heard: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is being composed, until then.
    Booting { until: Instant },
    /// It serves, since then.
    Ready { since: Instant },
    /// It finishes what is in flight, until then.
    Draining { until: Option<Instant> },
    /// It has been signalled, and is killed then.
    Dying { until: Instant },
    /// `SIGKILL` is on its way.
    Killed,
}

impl Worker {
    /// Whether it counts as one of those that are wanted.
    pub(super) fn serves(&self) -> bool {
        matches!(self.state, State::Booting { .. } | State::Ready { .. })
    }

    pub(super) fn is_booting(&self) -> bool {
        matches!(self.state, State::Booting { .. })
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready { .. })
    }

    /// Whether it died as it started.
    pub(super) fn died_early(&self, now: Instant) -> bool {
        const SETTLED: Duration = Duration::from_secs(1);
        match self.state {
            State::Booting { .. } => true,
            State::Ready { since } => now.saturating_duration_since(since) < SETTLED,
            _ => false,
        }
    }

    /// When something is due even if nothing happens.
    pub(super) fn deadline(&self, silence: Option<Duration>) -> Option<Instant> {
        let hung = silence.map(|silence| self.heard + silence);
        match self.state {
            State::Booting { until } | State::Dying { until } => Some(until),
            State::Ready { .. } => hung,
            State::Draining { until } => {
                until.map(|until| until + CUT).into_iter().chain(hung).min()
            }
            State::Killed => None,
        }
    }
}
