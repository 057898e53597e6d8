//! What is wrong with TLS files.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustls_pki_types::pem;

/// Everything that is wrong with the TLS files of a server; displayed one a line.
#[derive(Debug)]
pub struct TlsErrors(pub(super) Vec<TlsError>);

/// One thing that is wrong: the setting, the file and why.
///
/// ```text
/// `tls_key` api.key: does not belong to the certificate in api.pem
/// ```
#[derive(Debug)]
pub struct TlsError {
    /// The setting that names the file.
    pub setting: &'static str,
    /// The file; `None` when it is about the settings.
    pub file: Option<PathBuf>,
    /// What is wrong with it.
    pub fault: TlsFault,
}

/// What can be wrong with a TLS file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// It is missing, or may not be read.
    #[error("cannot be read: {}", lower(.0))]
    Unreadable(#[source] io::Error),
    /// Its text breaks off or is garbled.
    #[error("is no valid PEM: {0}")]
    Pem(String),
    /// Nothing in it is a certificate.
    #[error("has no certificate (`-----BEGIN CERTIFICATE-----`)")]
    NoCertificate,
    /// Nothing in it is a private key.
    #[error("has no private key (`-----BEGIN PRIVATE KEY-----`)")]
    NoKey,
    /// There is no file of its own for the private key, and it is not in that of the certificate.
    #[error("has no private key, and `tls_key` names no file that has it")]
    NoKeyBeside,
    /// The bytes are those of a certificate or a key without the text around them.
    #[error("is DER, not PEM; convert it with `openssl {0} -inform der`")]
    Der(&'static str),
    /// The private key needs a passphrase, and nobody is there to give it.
    #[error("has an encrypted private key; decrypt it with `openssl pkey`")]
    EncryptedKey,
    /// A certificate in it, counted from 1, is none.
    #[error("certificate {number} cannot be used: {reason}")]
    BadCertificate {
        /// Its place in the file.
        number: usize,
        /// What the parser said.
        reason: String,
    },
    /// The private key is of a kind that is not supported.
    #[error("the private key cannot be used: {0}")]
    BadKey(String),
    /// The private key is another one's.
    #[error("does not belong to the {}certificate in {}", if *.first { "first " } else { "" }, .cert.display())]
    KeyMismatch {
        /// The file of the certificate.
        cert: PathBuf,
        /// Whether there are more certificates, one of which may be the right one.
        first: bool,
    },
    /// It was valid until then, and another one is served.
    #[error("has expired: it was valid until {0}")]
    Expired(String),
    /// There are not as many keys as certificates.
    #[error("names {keys} files where `tls_cert` names {certs}; each certificate has one key")]
    Count {
        /// How many certificates there are.
        certs: usize,
        /// How many keys there are.
        keys: usize,
    },
    /// There is no certificate to use it with.
    #[error("needs `tls_cert`")]
    WithoutCertificate,
    /// The library refuses what was read.
    #[error("cannot be used: {0}")]
    Refused(String),
}

impl TlsError {
    pub(super) fn about(setting: &'static str, file: &Path, fault: TlsFault) -> TlsError {
        TlsError { setting, file: Some(file.to_owned()), fault }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TlsError { setting, file, fault } = self;
        match file {
            Some(file) => write!(f, "`{setting}` {}: {fault}", file.display()),
            None => write!(f, "`{setting}` {fault}"),
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.fault)
    }
}

impl TlsErrors {
    /// Each of them, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &TlsError> {
        self.0.iter()
    }
}

impl fmt::Display for TlsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for TlsErrors {}

impl From<pem::Error> for TlsFault {
    fn from(error: pem::Error) -> TlsFault {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        TlsFault::Pem(match &error {
            pem::Error::MissingSectionEnd { end_marker } => {
                format!("there is no `-----END {}-----`", text(end_marker))
            }
            pem::Error::IllegalSectionStart { line } => {
                format!("`{}` begins nothing", text(line))
            }
            pem::Error::Base64Decode(_) => "a line is not base64".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// "No such file or directory (os error 2)": neither the number nor the capital helps.
fn lower(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    format!("{}{}", first.map(String::from).unwrap_or_default(), chars.as_str())
}
