//! Requests for another host than the connection was made for.

use http::Request;
use http::header::HOST;
use impasto::Tls;

use crate::gate::Refusal;

/// The answer to a request whose host is not the name that its handshake asked for: a 421 (RFC 9110,
/// 15.5.20), for who checks certificates by name must not be got round by a `Host` header. A client
/// that did not ask for a name, as none does that connects to an address, is free.
pub(crate) fn refuse<B>(request: &Request<B>, tls: &Tls) -> Option<Refusal> {
    let asked = tls.server_name.as_deref()?;
    let written = match request.uri().authority() {
        Some(authority) => authority.as_str().as_bytes(),
        None => request.headers().get(HOST)?.as_bytes(),
    };
    let host = without_port(written);
    let host = host.strip_suffix(b".").unwrap_or(host);
    if host.eq_ignore_ascii_case(asked.as_bytes()) {
        return None;
    }
    Some(Refusal::MISDIRECTED)
}

fn without_port(authority: &[u8]) -> &[u8] {
    match authority.iter().rposition(|byte| *byte == b':') {
        Some(colon) if authority[colon + 1..].iter().all(u8::is_ascii_digit) => &authority[..colon],
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_the_name_of_the_handshake() {
        for (asked, target, host, is_refused) in [
            (Some("a.example"), "/", Some("a.example"), false),
            (Some("a.example"), "/", Some("A.Example.:8443"), false),
            (Some("a.example"), "/", Some("b.example"), true),
            (Some("a.example"), "/", Some("a.example.org"), true),
            (Some("a.example"), "/", Some("a.example:x"), true),
            (Some("a.example"), "/", Some("[::1]:443"), true),
            (Some("a.example"), "/", Some("[::1]"), true),
            (Some("a.example"), "/", Some(""), true),
            (Some("a.example"), "/", None, false),
            (Some("a.example"), "https://a.example:443/", Some("b.example"), false),
            (Some("a.example"), "https://b.example/", Some("a.example"), true),
            (None, "/", Some("b.example"), false),
        ] {
            let mut request = Request::get(target);
            if let Some(host) = host {
                request = request.header(HOST, host);
            }
            let mut tls = Tls::default();
            tls.server_name = asked.map(str::to_owned);
            let refusal = refuse(&request.body(()).unwrap(), &tls);
            let status = refusal.map(|refusal| refusal.status().as_u16());
            assert_eq!(status, is_refused.then_some(421), "{asked:?} {target} {host:?}");
        }
    }
}
