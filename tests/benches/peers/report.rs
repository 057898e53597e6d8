//! What was reached of what is wanted.

use std::time::Duration;

pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) measured: f64,
    pub(crate) at_most: f64,
}

impl Goal {
    pub(crate) fn print(&self) {
        let outcome = if self.measured <= self.at_most { "met" } else { "missed" };
        let (what, measured, at_most) = (self.what, self.measured, self.at_most);
        println!("{what:70} {measured:>9.3} of {at_most:.3}: {outcome}");
    }
}

pub(crate) fn median(values: &[Duration]) -> Duration {
    percentile(values, 50)
}

/// The value that so many of a hundred do not pass.
pub(crate) fn percentile(values: &[Duration], percent: usize) -> Duration {
    let mut values = values.to_vec();
    values.sort();
    values[(values.len() * percent).div_ceil(100) - 1]
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
