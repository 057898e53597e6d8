//! Lines in the log that clients can cause as often as they like.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets one line in ten seconds into the log, the first one at once.
#[derive(Debug, Default)]
pub(crate) struct Seldom(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    const PAUSE: Duration = Duration::from_secs(10);

    /// How many lines were left out since the last one, where another one is due; `None` where this one, too, is to
    /// be left out.
    pub(crate) fn due(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.is_some_and(|last| now.duration_since(last) < Seldom::PAUSE) {
            state.left_out += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_one_line_in_ten_seconds_with_the_number_of_the_others() {
        let (seldom, start) = (Seldom::default(), Instant::now());
        let tenths = (0..300).map(|tenth| start + Duration::from_millis(100) * tenth);
        let lines: Vec<u64> = tenths.filter_map(|now| seldom.due(now)).collect();
        assert_eq!(lines, [0, 99, 99]);
    }
}
