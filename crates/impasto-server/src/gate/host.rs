//! For whom a request is (RFC 9112, 3.2).

use http::HeaderValue;
use http::uri::Authority;

use super::bytes;
use super::refusal::Refusal;

/// The `Host` headers of a request.
#[derive(Default)]
pub(super) struct Hosts<'a> {
    first: Option<&'a [u8]>,
}

impl<'a> Hosts<'a> {
    pub(super) fn add(&mut self, value: &'a HeaderValue) -> Result<(), Refusal> {
        if self.first.replace(value.as_bytes()).is_some() {
            return Err(Refusal::bad("there are two Hosts"));
        }
        Ok(())
    }

    /// Whether they go with the authority of the target: a proxy and an app might choose differently
    /// between two.
    pub(super) fn are_for(
        &self,
        authority: Option<&Authority>,
        needs_one: bool,
    ) -> Result<(), Refusal> {
        let Some(host) = self.first else {
            // HTTP/2 has the authority in its place.
            return match authority {
                Some(authority) => is_host(authority.as_str().as_bytes()),
                None if needs_one => Err(Refusal::bad("there is no Host")),
                None => Ok(()),
            };
        };
        is_host(host)?;
        match authority {
            Some(authority) if !same(authority.as_str().as_bytes(), host) => {
                Err(Refusal::bad("the Host is not that of the target"))
            }
            _ => Ok(()),
        }
    }
}

/// A name, or an address in brackets, and perhaps a port. (A request for something that has no
/// authority has an empty one.)
fn is_host(text: &[u8]) -> Result<(), Refusal> {
    const NO_HOST: Refusal = Refusal::bad("the Host is no host");
    if bytes::all(text, &NAME) {
        return Ok(());
    }
    let is_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let port = match text {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else { return Err(NO_HOST) };
            match end > 0 && rest[..end].iter().all(is_address) {
                true => &rest[end + 1..],
                false => return Err(NO_HOST),
            }
        }
        [b':', ..] => return Err(NO_HOST),
        _ => {
            let end = text.iter().position(|byte| *byte == b':').unwrap_or(text.len());
            match bytes::all(&text[..end], &NAME) {
                true => &text[end..],
                false => return Err(NO_HOST),
            }
        }
    };
    match port {
        [] => Ok(()),
        [b':', digits @ ..] if is_port(digits) => Ok(()),
        _ => Err(NO_HOST),
    }
}

static NAME: bytes::Fine =
    bytes::only(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

/// Nothing is one, too (RFC 3986, 3.2.3).
fn is_port(digits: &[u8]) -> bool {
    let number = digits.iter().try_fold(0u32, |number, digit| {
        digit.is_ascii_digit().then(|| (number * 10 + u32::from(digit - b'0')).min(1 << 16))
    });
    number.is_some_and(|number| number < 1 << 16)
}

/// A client may leave out the port that the scheme implies in one and not in the other.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.eq_ignore_ascii_case(other)
        || without_usual_port(one).eq_ignore_ascii_case(without_usual_port(other))
}

fn without_usual_port(host: &[u8]) -> &[u8] {
    let usual = [&b":80"[..], b":443", b":"].into_iter().find_map(|port| host.strip_suffix(port));
    usual.unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_a_port() {
        for host in [
            "",
            "a",
            "a.example",
            "a.example:8080",
            "A_b-c.",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:80",
            "a:",
        ] {
            assert!(is_host(host.as_bytes()).is_ok(), "{host}");
        }
        for host in [
            "a,b", "a b", "u@a", "a/b", "a:b", "a:65536", "a:-1", ":80", "[::1", "[]", "[x]",
            "::1", "a:1:2", "a\\b", "a?b", "a#b", "http://a", "[::1]x", "\u{e4}",
        ] {
            assert!(is_host(host.as_bytes()).is_err(), "{host}");
        }
    }

    #[test]
    fn two_names_of_one_host_are_the_same() {
        assert!(same(b"A.example:80", b"a.EXAMPLE"));
        assert!(!same(b"a.example:8080", b"a.example"));
        assert!(!same(b"a.example", b""));
    }
}
