//! Requests that do not say for whom they are.

use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Request, StatusCode, Version};
use impasto::{Body, Response};

/// The answer to an HTTP/1.1 request without a `Host` or with several, of which a proxy and an app might
/// choose differently: it must be a 400 (RFC 9112, 3.2). hyper lets them pass.
pub(crate) fn refuse<B>(request: &Request<B>) -> Option<Response> {
    if request.version() != Version::HTTP_11 {
        return None;
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    if hosts.next().is_some() && hosts.next().is_none() {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_one_host() {
        for (version, hosts, is_refused) in [
            (Version::HTTP_11, &["a"][..], false),
            (Version::HTTP_11, &[""], false),
            (Version::HTTP_11, &[], true),
            (Version::HTTP_11, &["a", "a"], true),
            (Version::HTTP_10, &[], false),
            (Version::HTTP_2, &[], false),
        ] {
            let mut request = Request::new(());
            *request.version_mut() = version;
            for host in hosts {
                request.headers_mut().append(HOST, HeaderValue::from_static(host));
            }
            assert_eq!(refuse(&request).is_some(), is_refused, "{version:?} {hosts:?}");
        }
    }
}
