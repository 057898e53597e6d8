//! TLS files as they were read: for another process to use, and to see what has become of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde::{Deserialize, Serialize};

use super::acceptor::Acceptor;
use super::error::{TlsError, TlsErrors};
use super::warning::TlsWarning;
use crate::http::Http;

/// What the files of TLS of a server hold. A master reads them: its workers may have no right to, and all of
/// them shall have the same. Whoever reads them again sees by it what is new.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TlsContents(BTreeMap<PathBuf, Vec<u8>>);

impl TlsContents {
    /// Reads the files that these settings name, and makes of them what serves handshakes; `None` for clear text.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn read(settings: &Http) -> Result<(TlsContents, Option<Acceptor>), TlsErrors> {
        let contents = RefCell::new(TlsContents::default());
        let acceptor = settings.acceptor(&|path| {
            let known = contents.borrow().get(path);
            known.or_else(|_| {
                let bytes = fs::read(path)?;
                contents.borrow_mut().0.insert(path.to_owned(), bytes.clone());
                Ok(bytes)
            })
        })?;
        Ok((contents.into_inner(), acceptor))
    }

    /// The same for what is to take the place of what is `served`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, and certificates that have expired and are others than those that are
    /// served: a start makes do with such a one, a reload has a better one.
    pub fn read_after<'a>(
        settings: &Http,
        served: impl Iterator<Item = &'a TlsContents> + Clone,
    ) -> Result<(TlsContents, Option<Acceptor>), TlsErrors> {
        let (contents, acceptor) = TlsContents::read(settings)?;
        let is_served = |file| served.clone().any(|it| it.0.get(file) == contents.0.get(file));
        let warnings = acceptor.iter().flat_map(Acceptor::warnings);
        let new = warnings.filter(|it| !is_served(&it.file));
        let expired: Vec<TlsError> = new.filter_map(TlsWarning::expired).collect();
        if expired.is_empty() { Ok((contents, acceptor)) } else { Err(TlsErrors(expired)) }
    }

    /// The files that two readings have and that hold something else in the second.
    pub(crate) fn changed(old: &[TlsContents], new: &[TlsContents]) -> Vec<PathBuf> {
        let new: BTreeMap<&PathBuf, &Vec<u8>> = new.iter().flat_map(|it| &it.0).collect();
        let old: BTreeMap<&PathBuf, &Vec<u8>> = old.iter().flat_map(|it| &it.0).collect();
        let differs = |(path, bytes): &(&&PathBuf, &&Vec<u8>)| {
            old.get(**path).is_some_and(|before| before != *bytes)
        };
        new.iter().filter(differs).map(|(path, _)| (*path).clone()).collect()
    }

    /// What the file of this path held.
    ///
    /// # Errors
    ///
    /// When the settings did not name it.
    pub(crate) fn get(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Without the keys.
impl fmt::Debug for TlsContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        CertificateParams, CertifiedKey, KeyPair, date_time_ymd, generate_simple_self_signed,
    };

    #[test]
    fn what_is_read_is_of_use_elsewhere_and_nowhere_shown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.pem");
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
        let text = cert.pem() + &signing_key.serialize_pem();
        fs::write(&path, &text).unwrap();
        let settings = Http { tls_cert: vec![path.clone()], ..Http::default() };
        let (contents, acceptor) = TlsContents::read(&settings).unwrap();
        assert!(acceptor.unwrap().warnings().is_empty());

        fs::remove_file(&path).unwrap();
        let sent = serde_json::to_vec(&contents).unwrap();
        let received: TlsContents = serde_json::from_slice(&sent).unwrap();
        assert!(settings.acceptor(&|path| received.get(path)).unwrap().is_some());
        assert_eq!(format!("{received:?}"), format!("{{{path:?}}}"));
        assert!(TlsContents::read(&settings).is_err(), "it is gone");
    }

    #[test]
    fn an_expired_certificate_takes_no_other_s_place() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.pem");
        let issue = |year| {
            let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
            params.not_after = date_time_ymd(year, 2, 3);
            let key = KeyPair::generate().unwrap();
            fs::write(&path, params.self_signed(&key).unwrap().pem() + &key.serialize_pem())
        };
        let settings = Http { tls_cert: vec![path.clone()], ..Http::default() };
        issue(2101).unwrap();
        let (good, _) = TlsContents::read(&settings).unwrap();
        issue(2002).unwrap();
        let (expired, acceptor) = TlsContents::read(&settings).unwrap();
        assert_eq!(acceptor.unwrap().warnings().len(), 1);
        for served in [&[][..], &[&good]] {
            let refused = TlsContents::read_after(&settings, served.iter().copied()).unwrap_err();
            let text = refused.to_string();
            assert!(text.contains("a.pem: has expired: it was valid until 2002-02-03"), "{text}");
        }
        let served = [&good, &expired].into_iter();
        assert!(TlsContents::read_after(&settings, served).is_ok(), "it is there already");
    }
}
