//! A server that runs, in processes of its own.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use impasto_tests::processes::{self, Process};
use tempfile::TempDir;

use crate::client;

const PATIENCE: Duration = Duration::from_secs(60);

/// Stopped when it is dropped.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) directory: TempDir,
    /// When it was started.
    pub(crate) start: Instant,
    child: Child,
}

impl Peer {
    /// Starts a command that serves this address, in a directory of its own.
    pub(crate) fn start(
        address: SocketAddr,
        directory: TempDir,
        mut command: Command,
    ) -> anyhow::Result<Peer> {
        // Not in front of a terminal: `HUP` would mean that it is gone.
        command.current_dir(&directory).process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        // Where Caddy remembers what it served.
        command.env("HOME", directory.path()).env_remove("XDG_CONFIG_HOME");
        command.stderr(File::create(log(directory.path()))?);
        let start = Instant::now();
        let program = command.get_program().display().to_string();
        let child = command.spawn().map_err(|error| anyhow::anyhow!("{program}: {error}"))?;
        Ok(Peer { address, directory, start, child })
    }

    /// Waits for its first answer; how long that took since it was started.
    pub(crate) fn answers(&mut self) -> anyhow::Result<Duration> {
        self.listens()?;
        client::connect_and_ask(self.address, 1, None)?;
        Ok(self.start.elapsed())
    }

    /// Waits until it takes connections.
    pub(crate) fn listens(&mut self) -> anyhow::Result<()> {
        while TcpStream::connect(self.address).is_err() {
            let has_ended = self.child.try_wait()?.is_some();
            if has_ended || self.start.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(log(self.directory.path()))?;
                anyhow::bail!("the server failed:\n{log}");
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Ok(())
    }

    pub(crate) fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// How long it has had a processor, with all its workers.
    pub(crate) fn cpu(&self) -> Duration {
        self.all().into_iter().map(Process::cpu).sum()
    }

    /// Its memory in bytes, with that of all its workers.
    pub(crate) fn memory(&self) -> u64 {
        self.all().into_iter().map(Process::memory).sum()
    }

    /// How many descriptors it has open, with all its workers.
    pub(crate) fn descriptors(&self) -> usize {
        self.all().into_iter().map(Process::descriptors).sum()
    }

    fn all(&self) -> Vec<Process> {
        let mut all = self.process().workers();
        all.push(self.process());
        all
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        processes::stop(&mut self.child);
    }
}

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn log(directory: &Path) -> PathBuf {
    directory.join("log")
}
