//! The date, without asking the system for it on every line.

use std::cell::Cell;
use std::time::{Duration, Instant};

use jiff::Zoned;

/// The second that it is, as lines have it.
pub(super) struct Date {
    /// `24/Nov/2026:05:49:30 +0000`.
    pub(super) apache: String,
    /// `2026-11-24T05:49:30+00:00`.
    pub(super) iso: String,
    until: Instant,
}

thread_local! {
    static NOW: Cell<Option<Box<Date>>> = const { Cell::new(None) };
}

/// Calls `write` with the date at `now`, in the system's time zone.
pub(super) fn at<T>(now: Instant, write: impl FnOnce(&Date) -> T) -> T {
    let kept = NOW.try_with(Cell::take).ok().flatten();
    let date = kept.filter(|date| now < date.until).unwrap_or_else(|| Box::new(Date::read(now)));
    let written = write(&date);
    // A thread that is ending has no place to keep it.
    let _ = NOW.try_with(|kept| kept.set(Some(date)));
    written
}

impl Date {
    fn read(now: Instant) -> Date {
        let date = Zoned::now();
        let rest = Duration::from_secs(1).saturating_sub(Duration::from_nanos(
            u64::try_from(date.subsec_nanosecond()).unwrap_or_default(),
        ));
        Date {
            apache: date.strftime("%d/%b/%Y:%H:%M:%S %z").to_string(),
            iso: date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            until: now + rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_kept_until_the_second_is_over() {
        let now = Instant::now();
        let first = at(now, |date| (date.apache.clone(), date.until));
        assert_eq!(at(now, |date| (date.apache.clone(), date.until)), first);
        let later = now + Duration::from_secs(2);
        assert!(at(later, |date| date.until) > first.1);
    }

    #[test]
    fn it_is_written_as_apache_does() {
        let date = Date::read(Instant::now());
        let parsed = jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", &date.apache).unwrap();
        let iso: jiff::Timestamp = date.iso.parse().unwrap();
        assert_eq!(parsed.to_timestamp().unwrap(), iso);
    }
}
