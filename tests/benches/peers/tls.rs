//! One certificate for all servers, and a client that resumes no session.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use impasto_tests::certificates;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;

/// Whom all requests ask for: a server may refuse a request for another than the handshake was for.
const NAME: &str = "compute.example.org";

/// A certificate and its key (ECDSA, P-256), in a file together.
pub(crate) struct Certificate {
    pub(crate) path: PathBuf,
    pub(crate) client: Arc<ClientConfig>,
}

impl Certificate {
    pub(crate) fn issue(directory: &Path) -> anyhow::Result<Certificate> {
        let issued = certificates::issue(NAME);
        let path = directory.join("certificate.pem");
        std::fs::write(&path, certificates::pem(&issued))?;
        // What OpenSSL 3.0 knows; the post-quantum exchange that newer ones prefer costs more.
        let provider = CryptoProvider {
            kx_groups: vec![aws_lc_rs::kx_group::X25519],
            ..aws_lc_rs::default_provider()
        };
        Ok(Certificate { path, client: certificates::trust_by(provider, &[&issued]) })
    }
}

/// Whom the client asks for.
pub(crate) fn name() -> ServerName<'static> {
    ServerName::try_from(NAME).expect("a name")
}
