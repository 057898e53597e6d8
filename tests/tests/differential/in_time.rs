use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use impasto_tests::oracle::{Question, ours};
use serde_json::Value;

/// Far more than any file of these tests takes.
const HANG: Duration = Duration::from_secs(60);

/// Our answer, from a thread that may hang.
pub(crate) fn ours_in_time(question: &Question) -> Value {
    let (answer, answered) = mpsc::channel();
    let asked = question.clone();
    let thread = thread::spawn(move || answer.send(ours(&asked)));
    match answered.recv_timeout(HANG) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => panic!("no answer within {HANG:?}"),
        Err(RecvTimeoutError::Disconnected) => {
            let panicked = thread.join().expect_err("it sends before it ends");
            std::panic::resume_unwind(panicked)
        }
    }
}
