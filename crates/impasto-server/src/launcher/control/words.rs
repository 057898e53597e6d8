//! What is asked, and what is answered.

use serde::{Deserialize, Serialize};

use super::status::Status;

/// What a master can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// What it is doing.
    Status,
    /// To read its files again. The reply comes when the outcome is known.
    Reload,
    /// To end. The reply comes at once.
    Stop {
        /// Whether to leave requests unanswered that are in flight.
        now: bool,
    },
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// To [`Request::Status`].
    Status(Box<Status>),
    /// To [`Request::Reload`].
    Reloaded(Outcome),
    /// To [`Request::Stop`]: it has begun to.
    Stopping,
    /// To anything that it will not do, with the reason.
    Refused(String),
}

/// What a reload came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In a word.
    pub verdict: Verdict,
    /// As in the log: what changed, or everything that is wrong.
    pub text: String,
}

/// What a reload came to, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// What the files say is served.
    Applied,
    /// The files are wrong; what was served before still is.
    WrongConfiguration,
    /// Something else went wrong; what was served before still is.
    Failed,
}
