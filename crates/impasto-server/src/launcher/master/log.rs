//! What a master tells its operator.

use std::io::Write;
use std::time::Duration;

use crate::launcher::machine::Log;
use crate::stderr::Stderr;

pub(super) fn say(log: Log) {
    match log {
        Log::Throttled { service, pause } => {
            let pause = humantime(pause);
            tracing::warn!(service, "workers die as they start; the next is started in {pause}");
        }
        Log::NeverReady { within } => {
            let within = humantime(within);
            tracing::error!("no worker became ready within {within}");
        }
        Log::TooManyDraining(_) => {
            tracing::warn!("more than two generations are draining; cutting the oldest");
        }
        Log::UpgradeRefused => {
            tracing::warn!("not upgraded: a start, a reload, an upgrade or a stop is under way");
        }
        Log::UpgradeLate { within } => {
            let within = humantime(within);
            tracing::error!("the new master does not serve after {within}: it is ended");
        }
        Log::Idle => tracing::info!("all workers end; `TTIN` or a reload brings them back"),
        Log::Workers { service, wanted } => tracing::info!(service, wanted, "workers"),
    }
}

fn humantime(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// Writes what is wrong to standard error, as it is.
pub(super) fn complain(text: &str) {
    // As one piece, so that it arrives as a whole or not at all.
    let _ = Stderr.write_all(format!("{}\n", text.trim_end()).as_bytes());
}
