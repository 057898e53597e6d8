//! From files to what can serve a handshake.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, Error, InconsistentKeys, RootCertStore, ServerConfig};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate::{Names, inspect, out_of_date};
use super::error::{TlsError, TlsErrors, TlsFault};
use super::files::{CERT, CLIENT_CA, KEY, Read, TlsFiles};
use super::pem;
use super::resolver::Certificates;
use super::warning::TlsWarning;

/// Certificates and keys that have been read and found to be good; clones share them.
///
/// It speaks TLS 1.2 and 1.3, without early data, which could be replayed.
#[derive(Clone, Debug)]
pub struct Acceptor {
    pub(super) config: Arc<ServerConfig>,
    pub(super) asks_for_certificates: bool,
    warnings: Vec<TlsWarning>,
}

impl Acceptor {
    /// Reads `files` by means of `read`; `http2` is whether clients may choose it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files.
    pub fn load(files: &TlsFiles, http2: bool, read: Read<'_>) -> Result<Acceptor, TlsErrors> {
        let provider = Arc::new(provider());
        let (mut errors, mut warnings) = (count(files), Vec::new());
        let mut certificates = Certificates::default();
        for (cert, key) in files.pairs() {
            let key = (files.key_setting(), key);
            match certificate(cert, key, read, &provider, &mut warnings) {
                Ok((names, certificate)) => certificates.push(names, certificate),
                Err(wrong) => errors.extend(wrong),
            }
        }
        let verifier = files.client_ca.as_deref().map(|path| {
            verifier(path, files.client_is_optional, read, &provider, &mut warnings)
                .map_err(|fault| errors.push(TlsError::about(CLIENT_CA, path, fault)))
        });
        let Ok(verifier) = verifier.transpose() else { return Err(TlsErrors(errors)) };
        if !errors.is_empty() {
            return Err(TlsErrors(errors));
        }
        let asks_for_certificates = verifier.is_some();
        let builder = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| refused(&error))?;
        let mut config = match verifier {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        }
        .with_cert_resolver(Arc::new(certificates));
        config.ignore_client_order = true;
        // A certificate of a client is looked at each time.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.alpn_protocols = match http2 {
            true => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            false => vec![b"http/1.1".to_vec()],
        };
        Ok(Acceptor { config: Arc::new(config), asks_for_certificates, warnings })
    }

    /// What clients may refuse.
    pub fn warnings(&self) -> &[TlsWarning] {
        &self.warnings
    }
}

/// With the order of ciphers by which one is chosen, whatever the client's: AES first, which servers have in
/// hardware, and by now nearly all clients too. That with 128 bits goes with SHA-256, which processors know
/// as well; SHA-384 is a good part of a handshake.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| match suite.suite() {
        CipherSuite::TLS13_AES_128_GCM_SHA256
        | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => 0,
        _ => 1,
    });
    provider
}

fn refused(error: &Error) -> TlsErrors {
    let fault = TlsFault::Refused(error.to_string());
    TlsErrors(vec![TlsError { setting: CERT, file: None, fault }])
}

/// What the settings say without a look at a file.
fn count(files: &TlsFiles) -> Vec<TlsError> {
    let (certs, keys) = (files.cert.len(), files.key.len());
    let wrong = |setting, fault| TlsError { setting, file: None, fault };
    let mut errors = Vec::new();
    if certs == 0 && keys > 0 {
        errors.push(wrong(KEY, TlsFault::WithoutCertificate));
    } else if keys > 0 && keys != certs {
        errors.push(wrong(KEY, TlsFault::Count { certs, keys }));
    }
    if certs == 0 && files.client_ca.is_some() {
        errors.push(wrong(CLIENT_CA, TlsFault::WithoutCertificate));
    }
    errors
}

/// A certificate with its key.
fn certificate(
    path: &Path,
    (key_setting, key_path): (&'static str, &Path),
    read: Read<'_>,
    provider: &CryptoProvider,
    warnings: &mut Vec<TlsWarning>,
) -> Result<(Names, CertifiedKey), Vec<TlsError>> {
    let about_key = |fault| TlsError::about(key_setting, key_path, fault);
    let chain = pem::certificates(path, read).and_then(|chain| Ok((inspect(&chain)?, chain)));
    let chain = chain.map_err(|fault| TlsError::about(CERT, path, fault));
    let key = pem::key(key_path, read).and_then(|der| {
        let bad = |error: Error| TlsFault::BadKey(error.to_string());
        provider.key_provider.load_private_key(der).map_err(bad)
    });
    let key = key.map_err(|fault| match fault {
        TlsFault::NoKey if key_setting == CERT => about_key(TlsFault::NoKeyBeside),
        fault => about_key(fault),
    });
    let (((names, concerns), chain), key) = match (chain, key) {
        (Ok(chain), Ok(key)) => (chain, key),
        (chain, key) => {
            // One file that cannot be read is one mistake.
            let same = path == key_path && chain.is_err();
            return Err(chain.err().into_iter().chain(key.err().filter(|_| !same)).collect());
        }
    };
    let first = chain.len() > 1;
    let certificate = CertifiedKey::new(chain, key);
    match certificate.keys_match() {
        // Not every kind of key can say.
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
        Err(Error::InconsistentKeys(_)) => {
            let fault = TlsFault::KeyMismatch { cert: path.to_owned(), first };
            return Err(vec![about_key(fault)]);
        }
        Err(error) => {
            let fault = TlsFault::BadCertificate { number: 1, reason: error.to_string() };
            return Err(vec![TlsError::about(CERT, path, fault)]);
        }
    }
    let concerns = concerns.into_iter().map(|concern| TlsWarning::about(CERT, path, concern));
    warnings.extend(concerns);
    Ok((names, certificate))
}

/// Who knows the clients.
fn verifier(
    path: &Path,
    is_optional: bool,
    read: Read<'_>,
    provider: &Arc<CryptoProvider>,
    warnings: &mut Vec<TlsWarning>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsFault> {
    let mut roots = RootCertStore::empty();
    for (index, der) in pem::certificates(path, read)?.into_iter().enumerate() {
        let bad = |reason| TlsFault::BadCertificate { number: index + 1, reason };
        let (_, parsed) =
            X509Certificate::from_der(&der).map_err(|error| bad(error.to_string()))?;
        let concern = out_of_date(&parsed);
        warnings.extend(concern.map(|concern| TlsWarning::about(CLIENT_CA, path, concern)));
        roots.add(der.clone()).map_err(|error| bad(error.to_string()))?;
    }
    let roots = Arc::new(roots);
    let mut builder = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(provider));
    if is_optional {
        builder = builder.allow_unauthenticated();
    }
    builder.build().map_err(|error| TlsFault::Refused(error.to_string()))
}
