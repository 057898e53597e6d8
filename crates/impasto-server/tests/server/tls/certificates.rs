use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use impasto_server::{Acceptor, TlsErrors, TlsFiles};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedCipherSuite};

/// Who signs certificates.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate that one signed, in PEM.
#[derive(Clone)]
pub(super) struct Issued {
    pub(super) cert: String,
    pub(super) key: String,
}

impl Authority {
    pub(super) fn new(name: &str) -> Authority {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// One for these host names.
    pub(super) fn issue(&self, names: &[&str]) -> Issued {
        self.issue_with(names, |_| ())
    }

    pub(super) fn issue_with(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        self.issue_for(KeyPair::generate().unwrap(), names, change)
    }

    pub(super) fn issue_for(
        &self,
        key: KeyPair,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let mut params = named(names.first().unwrap_or(&"nobody"));
        let all: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        params.subject_alt_names = CertificateParams::new(all).unwrap().subject_alt_names;
        change(&mut params);
        let cert = params.signed_by(&key, &self.0).unwrap();
        Issued { cert: cert.pem(), key: key.serialize_pem() }
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A client that believes this authority.
    pub(super) fn client(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        client().with_root_certificates(roots).with_no_client_auth()
    }

    /// One that speaks the version of TLS of the first of these ciphers, and knows no others.
    pub(super) fn client_of(&self, ciphers: Vec<SupportedCipherSuite>) -> ClientConfig {
        let mut provider = rustls::crypto::aws_lc_rs::default_provider();
        let version = ciphers[0].version();
        provider.cipher_suites = ciphers;
        ClientConfig::builder_with_provider(provider.into())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_webpki_verifier(self.verifier())
            .with_no_client_auth()
    }

    /// How clients make sure of it.
    pub(super) fn verifier(&self) -> Arc<WebPkiServerVerifier> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
    }

    /// The same, and it shows a certificate.
    pub(super) fn client_with(&self, own: &Issued) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let chain = CertificateDer::pem_slice_iter(own.cert.as_bytes()).map(Result::unwrap);
        let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
        let builder = client().with_root_certificates(roots);
        builder.with_client_auth_cert(chain.collect(), key).unwrap()
    }
}

fn client() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap()
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// Files that are in no file system.
#[derive(Default)]
pub(super) struct Files(HashMap<&'static str, String>);

impl Files {
    pub(super) fn with(mut self, name: &'static str, text: impl Into<String>) -> Files {
        self.0.insert(name, text.into());
        self
    }

    pub(super) fn load(&self, cert: &[&str], key: &[&str]) -> Result<Acceptor, TlsErrors> {
        self.load_all(cert, key, None)
    }

    pub(super) fn load_all(
        &self,
        cert: &[&str],
        key: &[&str],
        client_ca: Option<&str>,
    ) -> Result<Acceptor, TlsErrors> {
        let paths = |names: &[&str]| names.iter().map(|name| (*name).into()).collect();
        let (cert, key, client_ca) = (paths(cert), paths(key), client_ca.map(Into::into));
        self.load_files(&TlsFiles { cert, key, client_ca, client_is_optional: false })
    }

    pub(super) fn load_files(&self, files: &TlsFiles) -> Result<Acceptor, TlsErrors> {
        Acceptor::load(files, true, &|path| self.read(path))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        const ENOENT: i32 = 2;
        let file = path.to_str().and_then(|name| self.0.get(name));
        file.map(|text| text.clone().into_bytes()).ok_or(io::Error::from_raw_os_error(ENOENT))
    }
}

/// What serves with these certificates.
pub(super) fn acceptor(issued: &[&Issued]) -> Acceptor {
    const NAMES: [&str; 3] = ["1", "2", "3"];
    let mut files = Files::default();
    for (name, Issued { cert, key }) in NAMES.into_iter().zip(issued) {
        files = files.with(name, format!("{cert}{key}"));
    }
    files.load(&NAMES[..issued.len()], &[]).unwrap()
}
