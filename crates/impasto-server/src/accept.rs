//! The accept loop of one listener.

use std::io;
use std::time::{Duration, Instant};

use crate::listen::Listener;
use crate::open::{Open, Opened};
use crate::seldom::Seldom;
use crate::stop::{Stop, Urgency};
use crate::stream::Stream;
use crate::tally::Seat;

/// Clients that keep coming must not keep a stopping server open.
const LONGEST_QUEUE: usize = 4096;

/// Gives every connection to `serve` while there is room among the `open` ones, until the stop, and takes
/// turns with other workers; then those that already stand in the queue, whose clients believe to be connected.
pub(crate) async fn accept(
    listener: Listener,
    open: Open,
    stop: Stop,
    mut seat: Option<Seat>,
    mut serve: impl FnMut(Stream, Opened),
) {
    let (mut backoff, failures) = (Backoff::default(), Seldom::default());
    seat.iter().for_each(|seat| seat.note(open.count()));
    loop {
        let next = async {
            open.room().await;
            loop {
                listener.ready().await?;
                if let Some(seat) = &mut seat {
                    seat.after_others(open.count()).await;
                }
                match listener.try_accept() {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        seat.iter_mut().for_each(Seat::look_again);
                    }
                    accepted => break accepted,
                }
            }
        };
        let accepted = tokio::select! {
            biased;
            () = stop.reached(Urgency::Graceful) => break,
            accepted = next => accepted,
        };
        match accepted {
            Ok(stream) => {
                backoff.reset();
                serve(stream, open.enter());
            }
            Err(error) if concerns_one_connection(&error) => {
                tracing::debug!(%error, "a connection ended before it was accepted");
            }
            Err(error) => {
                // Also between two that are accepted: at the limit of descriptors every connection that ends
                // lets one in and the next one fail.
                if let Some(left_out) = failures.due(Instant::now()) {
                    let listener = listener.address();
                    tracing::error!(%error, %listener, left_out, "cannot accept connections; trying again");
                }
                let pause = backoff.next();
                tokio::select! {
                    () = stop.reached(Urgency::Graceful) => break,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
    seat.iter().for_each(Seat::leave);
    for _ in 0..LONGEST_QUEUE {
        match listener.accept_now() {
            Ok(stream) => serve(stream, open.enter()),
            Err(error) if concerns_one_connection(&error) => {}
            Err(_) => break,
        }
    }
}

/// Whether the listener is as good as before (accept(2), "Error handling").
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(error.kind(), ConnectionAborted | ConnectionReset | ConnectionRefused | Interrupted)
}

/// The pauses while accepting fails, as it does when the process has no file descriptors left:
/// 5 ms, doubled up to a tenth of a second, until a connection is accepted again.
///
/// Who waits meanwhile stays in the queue, where another worker may take it. To accept and close it, with a
/// descriptor that is kept for that, would refuse what others can serve.
#[derive(Debug, Default)]
struct Backoff {
    failures: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(5);
    const LONGEST: Duration = Duration::from_millis(100);

    fn next(&mut self) -> Duration {
        let pause = Backoff::FIRST * 2u32.pow(self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        pause.min(Backoff::LONGEST)
    }

    fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_tenth_of_a_second_and_begin_anew() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u128> = (0..7).map(|_| backoff.next().as_millis()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 100, 100]);
        (0..100).for_each(|_| assert_eq!(backoff.next(), Backoff::LONGEST));
        backoff.reset();
        assert_eq!(backoff.next(), Backoff::FIRST);
    }

    #[test]
    fn only_the_listeners_own_errors_make_it_pause() {
        assert!(concerns_one_connection(&io::ErrorKind::ConnectionAborted.into()));
        const EMFILE: i32 = 24;
        assert!(!concerns_one_connection(&io::Error::from_raw_os_error(EMFILE)));
    }
}
