//! Settings that no server can work with.

use impasto::SettingError;

use super::{Http, ProxyProtocol};
use crate::address::{Address, MOST_OF_PATH};

/// hyper's buffer holds no larger head.
const LARGEST_HEAD: u64 = 256 * 1024;
/// The `http` crate holds no longer target.
pub(crate) const LONGEST_TARGET: u64 = 65_534;
/// More headers are a table that nobody wants to keep.
pub(crate) const MOST_HEADERS: usize = 10_000;
/// More processes or threads than this are a slip of the pen: the most that `workers` and `threads` can be.
pub const MOST_THREADS: u64 = 4096;

impl Http {
    /// Refuses what a server cannot work with.
    pub(crate) fn check(&self) -> Result<(), SettingError> {
        let within = |key: &str, value: u64, least: u64, most: u64| match value {
            _ if value < least => Err(SettingError::new(key, format!("must be at least {least}"))),
            _ if value > most => Err(SettingError::new(key, format!("must be at most {most}"))),
            _ => Ok(()),
        };
        within("backlog", self.backlog.into(), 1, u32::MAX.into())?;
        within("workers", self.workers as u64, 0, MOST_THREADS)?;
        within("threads", self.threads.unwrap_or(1) as u64, 1, MOST_THREADS)?;
        within("max_url_length", self.max_url_length.bytes(), 0, LONGEST_TARGET)?;
        within("max_header_size", self.max_header_size.bytes(), 256, LARGEST_HEAD)?;
        within("max_headers", self.max_headers as u64, 1, MOST_HEADERS as u64)?;
        within("http2_max_streams", self.http2_max_streams.into(), 1, u32::MAX.into())?;
        if self.proxy_protocol != ProxyProtocol::Off && self.proxy_protocol_from.is_empty() {
            let error = SettingError::new("proxy_protocol", "nobody is believed");
            return Err(error.help("name the proxies in `proxy_protocol_from`"));
        }
        self.check_paths()?;
        self.check_tls()
    }

    /// Those of `unix:PATH` have been looked at.
    fn check_paths(&self) -> Result<(), SettingError> {
        let too_long = |address: &Address| match address {
            Address::Unix(path) => path.as_os_str().len() > MOST_OF_PATH,
            Address::Tcp { .. } | Address::Systemd(_) => false,
        };
        match self.listen.iter().any(too_long) {
            true => {
                let says = format!("must be a path of at most {MOST_OF_PATH} bytes");
                Err(SettingError::new("unix_socket", says))
            }
            false => Ok(()),
        }
    }

    fn check_tls(&self) -> Result<(), SettingError> {
        let (certs, keys) = (self.tls_cert.len(), self.tls_key.len());
        if certs > 0 {
            return match keys == 0 || keys == certs {
                true => Ok(()),
                false => {
                    let says = format!("must name as many files as `tls_cert`, {certs}");
                    Err(SettingError::new("tls_key", says))
                }
            };
        }
        let given = [("tls_key", !self.tls_key.is_empty())];
        let mut given = given.into_iter().chain([("tls_client_ca", self.tls_client_ca.is_some())]);
        match given.find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((key, _)) => {
                let error = SettingError::new(key, "there is no certificate to go with it");
                Err(error.help("name one in `tls_cert`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use impasto::settings::Size;

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        Http::default().check().unwrap();
        let default = Http::default;
        for (wrong, says) in [
            (Http { backlog: 0, ..default() }, "`backlog` must be at least 1"),
            (Http { threads: Some(0), ..default() }, "`threads` must be at least 1"),
            (
                Http { max_header_size: Size::from_mib(1), ..default() },
                "`max_header_size` must be at most 262144",
            ),
            (
                Http { proxy_protocol: ProxyProtocol::Auto, ..default() },
                "`proxy_protocol`: nobody is believed",
            ),
            (
                Http { tls_key: vec!["key.pem".into()], ..default() },
                "`tls_key`: there is no certificate to go with it",
            ),
            (
                Http {
                    tls_cert: vec!["a.pem".into(), "b.pem".into()],
                    tls_key: vec!["a.key".into()],
                    ..default()
                },
                "`tls_key` must name as many files as `tls_cert`, 2",
            ),
        ] {
            assert_eq!(wrong.check().unwrap_err().to_string(), says);
        }
    }
}
