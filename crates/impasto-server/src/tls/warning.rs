//! What a server can begin with and its clients may refuse.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::{TlsError, TlsFault};
use super::files::CERT;

/// A certificate that clients may refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsWarning {
    /// The setting that names the file.
    pub setting: &'static str,
    /// The file.
    pub file: PathBuf,
    /// Why they may.
    pub concern: TlsConcern,
}

/// Why clients may refuse a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsConcern {
    /// It was valid until then.
    Expired(String),
    /// It will be valid from then on.
    NotYetValid(String),
    /// It names no host, so that no client accepts it for one.
    NoNames,
    /// The certificate of this number was not issued by the one after it.
    BrokenChain(usize),
}

impl TlsWarning {
    pub(super) fn about(setting: &'static str, file: &Path, concern: TlsConcern) -> TlsWarning {
        TlsWarning { setting, file: file.to_owned(), concern }
    }

    /// The same as an error, of a certificate of the server that has expired.
    pub(super) fn expired(&self) -> Option<TlsError> {
        match &self.concern {
            TlsConcern::Expired(date) if self.setting == CERT => {
                Some(TlsError::about(CERT, &self.file, TlsFault::Expired(date.clone())))
            }
            _ => None,
        }
    }
}

impl fmt::Display for TlsWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}: ", self.setting, self.file.display())?;
        match &self.concern {
            TlsConcern::Expired(date) => write!(f, "has expired: it was valid until {date}"),
            TlsConcern::NotYetValid(date) => write!(f, "is not valid before {date}"),
            TlsConcern::NoNames => {
                f.write_str("names no host (there is no subject alternative name)")
            }
            TlsConcern::BrokenChain(number) => {
                let next = number + 1;
                write!(
                    f,
                    "certificate {number} was not issued by certificate {next}, which follows it"
                )
            }
        }
    }
}
