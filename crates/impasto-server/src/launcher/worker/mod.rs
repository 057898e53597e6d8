//! A worker: this program, started by a master.
//!
//! The main thread serves; a thread of its own, which no request can hold up, speaks with the master.

mod beat;
mod compose;
mod control;

use std::io;
use std::os::fd::OwnedFd;
use std::panic;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use impasto::{App, Response, Swap};
use rustix::process::Signal;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::order::Order;
use super::privileges;
use super::wire::{FromWorker, Line, ToWorker, cut, reads};
use crate::server::{Outcome, Server};
use crate::stop::Stop;
use crate::tally::{Seat, Tally};
use compose::Composer;
use control::Control;

/// The exit codes of a worker.
mod code {
    pub(super) const CLEAN: i32 = 0;
    pub(super) const CUT: i32 = 1;
    pub(super) const UNFIT: i32 = 4;
    pub(super) const INTERNAL: i32 = 70;
}

/// Serves what the master says, to the end.
pub(super) fn run(line: Line) -> i32 {
    // It would be `exe`, which says nothing to those who look at processes.
    let _ = rustix::thread::set_name(c"impasto");
    match serve(line) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(%error, "a worker cannot go on");
            code::INTERNAL
        }
    }
}

/// A worker that is stopped at once still says what is wrong with the parts that are not served, if that is
/// known so soon.
const LOOK: Duration = Duration::from_secs(1);

fn serve(line: Line) -> io::Result<i32> {
    let Some(First { mut order, listeners, checks_all, seat }) = first_order(&line)? else {
        // The master died before it could say anything.
        return Ok(code::CUT);
    };
    // While there is one thread, and before any code of a factory runs.
    privileges::raise_open_files()?;
    if let Some(identity) = &order.identity {
        identity.assume()?;
    }
    privileges::give_up()?;
    if !dies_with_master(&line)? {
        return Ok(code::CUT);
    }
    let line = Arc::new(line);
    let runtime = runtime(&order)?;
    let first = {
        let _entered = runtime.enter();
        Composer::first(&mut order, checks_all)
    };
    let (composer, composed) = match first {
        Ok(first) => first,
        Err(refused) => {
            line.send(&reads(refused.sought), &[])?;
            line.send(&FromWorker::Unfit(cut(refused.text)), &[])?;
            return Ok(code::UNFIT);
        }
    };
    line.send(&reads(composed.reads), &[])?;
    let server = Server::new(order.settings.clone()).map_err(io::Error::other)?;
    let mut bound = {
        let _entered = runtime.enter();
        server.from_listeners(order.addresses.iter().cloned().zip(listeners))?
    };
    bound.share(seat);
    let (live, tls) = (bound.live(), bound.tls());
    tls.set(composed.tls);
    let (swap, stop) = (Arc::new(Swap::new(composed.app)), Stop::new());
    // Until then a signal ends the process at once, as it should while nothing is accepted.
    let signals = control::catch_signals()?;
    let serving = runtime.spawn(bound.serve(Arc::clone(&swap), stop.clone()));
    let drain = order.settings.drain();
    let served = Arc::clone(&swap);
    let control = Control { line, swap, live, tls, stop, composer, drain };
    let looking = control.start(&runtime, signals)?;
    let outcome = runtime.block_on(serving);
    let _ = runtime.block_on(async { timeout(LOOK, looking).await });
    // What filters still hold back, such as lines of a log, they write when they go.
    served.store(App::at_once(|_| Response::default()));
    // What an app left running must not keep the process.
    runtime.shutdown_background();
    Ok(match outcome {
        Ok(Outcome::Clean) => code::CLEAN,
        Ok(Outcome::Cut { connections }) => {
            tracing::info!(app = order.source.name(), connections, "cut");
            code::CUT
        }
        Err(_panic) => code::INTERNAL,
    })
}

/// What a worker is told first.
struct First {
    order: Order,
    listeners: Vec<OwnedFd>,
    checks_all: bool,
    seat: Option<Seat>,
}

/// Waits for what to serve, and where.
fn first_order(line: &Line) -> io::Result<Option<First>> {
    let received = line.receive::<ToWorker>()?;
    let Some((ToWorker::Serve { checks_all, seat }, descriptors)) = received else {
        return Ok(None);
    };
    let mut descriptors = descriptors.into_iter();
    let (Some(order), Some(tally)) = (descriptors.next(), descriptors.next()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "an order without a text"));
    };
    let (order, listeners) = (Order::read(order)?, descriptors.collect());
    let seat = seat.map(|number| Seat::new(Tally::from(tally), number));
    Ok(Some(First { order, listeners, checks_all, seat }))
}

/// Asks the system to end a worker whose master ends: nobody hears that from the line before the worker
/// is ready, and a factory may take for ever. `false` when the master has ended already.
///
/// From when signals are caught, what comes then means the same as the end of the line. To be called
/// after the worker has become somebody else, which takes it back.
fn dies_with_master(line: &Line) -> io::Result<bool> {
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
    Ok(!line.has_ended()?)
}

fn runtime(order: &Order) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if let Some(threads) = order.settings.threads {
        builder.worker_threads(threads);
    }
    builder.enable_all();
    // tokio panics where the system gives no thread, and then waits for ever for those that it has.
    let hook = Arc::new(panic::take_hook());
    let says = Arc::clone(&hook);
    panic::set_hook(Box::new(move |panic| {
        says(panic);
        process::exit(code::INTERNAL);
    }));
    let runtime = builder.build();
    panic::set_hook(Box::new(move |panic| hook(panic)));
    runtime
}
