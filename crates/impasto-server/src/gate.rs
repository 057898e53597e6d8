//! What a front server must not let pass, although hyper does.
//!
//! Software behind one another disagrees about requests that are not quite right, and whoever finds
//! two that do smuggles a request past the first. So what can be read in two ways is refused.
//!
//! It costs one pass over the names of the headers and one over the target.

mod bytes;
mod header;
mod host;
mod refusal;
mod target;
mod unseen;

use http::{HeaderName, Method, Request, Version, header as names};

pub(crate) use refusal::Refusal;
pub(crate) use unseen::Unseen;

/// No method that is registered is half as long.
const LONGEST_METHOD: usize = 32;

/// Why `request` is refused, if it is.
pub(crate) fn refuse<B>(request: &Request<B>) -> Option<Refusal> {
    look(request).err()
}

fn look<B>(request: &Request<B>) -> Result<(), Refusal> {
    let method = request.method();
    if matches!(*method, Method::CONNECT | Method::TRACE) || method.as_str().len() > LONGEST_METHOD
    {
        return Err(Refusal::not_implemented("the method is not one of this server's"));
    }
    target::look(method, request.uri())?;
    if request.version() == Version::HTTP_2 && request.headers().values().any(header::is_padded) {
        return Err(header::PADDED);
    }
    let mut hosts = host::Hosts::default();
    let mut encodings = 0;
    for (name, value) in request.headers() {
        match *name {
            names::HOST => hosts.add(value)?,
            names::EXPECT => header::expect(value)?,
            names::TRANSFER_ENCODING => {
                encodings += 1;
                header::transfer_encoding(value, encodings)?;
            }
            names::CONTENT_LENGTH if encodings > 0 => return Err(header::TWO_LENGTHS),
            _ if is_a_length_in_disguise(name) => return Err(header::DISGUISED),
            _ => {}
        }
    }
    if encodings > 0 && request.headers().contains_key(names::CONTENT_LENGTH) {
        return Err(header::TWO_LENGTHS);
    }
    let needs_one = request.version() >= Version::HTTP_11;
    hosts.are_for(request.uri().authority(), needs_one)
}

/// CGI and WSGI know no difference between `-` and `_`.
fn is_a_length_in_disguise(name: &HeaderName) -> bool {
    match name.as_str() {
        name if name.len() == 14 => name == "content_length",
        name if name.len() == 17 => name == "transfer_encoding",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(target: &str, version: Version, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::get(target).version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        refuse(&request.body(()).unwrap()).map_or(200, |refusal| refusal.status().as_u16())
    }

    #[test]
    fn a_request_is_for_one_host() {
        use Version as V;
        for (target, version, hosts, expected) in [
            ("/", V::HTTP_11, &["a"][..], 200),
            ("/", V::HTTP_11, &[""], 200),
            ("/", V::HTTP_11, &[], 400),
            ("/", V::HTTP_11, &["a", "a"], 400),
            ("/", V::HTTP_11, &["a, b"], 400),
            ("/", V::HTTP_10, &[], 200),
            ("/", V::HTTP_10, &["a", "b"], 400),
            ("http://a/", V::HTTP_11, &["a:80"], 200),
            ("http://a/", V::HTTP_11, &["b"], 400),
            ("http://a/", V::HTTP_11, &[""], 400),
            ("http://u@a/", V::HTTP_11, &["u@a"], 400),
            ("https://a/", V::HTTP_2, &[], 200),
            ("https://a/", V::HTTP_2, &["a"], 200),
            ("https://a/", V::HTTP_2, &["b"], 400),
            ("https://u@a/", V::HTTP_2, &[], 400),
            ("/", V::HTTP_2, &[], 400),
        ] {
            let headers: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(status(target, version, &headers), expected, "{target} {hosts:?}");
        }
    }

    #[test]
    fn a_request_has_one_length() {
        let with = |headers: &[(&str, &str)]| {
            status("/", Version::HTTP_11, &[&[("host", "a")], headers].concat())
        };
        assert_eq!(with(&[("content-length", "1")]), 200);
        assert_eq!(with(&[("transfer-encoding", "chunked")]), 200);
        assert_eq!(with(&[("transfer-encoding", "chunked"), ("content-length", "1")]), 400);
        assert_eq!(with(&[("content-length", "1"), ("transfer-encoding", "chunked")]), 400);
        assert_eq!(
            with(&[("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")]),
            400
        );
        assert_eq!(with(&[("content_length", "1")]), 400);
        assert_eq!(with(&[("Transfer_Encoding", "x")]), 400);
        assert_eq!(with(&[("content_lengths", "1")]), 200);
        assert_eq!(with(&[("expect", "100-Continue")]), 200);
        assert_eq!(with(&[("expect", "tea")]), 417);
    }

    #[test]
    fn a_value_has_no_white_space_around_it() {
        let with = |value| status("https://a/", Version::HTTP_2, &[("x", value)]);
        for value in [" a", "a ", "\ta", "a\t", " ", "\t"] {
            assert_eq!(with(value), 400, "{value:?}");
        }
        for value in ["", "a", "a \t b"] {
            assert_eq!(with(value), 200, "{value:?}");
        }
    }

    #[test]
    fn not_every_method_is_served() {
        for (method, is_refused) in [
            ("GET", false),
            ("PROPFIND", false),
            ("connect", false),
            ("CONNECT", true),
            ("TRACE", true),
            ("A".repeat(33).as_str(), true),
        ] {
            let request = Request::builder().method(method).uri("/").header("host", "a");
            assert_eq!(refuse(&request.body(()).unwrap()).is_some(), is_refused, "{method}");
        }
    }
}
