//! How headers are called that proxies set, and clients that pretend.

use http::HeaderName;

/// Headers in which proxies of all kinds say where a request came from, beside all `x-forwarded...`.
const OTHERS: [&str; 20] = [
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "x-original-host",
    "x-original-url",
    "x-rewrite-url",
    "x-envoy-external-address",
    "x-scheme",
    "x-url-scheme",
    "true-client-ip",
    "cf-connecting-ip",
    "client-ip",
    "fastly-client-ip",
    "forwarded-for",
    "front-end-https",
    "x-host",
    "x-remote-addr",
    "remote-addr",
];

/// Whether a header is of that kind. Many apps cannot tell `_` from `-` in it.
pub(super) fn is_forwarding(name: &HeaderName) -> bool {
    const STEM: &str = "x-forwarded";
    let name = name.as_str().as_bytes();
    let is_like = |name: &[u8], known: &str| {
        let fold = |byte: &u8| if *byte == b'_' { b'-' } else { *byte };
        name.len() == known.len() && name.iter().map(fold).eq(known.bytes())
    };
    // Most headers end the look at their first letter, and those of proxies at the stem as it is.
    matches!(name.first(), Some(b'x' | b'f' | b't' | b'c' | b'r'))
        && (name.starts_with(STEM.as_bytes())
            || name.get(..STEM.len()).is_some_and(|start| is_like(start, STEM))
            || OTHERS.iter().any(|other| is_like(name, other)))
}
