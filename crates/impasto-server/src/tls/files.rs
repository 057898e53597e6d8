//! The files that settings name.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// How files are read: whoever opens them may not be who uses them.
pub type Read<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

/// The PEM files of a server that speaks TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificates, each with its chain; the first is for clients that ask for no name, or for one
    /// that none of them has.
    pub cert: Vec<PathBuf>,
    /// The private key of each certificate, in the same order; none where they are in the files of
    /// the certificates.
    pub key: Vec<PathBuf>,
    /// Who signs the certificates of clients, which then must have one, unless that is optional.
    pub client_ca: Option<PathBuf>,
    /// Whether a client that has no certificate is served, too.
    pub client_is_optional: bool,
}

impl TlsFiles {
    /// Whether nothing is named, so that the server speaks clear text.
    pub fn is_empty(&self) -> bool {
        self.cert.is_empty() && self.key.is_empty() && self.client_ca.is_none()
    }

    /// Every file, each once.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let all: BTreeSet<_> = self.cert.iter().chain(&self.key).chain(&self.client_ca).collect();
        all.into_iter().map(PathBuf::as_path)
    }

    /// Each certificate with the file of its key.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Path, &Path)> {
        let keys = if self.key.is_empty() { &self.cert } else { &self.key };
        self.cert.iter().map(PathBuf::as_path).zip(keys.iter().map(PathBuf::as_path))
    }

    /// The setting that names the keys.
    pub(super) fn key_setting(&self) -> &'static str {
        if self.key.is_empty() { CERT } else { KEY }
    }
}

pub(super) const CERT: &str = "tls_cert";
pub(super) const KEY: &str = "tls_key";
pub(super) const CLIENT_CA: &str = "tls_client_ca";
