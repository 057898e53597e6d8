//! What is said elsewhere than in the file.

use std::path::PathBuf;

use crate::address::Address;
use crate::http::Http;

/// What a command line says instead of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Where to listen.
    pub listen: Vec<Address>,
    /// How many workers.
    pub workers: Option<usize>,
    /// How many threads in each.
    pub threads: Option<usize>,
    /// Where the master's number is written.
    pub pid_file: Option<PathBuf>,
}

impl Overrides {
    pub(super) fn apply(&self, settings: &mut Http) {
        if !self.listen.is_empty() {
            settings.listen = self.listen.clone();
        }
        settings.workers = self.workers.unwrap_or(settings.workers);
        settings.threads = self.threads.or(settings.threads);
        settings.pid_file = self.pid_file.clone().or(settings.pid_file.take());
    }
}
