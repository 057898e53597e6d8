//! From signals to a [`Stop`].

use std::io;

use tokio::signal::unix::{SignalKind, signal};

use crate::stop::Stop;

/// From now on, TERM stops gracefully and INT stops at once, also after a TERM; QUIT is as TERM where
/// `quit_is_graceful`, else as INT. A second TERM changes nothing.
///
/// Must be called on a tokio runtime. The signals' default action, which ends the process, is gone
/// for the rest of its life.
///
/// # Errors
///
/// When the system refuses a handler.
pub fn stop_on_signals(stop: &Stop, quit_is_graceful: bool) -> io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    let stop = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = term.recv() => {
                    tracing::info!("TERM: finishing the requests in flight");
                    stop.graceful();
                }
                _ = int.recv() => {
                    tracing::info!("INT: ending at once: requests in flight are cut");
                    return stop.now();
                }
                _ = quit.recv() => {
                    if !quit_is_graceful {
                        tracing::info!("QUIT: ending at once: requests in flight are cut");
                        return stop.now();
                    }
                    tracing::info!("QUIT: finishing the requests in flight");
                    stop.graceful();
                }
            }
        }
    });
    Ok(())
}
