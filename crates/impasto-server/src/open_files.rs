//! How many connections the limit of open files allows.

use rustix::process::{Resource, getrlimit};

use crate::launcher::raise_open_files;

/// What a process opens besides connections, at least: its log, its listeners, its runtime, and what
/// the app has open.
const OTHERS: u64 = 32;

/// So many connections, or as many as there may be files. As many are allowed as the system allows to
/// this process.
pub(crate) fn connections(wanted: usize) -> usize {
    // One that may not raise its limit has to do with what it has.
    let files = raise_open_files().unwrap_or_else(|_| getrlimit(Resource::Nofile).current);
    let most = files.map_or(usize::MAX, within);
    if most < wanted {
        tracing::warn!(
            wanted,
            most,
            "`max_connections` is lowered to what the limit of open files allows"
        );
    }
    wanted.min(most)
}

/// A tenth is for the app.
fn within(files: u64) -> usize {
    let most = files.saturating_sub(OTHERS.max(files / 10)).max(1);
    usize::try_from(most).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_left_for_others() {
        assert_eq!([within(8), within(64), within(1024), within(20_000)], [1, 32, 922, 18_000]);
    }
}
