//! What PEM files hold.

use std::path::Path;

use rustls_pki_types::pem::{self, PemObject, SectionKind};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::error::TlsFault;
use super::files::Read;

/// The certificates of a file, of which there is at least one.
pub(super) fn certificates(
    path: &Path,
    read: Read<'_>,
) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let bytes = read(path).map_err(TlsFault::Unreadable)?;
    let certificates =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, pem::Error>>()?;
    match certificates.is_empty() {
        true if is_der(&bytes) => Err(TlsFault::Der("x509")),
        true => Err(TlsFault::NoCertificate),
        false => Ok(certificates),
    }
}

/// The first private key of a file.
pub(super) fn key(path: &Path, read: Read<'_>) -> Result<PrivateKeyDer<'static>, TlsFault> {
    let bytes = read(path).map_err(TlsFault::Unreadable)?;
    // Keys in the older form say so inside of the section, where base64 is expected.
    if bytes.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED) {
        return Err(TlsFault::EncryptedKey);
    }
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&bytes) {
        let (kind, der) = section?;
        if let Some(key) = PrivateKeyDer::from_pem(kind, der) {
            return Ok(key);
        }
    }
    match is_der(&bytes) {
        true => Err(TlsFault::Der("pkey")),
        false => Err(TlsFault::NoKey),
    }
}

const ENCRYPTED: &[u8] = b"ENCRYPTED";

/// Whether it begins as every certificate and key in DER does.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, 0x82, ..])
}
