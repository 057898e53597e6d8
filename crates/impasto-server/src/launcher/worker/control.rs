//! The thread that speaks with the master.

use std::io;
use std::os::fd::AsFd;
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use impasto::Swap;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU};
use signal_hook::consts::{SIGUSR1, SIGUSR2, SIGWINCH};
use tokio::runtime::{Handle, Runtime};
use tokio::task::JoinHandle;

use super::super::order::Order;
use super::super::signals::Signals;
use super::super::wire::{Attempt, FromWorker, Line, Load, ToWorker, cut, reads};
use super::beat::{self, Beat};
use super::code;
use super::compose::{Composed, Composer};
use crate::http::Http;
use crate::live::Live;
use crate::stop::Stop;
use crate::tls::TlsLive;

/// What is served, and who is told about it.
pub(super) struct Control {
    pub(super) line: Arc<Line>,
    pub(super) swap: Arc<Swap>,
    pub(super) live: Live,
    pub(super) tls: TlsLive,
    pub(super) stop: Stop,
    pub(super) composer: Composer,
    /// How long a drain may take when there is no master to end it.
    pub(super) drain: Option<Duration>,
}

/// A stack that waits for the master's word.
struct Next {
    composed: Composed,
    settings: Box<Http>,
    composer: Composer,
}

/// The reload that was last asked for, and what has come of it.
type Prepared = (Attempt, Option<Next>);

fn lock(next: &Mutex<Prepared>) -> MutexGuard<'_, Prepared> {
    next.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signals are for the master; a worker that is sent one by hand does what it can.
const CAUGHT: [i32; 10] =
    [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGTTIN, SIGTTOU, SIGPIPE];

pub(super) fn catch_signals() -> io::Result<Signals> {
    Signals::catch(&CAUGHT)
}

impl Control {
    /// Says that the worker is ready, and listens from then on. What comes is the look at what is not served.
    pub(super) fn start(self, runtime: &Runtime, signals: Signals) -> io::Result<JoinHandle<()>> {
        let (beat, handle) = (Beat::start(runtime), runtime.handle().clone());
        self.line.send(&FromWorker::Ready, &[])?;
        let composer = self.composer.clone();
        let looking = handle.spawn_blocking(move || composer.look_elsewhere());
        let (line, live) = (Arc::clone(&self.line), self.live.clone());
        handle.spawn(async move {
            live.closed().await;
            // The master does not wait long for a word that its line cannot take.
            let _ = line.try_send(&FromWorker::Retired);
        });
        thread::Builder::new().name("control".into()).spawn(move || {
            let mut running =
                Running { control: self, signals, beat, handle, next: Arc::default() };
            let error = running.run();
            if let Err(error) = error {
                tracing::error!(%error, "a worker cannot hear its master");
            }
            running.orphaned();
        })?;
        Ok(looking)
    }
}

struct Running {
    control: Control,
    signals: Signals,
    beat: Beat,
    handle: Handle,
    next: Arc<Mutex<Prepared>>,
}

impl Running {
    /// Until the master is gone.
    fn run(&mut self) -> io::Result<()> {
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due {
                due = Instant::now() + beat::INTERVAL;
                self.beat();
            }
            if self.wait(due)? {
                for signal in self.signals.pending() {
                    self.signalled(signal);
                }
                if !self.listen()? {
                    return Ok(());
                }
            }
        }
    }

    /// Whether something has come.
    fn wait(&self, until: Instant) -> io::Result<bool> {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        let (line, signals) = (self.control.line.as_fd(), self.signals.as_fd());
        let mut sources = [
            PollFd::from_borrowed_fd(line, PollFlags::IN),
            PollFd::from_borrowed_fd(signals, PollFlags::IN),
        ];
        match poll(&mut sources, Some(&left)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn beat(&mut self) {
        if self.beat.is_alive() {
            // A master that does not listen sleeps, and then forgives.
            let _ = self.control.line.try_send(&FromWorker::Beat(self.load()));
        }
    }

    fn load(&self) -> Load {
        let live = &self.control.live;
        Load { connections: live.connections(), requests: live.requests() }
    }

    fn signalled(&self, signal: i32) {
        match signal {
            SIGTERM => self.control.stop.graceful(),
            SIGINT | SIGQUIT => process::exit(code::CUT),
            _ => {}
        }
    }

    /// Does what the master says; `false` when it is gone.
    fn listen(&mut self) -> io::Result<bool> {
        loop {
            let received = match self.control.line.try_receive::<ToWorker>() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                received => received?,
            };
            let Some((message, mut descriptors)) = received else { return Ok(false) };
            match message {
                ToWorker::Prepare(attempt) => {
                    if let Some(order) = descriptors.pop() {
                        self.prepare(attempt, Order::read(order)?);
                    }
                }
                ToWorker::Commit(attempt) => self.commit(attempt)?,
                ToWorker::Abort => drop(self.take_next()),
                ToWorker::Drain => self.control.stop.graceful(),
                // A master that does not listen has forgotten who asked.
                ToWorker::Count => {
                    _ = self.control.line.try_send(&FromWorker::Counted(self.load()))
                }
                ToWorker::Serve { .. } => {}
            }
        }
    }

    /// Factories may take their time, and may ask for the runtime.
    fn prepare(&self, attempt: Attempt, mut order: Order) {
        let (line, next) = (Arc::clone(&self.control.line), Arc::clone(&self.next));
        *lock(&next) = (attempt, None);
        let mut composer = self.control.composer.clone();
        self.handle.spawn_blocking(move || {
            let mut composed = composer.next(&mut order);
            let files = match &mut composed {
                Ok(composed) => std::mem::take(&mut composed.reads),
                Err(refused) => std::mem::take(&mut refused.sought),
            };
            if let Err(error) = line.send(&reads(files), &[]) {
                tracing::warn!(%error, "a worker cannot tell its master what it reads");
            }
            let outcome = match composed {
                Ok(composed) => {
                    let settings = Box::new(order.settings);
                    let mut next = lock(&next);
                    // One that took so long that the next was asked for is not waited for.
                    if next.0 == attempt {
                        next.1 = Some(Next { composed, settings, composer });
                    }
                    Ok(())
                }
                Err(refused) => Err(cut(refused.text)),
            };
            if let Err(error) = line.send(&FromWorker::Prepared(attempt, outcome), &[]) {
                tracing::warn!(%error, "a worker cannot answer its master");
            }
        });
    }

    fn commit(&mut self, attempt: Attempt) -> io::Result<()> {
        let is_this = lock(&self.next).0 == attempt;
        if let Some(next) = self.take_next().filter(|_| is_this) {
            if let Err(error) = self.control.live.set(&next.settings) {
                // The master has made a server of the same settings.
                tracing::error!(%error, "settings cannot be taken over");
            }
            self.control.tls.set(next.composed.tls);
            self.control.drain = next.settings.drain();
            self.control.composer = next.composer;
            self.control.swap.store(next.composed.app);
        }
        self.control.line.send(&FromWorker::Swapped(attempt), &[])
    }

    fn take_next(&self) -> Option<Next> {
        lock(&self.next).1.take()
    }

    /// Nobody must go on serving whom nobody can stop.
    fn orphaned(&self) {
        tracing::warn!("the master is gone: finishing the requests in flight");
        self.control.stop.graceful();
        match self.control.drain {
            // A little after the runtime, should that be stuck.
            Some(drain) => thread::sleep(drain + Duration::from_millis(200)),
            None => loop {
                thread::park();
            },
        }
        process::exit(code::CUT);
    }
}
