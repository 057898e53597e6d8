//! Compression as Paste has it.

use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Compressor;
use crate::coding::Coding;
use crate::media_types::MediaTypes;

/// Compresses answers with gzip, as Paste's `gzip` does.
///
/// Compressed is what is text or of an `application/...` type without `zip` in it, of whatever size, unless it has a
/// `Content-Encoding` already. In all else it is as `compress`, which has more codings and a size from
/// which it is worth it: an answer that is a stream stays one, `Vary` and a weak `ETag` are for caches, a client that
/// gives gzip the weight 0 is sent none, and server-sent events, parts of a whole and what has a digest are
/// left as they are.
///
/// It belongs outside whatever looks at answers, and inside `access_log`.
///
/// ```ini
/// [filter:gzip]
/// use = egg:impasto#gzip
/// compress_level = 9
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Gzip {
    /// How hard to try, from 0, which only packs, to 9, which is small.
    #[schemars(range(min = 0, max = 9))]
    compress_level: u8,
}

impl Default for Gzip {
    fn default() -> Gzip {
        Gzip { compress_level: 6 }
    }
}

register!("gzip" => gzip, for
    "egg:Paste#gzip",
    "paste.gzipper:make_gzip_middleware",
    "glance.api.middleware.gzip:GzipMiddleware.factory",
    may change_body,
    order [
        before "etag": "the tag is of the bytes before they are compressed";
        once: "the second one finds everything compressed";
    ],
);

fn gzip(settings: Gzip) -> anyhow::Result<Filter> {
    let types = ["text/*", "application/*"].map(str::to_owned);
    Ok(Filter::hook(Compressor {
        codings: vec![Coding::Gzip],
        level: settings.compress_level,
        min_size: 0,
        types: MediaTypes::of("types", &types)?.without("zip"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
    use impasto::{App, Body, Exchange, Response};

    /// The coding of a short answer of this type, for a client that accepts these.
    async fn coding(content_type: &'static str, accepted: &'static str) -> Option<String> {
        let app = App::at_once(|exchange: &mut Exchange| {
            let mut response = Response::new(Body::from("hello"));
            response.headers_mut().insert(CONTENT_TYPE, exchange.headers()["x-type"].clone());
            response
        });
        let app = wrap(gzip(Gzip::default()).unwrap(), app);
        let mut request = get("/");
        request.headers_mut().insert("x-type", content_type.parse().unwrap());
        request.headers_mut().insert(ACCEPT_ENCODING, accepted.parse().unwrap());
        let response = send(&app, request).await;
        let coding = response.headers().get(CONTENT_ENCODING)?;
        Some(coding.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn what_paste_compresses_is_compressed() {
        for content_type in ["text/plain", "application/json", "application/octet-stream"] {
            for accepted in ["gzip", "br, gzip;q=0.1, zstd"] {
                assert_eq!(coding(content_type, accepted).await.as_deref(), Some("gzip"));
            }
        }
    }

    #[tokio::test]
    async fn what_it_leaves_is_left() {
        for (content_type, accepted) in [
            ("application/zip", "gzip"),
            ("application/x-gzip", "gzip"),
            ("image/png", "gzip"),
            ("text/plain", "br, zstd, deflate"),
            ("text/plain", "gzip;q=0"),
        ] {
            assert_eq!(coding(content_type, accepted).await, None, "{content_type} {accepted}");
        }
    }

    #[test]
    fn a_level_that_gzip_does_not_have_is_refused() {
        let error = crate::testing::refused::<Gzip>(&[("compress_level", "10")]);
        assert_eq!(error, "`compress_level` must be a whole number from 0 to 9, not `10`");
    }
}
