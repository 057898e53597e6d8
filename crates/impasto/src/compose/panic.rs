use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

/// A panic as the log tells it.
pub(crate) struct Panic {
    pub(crate) message: String,
    /// `FILE:LINE:COLUMN` in the source; unknown when no hook of ours saw the panic.
    pub(crate) place: Option<String>,
    /// Only when the environment asks for one (`RUST_BACKTRACE`) and the log takes debug lines, for a backtrace is
    /// as long as a page.
    pub(super) backtrace: Option<String>,
}

thread_local! {
    /// Whether this thread is inside [`contain`].
    static CONTAINING: Cell<bool> = const { Cell::new(false) };
    /// Whether a panic is [`HELD`]. It has no destructor, so it costs next to nothing to look at.
    static HOLDING: Cell<bool> = const { Cell::new(false) };
    /// What the hook saw of a panic that is on its way to [`contain`].
    static HELD: Cell<Option<Panic>> = const { Cell::new(None) };
}

/// Makes every panic of this process one line in the log, in place of Rust's own text on standard error.
///
/// A panic in a filter or an app becomes a response in any case, and one `tracing` error with its message and the
/// request's method, path and id; with this hook the line has the place in the source too. A panic anywhere else is
/// logged as well, and then takes its usual course. Once installed it stays; further calls do nothing.
///
/// A program that has no `tracing` subscriber would lose the message, so there the hook that was installed before
/// goes on being called.
///
/// ```
/// impasto::install_panic_hook();
/// ```
pub fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| match tracing::dispatcher::has_been_set() {
            true => hook(info),
            false => before(info),
        }));
    });
}

fn hook(info: &PanicHookInfo<'_>) {
    let backtrace = match tracing::enabled!(tracing::Level::DEBUG) {
        true => Backtrace::capture(),
        false => Backtrace::disabled(),
    };
    let panic = Panic {
        message: message(info.payload()),
        place: info.location().map(ToString::to_string),
        backtrace: (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string()),
    };
    match CONTAINING.try_with(Cell::get) {
        Ok(true) => hold(panic),
        _ => panic.log(),
    }
}

impl Panic {
    /// A line for a panic that belongs to no request.
    fn log(self) {
        let Panic { message, place, backtrace } = self;
        let thread = std::thread::current();
        tracing::error!(panic = message, place, thread = thread.name(), "panicked");
        if let Some(backtrace) = backtrace {
            tracing::debug!("the panic came from\n{backtrace}");
        }
    }
}

/// Keeps a panic for whoever catches it. One that is already there was caught by somebody else, or the second comes
/// while the first unwinds: this is its last chance to be told.
fn hold(panic: Panic) {
    HOLDING.set(true);
    if let Some(earlier) = HELD.replace(Some(panic)) {
        earlier.log();
    }
}

fn held() -> Option<Panic> {
    HOLDING.set(false);
    HELD.take()
}

fn message(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a value that is not text".to_owned(),
    }
}

/// Runs `work` and stops a panic of it here.
///
/// That what `work` was changing may be left half changed is accepted: the filters outside get a 500 and see the
/// exchange as it is, and everything in it is whole by its own type's rules.
#[inline(always)]
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Box<Panic>> {
    let outer = CONTAINING.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CONTAINING.set(outer);
    match outcome {
        Ok(value) => {
            if !outer && HOLDING.get() {
                told_by_nobody();
            }
            Ok(value)
        }
        Err(payload) => Err(caught(payload)),
    }
}

/// An app caught a panic by itself, and the hook kept quiet about it.
#[cold]
fn told_by_nobody() {
    if let Some(panic) = held() {
        panic.log();
    }
}

#[cold]
fn caught(payload: Box<dyn Any + Send>) -> Box<Panic> {
    let panic = held().unwrap_or_else(|| Panic {
        message: message(&*payload),
        place: None,
        backtrace: None,
    });
    // A payload whose destructor panics must not get past the catcher.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
    Box::new(panic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_that_is_not_text_is_contained_too() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("in the payload's destructor");
            }
        }
        let panic = contain(|| std::panic::panic_any(Bomb)).err().unwrap();
        assert_eq!(panic.message, "a value that is not text");
        assert!(!CONTAINING.get());
    }
}
