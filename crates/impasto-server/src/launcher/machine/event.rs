//! What happens to a launcher, and what it does.

use std::time::Duration;

/// A worker, for the master's whole life. (A pid is given to another process sooner or later.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WorkerId(pub(crate) u64);

/// A set of workers that were started from one plan, with one set of listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GenerationId(pub(crate) u64);

/// What the launcher has to know of one service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) name: String,
    /// How many workers; at least one.
    pub(crate) workers: usize,
    /// How long a worker may drain; `None` for ever.
    pub(crate) drain: Option<Duration>,
    /// How long a worker may be silent; `None` for ever.
    pub(crate) silence: Option<Duration>,
    /// How long a worker may take to become ready.
    pub(crate) startup: Duration,
}

/// What can change with a reload.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// Workers can exchange their stacks.
    Swap,
    /// Other processes are needed.
    Generation(Vec<Plan>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    /// Time has passed.
    Tick,
    /// The answer to [`Action::Load`].
    Loaded(Result<Change, Fault>),
    /// It could not be started.
    NotSpawned(WorkerId),
    /// It accepts connections.
    Ready(WorkerId),
    /// It lives.
    Beat(WorkerId),
    /// It cannot start: what it was told to serve is wrong.
    Unfit(WorkerId, String),
    /// It has the new stack beside the old one, or says what is wrong with it.
    Prepared(WorkerId, Result<(), String>),
    /// It serves the new stack.
    Swapped(WorkerId),
    /// It accepts no more connections.
    Retired(WorkerId),
    /// Its process is gone.
    Exited(WorkerId, Ending),
    Reload,
    Stop,
    StopNow,
    /// One worker more for each service.
    More,
    /// One worker less for each service, but at least one.
    Fewer,
    /// No workers, until a reload or [`Event::More`].
    Idle,
    /// Another binary is to take over.
    Upgrade,
    /// It serves.
    UpgradeReady,
    /// It is gone, or could not be started.
    UpgradeEnded,
}

/// Why what was served before still is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The files are wrong.
    Wrong(String),
    /// They may be right.
    Failed(String),
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything it had begun was answered.
    Clean,
    /// It ended with requests unanswered, as it was told to.
    Cut,
    /// By a signal, or by itself.
    Crashed,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Read the files, see what changes, and bind what is new: [`Event::Loaded`].
    Load,
    /// Start a worker for the service at this place in the plan of this generation.
    Spawn {
        worker: WorkerId,
        generation: GenerationId,
        service: usize,
    },
    /// Compose what was loaded last, beside what is served.
    Prepare(WorkerId),
    /// Serve what was prepared.
    Commit(WorkerId),
    /// Forget what was prepared.
    Abort(WorkerId),
    /// Finish what is in flight, and end.
    Drain(WorkerId),
    Kill(WorkerId, Kill),
    /// What was loaded last is what workers are started with from now on.
    Adopt,
    /// What was loaded last is not to be served; its generation, if there is one, has no workers.
    Discard,
    /// This generation only drains: its listeners that no other has are to be closed.
    Retire(GenerationId),
    /// The outcome of the reload that began with the last [`Action::Load`].
    Reloaded(Result<(), Fault>),
    /// Every worker of the first generation accepts connections.
    Started,
    /// The end has begun: what is in flight is finished first, or it is not.
    Stopping(Stop),
    StartUpgrade,
    KillUpgrade,
    /// The new binary serves: what belongs to both is not to be cleaned up.
    HandOver,
    Log(Log),
    /// With no workers left.
    Exit(u8),
}

/// How much time is left for what is in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// As much as the configuration gives.
    Graceful,
    /// None.
    AtOnce,
}

/// Why a process is signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kill {
    /// `SIGABRT`: it has not been heard of for too long.
    Hung,
    /// `SIGTERM`: it starts and does not listen yet, so it ends; if it does by now, it drains.
    Starting,
    /// `SIGQUIT`: everything ends at once.
    Quit,
    /// `SIGKILL`: it did not end by itself.
    Overdue,
    /// `SIGKILL`: it was never needed.
    Discarded,
}

/// What an operator wants to know.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Log {
    /// A service's workers die as they start.
    Throttled {
        service: String,
        pause: Duration,
    },
    /// No worker became ready.
    NeverReady {
        within: Duration,
    },
    /// More than two generations drain: the oldest is cut.
    TooManyDraining(GenerationId),
    /// One upgrade at a time, and none while anything else changes.
    UpgradeRefused,
    /// The new master did not serve.
    UpgradeLate {
        within: Duration,
    },
    /// There will be no workers, until somebody asks for them.
    Idle,
    Workers {
        service: String,
        wanted: usize,
    },
}

/// The exit codes of a master.
pub(crate) mod code {
    pub(crate) const CLEAN: u8 = 0;
    pub(crate) const CUT: u8 = 1;
    pub(crate) const WORKERS: u8 = 3;
    pub(crate) const CONFIGURATION: u8 = 4;
}
