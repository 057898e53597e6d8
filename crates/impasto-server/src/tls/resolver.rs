//! Which certificate a client is given.

use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::certificate::{Names, normal};

/// The certificates of a server, in the order of its settings.
#[derive(Debug, Default)]
pub(super) struct Certificates(Vec<(Names, Arc<CertifiedKey>)>);

impl Certificates {
    pub(super) fn push(&mut self, names: Names, certificate: CertifiedKey) {
        self.0.push((names, Arc::new(certificate)));
    }
}

/// The first certificate that has the name and a key that the client understands, so that one name
/// may have an RSA and an ECDSA certificate; else the first whose key it understands.
impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let understood = |certificate: &CertifiedKey| {
            certificate.key.choose_scheme(hello.signature_schemes()).is_some()
        };
        let mut ours = self.0.iter().filter(|(_, certificate)| understood(certificate));
        let asked = hello.server_name().map(normal);
        let named = asked.and_then(|asked| ours.clone().find(|(names, _)| names.have(&asked)));
        named.or_else(|| ours.next()).map(|(_, certificate)| Arc::clone(certificate))
    }
}
