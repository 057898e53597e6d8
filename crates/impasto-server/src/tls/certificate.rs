//! What a certificate says: for which names, and for how long.

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::time::ASN1Time;

use super::error::TlsFault;
use super::warning::TlsConcern;

/// The names of a certificate, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Whether `host`, in lower case and without a dot at its end, is one of them. A wildcard stands
    /// for one whole label (RFC 9525, 6.3).
    pub(super) fn have(&self, host: &str) -> bool {
        let parent = host.split_once('.').map(|(_, parent)| parent);
        self.0.iter().any(|name| match name.strip_prefix("*.") {
            Some(under) => parent == Some(under),
            None => name == host,
        })
    }
}

/// What is of interest in a chain, beginning with the server's own certificate.
pub(super) fn inspect(chain: &[CertificateDer<'_>]) -> Result<(Names, Vec<TlsConcern>), TlsFault> {
    let mut parsed = Vec::new();
    for (index, der) in chain.iter().enumerate() {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|error| {
            TlsFault::BadCertificate { number: index + 1, reason: error.to_string() }
        })?;
        parsed.push(certificate);
    }
    let mut concerns: Vec<_> = parsed.iter().find_map(out_of_date).into_iter().collect();
    let names = parsed.first().and_then(names);
    if names.is_none() {
        concerns.push(TlsConcern::NoNames);
    }
    let broken = parsed.windows(2).position(|pair| match pair {
        [this, next] => this.issuer() != next.subject(),
        _ => false,
    });
    concerns.extend(broken.map(|index| TlsConcern::BrokenChain(index + 1)));
    Ok((names.unwrap_or_default(), concerns))
}

/// Whether the present is outside of the time for which a certificate is good.
pub(super) fn out_of_date(certificate: &X509Certificate<'_>) -> Option<TlsConcern> {
    let (validity, now) = (certificate.validity(), ASN1Time::now());
    match () {
        () if now > validity.not_after => Some(TlsConcern::Expired(date(validity.not_after))),
        () if now < validity.not_before => Some(TlsConcern::NotYetValid(date(validity.not_before))),
        () => None,
    }
}

/// The host names, perhaps none beside addresses; `None` if there is nothing that a client compares.
/// A name in the subject is believed by none (RFC 9525, 2).
fn names(certificate: &X509Certificate<'_>) -> Option<Names> {
    let alternative = certificate.subject_alternative_name().ok()??.value;
    let (mut names, mut has_address) = (Vec::new(), false);
    for name in &alternative.general_names {
        match name {
            GeneralName::DNSName(name) => names.push(normal(name)),
            GeneralName::IPAddress(_) => has_address = true,
            _ => {}
        }
    }
    (has_address || !names.is_empty()).then_some(Names(names))
}

/// A host name in lower case and without the dot at its end.
pub(super) fn normal(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// `2026-01-31 23:59:59 UTC`
fn date(time: ASN1Time) -> String {
    let time = time.to_datetime();
    let (date, (hour, minute, second)) = (time.date(), time.to_hms());
    format!("{date} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_one_label() {
        let names = Names(vec!["a.example".to_owned(), "*.b.example".to_owned()]);
        for (host, is_ours) in [
            ("a.example", true),
            ("x.a.example", false),
            ("x.b.example", true),
            ("b.example", false),
            ("x.y.b.example", false),
            ("", false),
            ("example", false),
        ] {
            assert_eq!(names.have(host), is_ours, "{host}");
        }
    }
}
