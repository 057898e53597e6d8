mod accept;
mod encoded;
mod gzip;

use std::ops::ControlFlow;

use http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Body as _;
use impasto::settings::Size;
use impasto::{Body, Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::coding::Coding;
use crate::header_map;
use crate::media_types::{self, MediaTypes};
use encoded::Encoded;

/// Compresses answers for clients that say they can read it (RFC 9110, 8.4 and 12.5.3).
///
/// The coding is the one that the client gives the greatest weight, and of several the first of
/// `codings`. Left as it is: what is small, what is of no listed type (images and archives are compressed
/// already), server-sent events and gRPC, a part of a whole (206), what has a `Content-Encoding` or a
/// digest, and what says `Cache-Control: no-transform`. An answer that is a stream stays one: what the
/// app has sent so far is sent on whenever it pauses. A strong `ETag` becomes a weak one, since the bytes
/// are others, and `Vary` tells caches what the answer depends on.
///
/// It belongs outside whatever looks at answers, and inside `access_log`, which then counts what is sent.
/// An answer that shows both a secret and what the client chose should not be compressed over TLS: its
/// length tells something about the secret (BREACH).
///
/// ```ini
/// [filter:compress]
/// use = egg:impasto#compress
/// codings = br gzip
/// min_size = 1KiB
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Compress {
    /// The codings that are offered: `zstd`, `br` (or `brotli`), `gzip` and `deflate`, the favourite one first.
    codings: Vec<Coding>,
    /// How hard to try, from 1, which is fast, to 9, which is small. 6 by default.
    #[schemars(range(min = 1, max = 9))]
    level: u8,
    /// Answers below this size are not worth it. With 0 all are compressed, also where they get longer.
    min_size: Size,
    /// The media types that are compressed: one by its name, `text/*` for all of a kind, `*+json` for all
    /// of a syntax.
    types: Vec<String>,
}

impl Default for Compress {
    fn default() -> Compress {
        Compress {
            codings: vec![Coding::Zstd, Coding::Br, Coding::Gzip, Coding::Deflate],
            level: 6,
            min_size: Size::from_bytes(860),
            types: media_types::COMPRESSIBLE.map(str::to_owned).to_vec(),
        }
    }
}

register!("compress" => compress,
    may change_body,
    order [
        before "etag": "the tag is of the bytes before they are compressed";
        once: "the second one finds everything compressed";
    ],
);

// Not tower-http's layer: it costs every request a boxed future and two moves, and leaves the weak `ETag`,
// digests and weights of `identity` to others.
fn compress(settings: Compress) -> anyhow::Result<Filter> {
    if settings.codings.is_empty() {
        return Err(SettingError::new("codings", "must name one at least").into());
    }
    let types = MediaTypes::of("types", &settings.types)?;
    let Compress { codings, level, min_size, .. } = settings;
    Ok(Filter::hook(Compressor { codings, level, min_size: min_size.bytes(), types }))
}

struct Compressor {
    codings: Vec<Coding>,
    level: u8,
    min_size: u64,
    types: MediaTypes,
}

/// A body in memory of at most this size is compressed in one go, and then has a length.
const AT_ONCE: usize = 64 * 1024;

/// Headers with a digest of the bytes that the app wrote (RFC 9530, and their predecessors).
const DIGESTS: [HeaderName; 4] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-md5"),
];

const ACCEPT_ENCODING_ITSELF: HeaderValue = HeaderValue::from_static("accept-encoding");

impl Hook<Option<Coding>> for Compressor {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Option<Coding>> {
        ControlFlow::Continue(accept::preferred(exchange.headers(), &self.codings))
    }

    fn on_response(&self, _: &mut Exchange, coding: Option<Coding>, response: &mut Response) {
        if response.status() == StatusCode::NOT_MODIFIED {
            // It speaks of the answer that the client has, which was compressed (RFC 9110, 15.4.5).
            header_map::vary(response.headers_mut(), &ACCEPT_ENCODING_ITSELF);
            return coding.map_or((), |_| weaken(response.headers_mut()));
        }
        if !self.is_worth_it(response) {
            return;
        }
        header_map::vary(response.headers_mut(), &ACCEPT_ENCODING_ITSELF);
        if let Some(coding) = coding {
            self.encode(coding, response);
        }
    }
}

impl Compressor {
    /// Whether the answer is compressed for a client that wants that.
    fn is_worth_it(&self, response: &Response) -> bool {
        let headers = response.headers();
        let status = response.status();
        let size = match headers.get(CONTENT_LENGTH) {
            Some(length) => length.to_str().ok().and_then(|length| length.parse().ok()),
            None => response.body().size_hint().exact(),
        };
        size.is_none_or(|size| size >= self.min_size.max(1))
            && self.types.have(headers)
            && !status.is_informational()
            && status != StatusCode::NO_CONTENT
            && status != StatusCode::PARTIAL_CONTENT
            && !headers.contains_key(CONTENT_RANGE)
            && !headers.contains_key(CONTENT_ENCODING)
            && !header_map::has_directive(headers, "no-transform")
            && !DIGESTS.iter().any(|digest| headers.contains_key(digest))
    }

    fn encode(&self, coding: Coding, response: &mut Response) {
        // An app that answers a HEAD may have left out the body (RFC 9110, 9.3.2).
        if !response.body().is_end_stream() {
            let body = std::mem::take(response.body_mut());
            let in_memory = body.try_clone().filter(|_| body.as_bytes().is_some_and(is_short));
            let encoded = Encoded::new(body, coding.encoder(self.level));
            *response.body_mut() = match in_memory {
                None => Body::new(encoded),
                Some(plain) => {
                    let length = plain.as_bytes().map_or(0, <[u8]>::len);
                    match encoded
                        .at_once()
                        .filter(|encoded| self.min_size == 0 || encoded.len() < length)
                    {
                        Some(encoded) => encoded.into(),
                        None => return *response.body_mut() = plain,
                    }
                }
            };
        }
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.remove(ACCEPT_RANGES);
        headers.insert(CONTENT_ENCODING, coding.value());
        weaken(headers);
    }
}

fn is_short(bytes: &[u8]) -> bool {
    bytes.len() <= AT_ONCE
}

/// Makes a strong `ETag` a weak one (RFC 9110, 8.8.3).
fn weaken(headers: &mut HeaderMap) {
    let Some(etag) = headers.get_mut(ETAG).filter(|etag| etag.as_bytes().starts_with(b"\"")) else {
        return;
    };
    if let Ok(weak) = HeaderValue::from_bytes(&[b"W/", etag.as_bytes()].concat()) {
        *etag = weak;
    }
}

#[cfg(test)]
mod tests;
