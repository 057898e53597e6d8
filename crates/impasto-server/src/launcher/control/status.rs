//! What a master is doing.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::times::{rfc3339, seconds};
use super::words::Outcome;

/// What a master is doing. In JSON, durations are seconds, and points in time are as in RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The process of the master.
    pub pid: u32,
    /// The file that it serves.
    pub file: PathBuf,
    /// The version of impasto.
    pub version: String,
    /// How long it has been running.
    #[serde(with = "seconds")]
    pub uptime: Duration,
    /// In a word.
    pub phase: Phase,
    /// Those that have workers: the current one, one that is being started, and those that drain.
    pub generations: Vec<GenerationStatus>,
    /// `None` when there has been none.
    pub last_reload: Option<LastReload>,
    /// `None` when there is none.
    pub upgrade: Option<UpgradeStatus>,
}

/// What a master is doing, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not all workers of the first generation accept connections yet.
    Starting,
    /// All is as it should be.
    Serving,
    /// A reload is under way.
    Reloading,
    /// Another binary is about to take over.
    Upgrading,
    /// The end has begun.
    Stopping,
}

/// Workers that were started together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerationStatus {
    /// Counted from 1.
    pub id: u64,
    /// In a word.
    pub state: GenerationState,
    /// What they serve.
    pub services: Vec<ServiceStatus>,
}

/// What a generation is doing, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenerationState {
    /// A reload is starting it.
    Starting,
    /// New connections go to it.
    Current,
    /// It finishes what it has begun.
    Draining,
}

/// An app with its listeners and workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceStatus {
    /// The name of the app.
    pub name: String,
    /// Where it listens.
    pub addresses: Vec<String>,
    /// How many workers it is to have.
    pub wanted: usize,
    /// Those it has.
    pub workers: Vec<WorkerStatus>,
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerStatus {
    /// Its process.
    pub pid: u32,
    /// In a word.
    pub state: WorkerState,
    /// How long it has been running.
    #[serde(with = "seconds")]
    pub age: Duration,
    /// Requests that it has begun and not finished.
    pub requests_in_flight: u64,
    /// Connections that are open.
    pub connections: u64,
    /// Which reading of the files it serves, counted from 1.
    pub revision: u64,
}

/// What a worker is doing, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// It does not accept connections yet.
    Booting,
    /// It accepts connections.
    Ready,
    /// It finishes what it has begun.
    Draining,
    /// It has been told to end at once.
    Ending,
}

/// The last reload that came to an end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastReload {
    /// When it ended.
    #[serde(with = "rfc3339")]
    pub when: SystemTime,
    /// What it came to.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took.
    #[serde(with = "seconds")]
    pub took: Duration,
}

/// An upgrade of the binary that is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpgradeStatus {
    /// The process of the new master.
    pub pid: u32,
    /// How long it has been running.
    #[serde(with = "seconds")]
    pub age: Duration,
}

/// The words are those of the JSON.
macro_rules! shown_as_in_json {
    ($($type:ident),+) => {
        $(impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.serialize(f)
            }
        })+
    };
}

shown_as_in_json!(Phase, GenerationState, WorkerState);
