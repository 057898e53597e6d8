//! Certificates, and clients that believe them.

use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use rcgen::{date_time_ymd, generate_simple_self_signed};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, RootCertStore};

/// A certificate with its key.
pub type Issued = CertifiedKey<KeyPair>;

/// One that nobody else has signed, of this name or address.
///
/// # Panics
///
/// When the machine has no randomness; as everything here does.
pub fn issue(name: &str) -> Issued {
    generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate")
}

/// The same, but it was valid until this year only.
///
/// # Panics
///
/// As [`issue`].
pub fn issue_until(year: i32, name: &str) -> Issued {
    let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
    params.not_after = date_time_ymd(year, 2, 3);
    let signing_key = KeyPair::generate().expect("a key");
    let cert = params.self_signed(&signing_key).expect("a certificate");
    Issued { cert, signing_key }
}

/// Both in one file, as a server reads them.
pub fn pem(issued: &Issued) -> String {
    format!("{}{}", issued.cert.pem(), issued.signing_key.serialize_pem())
}

/// A client that believes these and no others, and resumes no session: that would show none.
///
/// # Panics
///
/// When it cannot be made.
pub fn trust(known: &[&Issued]) -> Arc<ClientConfig> {
    trust_by(aws_lc_rs::default_provider(), known)
}

/// The same with other cryptography.
///
/// # Panics
///
/// As [`trust`].
pub fn trust_by(provider: CryptoProvider, known: &[&Issued]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    known.iter().for_each(|issued| roots.add(issued.cert.der().clone()).expect("a certificate"));
    let mut client = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.resumption = Resumption::disabled();
    Arc::new(client)
}
