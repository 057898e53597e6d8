//! What a process prints, read as it comes so that the process never waits for a reader.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The text that has come out of a pipe.
pub(super) struct Printed {
    state: Arc<(Mutex<State>, Condvar)>,
    reading: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    is_all: bool,
}

impl Printed {
    /// Reads to the end of the pipe, in a thread.
    pub(super) fn by(mut pipe: impl Read + Send + 'static) -> Printed {
        let state = Arc::<(Mutex<State>, Condvar)>::default();
        let shared = Arc::clone(&state);
        let reading = std::thread::spawn(move || {
            let mut buffer = [0; 1 << 14];
            loop {
                let read = pipe.read(&mut buffer).unwrap_or(0);
                let mut state = lock(&shared.0);
                state.bytes.extend_from_slice(&buffer[..read]);
                state.is_all = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Printed { state, reading: Some(reading) }
    }

    /// What `find` finds, as soon as it does; `None` when it does not in the text as it is after this
    /// time, or at the end.
    pub(super) fn wait<T>(
        &self,
        patience: Duration,
        mut find: impl FnMut(&str) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        let (state, changed) = &*self.state;
        let _ = changed.wait_timeout_while(lock(state), patience, |state| {
            found = find(&String::from_utf8_lossy(&state.bytes));
            found.is_none() && !state.is_all
        });
        found
    }

    pub(super) fn so_far(&self) -> String {
        String::from_utf8_lossy(&lock(&self.state.0).bytes).into_owned()
    }

    /// Everything, of a process that has ended.
    pub(super) fn all(&mut self) -> String {
        if let Some(reading) = self.reading.take() {
            reading.join().expect("reading does not panic");
        }
        self.so_far()
    }
}

/// A test that failed while it looked leaves the text as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
