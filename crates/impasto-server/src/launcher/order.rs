//! What a worker is told to serve.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use impasto::Snapshot;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use serde::{Deserialize, Serialize};

use super::privileges::Identity;
use crate::address::BoundAddress;
use crate::http::Http;
use crate::service::Source;
use crate::tls::TlsContents;

/// Everything that a worker has to know, in memory that it shares with the other workers and that
/// nobody can change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) source: Source,
    /// The files as the master read them.
    pub(super) snapshot: Snapshot,
    pub(super) settings: Http,
    /// And the files that the settings name.
    pub(super) tls: TlsContents,
    /// Who the worker is to become.
    pub(super) identity: Option<Identity>,
    /// Where the sockets listen that go with the order.
    pub(super) addresses: Vec<BoundAddress>,
}

impl Order {
    pub(super) fn seal(&self) -> io::Result<OwnedFd> {
        let memory = memfd_create("impasto", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        let mut file = File::from(memory);
        file.write_all(&serde_json::to_vec(self)?)?;
        let all = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
        fcntl_add_seals(&file, all)?;
        Ok(file.into())
    }

    pub(super) fn read(memory: OwnedFd) -> io::Result<Order> {
        let file = File::from(memory);
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length];
        // The position of the file is shared with the other workers.
        file.read_exact_at(&mut bytes, 0)?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}
