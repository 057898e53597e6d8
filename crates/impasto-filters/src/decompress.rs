mod decoded;

use std::ops::ControlFlow;
use std::sync::Arc;

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body::Body as _;
use impasto::settings::Size;
use impasto::{Body, Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::coding::Coding;
use crate::{drain, text};
use decoded::{Decoded, Limits, Outcome, Verdict};

/// Lets clients send compressed bodies: the app is given them as they were before (RFC 9110, 8.4).
///
/// The body is read while the app reads it, and neither it nor the app ever waits for all of it. A coding
/// that is not taken, and more than one, is refused with 415, which names those that are. A body that
/// grows beyond `max_size`, or beyond `max_ratio` times what was sent, ends in an error for the app, and
/// the client gets 413 whatever the app answers to that; one that is no such coding, or ends before its
/// end, 400.
///
/// It belongs close to the app, inside `size_limit`, which then counts what is sent.
///
/// ```ini
/// [filter:decompress]
/// use = egg:impasto#decompress
/// codings = gzip zstd
/// max_size = 20MiB
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Decompress {
    /// The codings that are taken: `zstd`, `br` (or `brotli`), `gzip` and `deflate`, all by default.
    codings: Vec<Coding>,
    /// The size of the largest body that the app is given. 10MiB by default.
    max_size: Size,
    /// How many times larger than what was sent a body may become, above its first 64 KiB. 100 by default.
    #[schemars(range(min = 1))]
    max_ratio: u32,
}

impl Default for Decompress {
    fn default() -> Decompress {
        Decompress {
            codings: vec![Coding::Zstd, Coding::Br, Coding::Gzip, Coding::Deflate],
            max_size: Size::from_mib(10),
            max_ratio: 100,
        }
    }
}

register!("decompress" => decompress,
    is "request-body",
    may answer change_body,
);

// Not tower-http's layer: it has no limit, so a few bytes fill the memory of whoever collects the body.
fn decompress(settings: Decompress) -> anyhow::Result<Filter> {
    if settings.codings.is_empty() {
        return Err(SettingError::new("codings", "must name one at least").into());
    }
    let names: Vec<_> = settings.codings.iter().map(|coding| coding.value()).collect();
    let names: Vec<_> = names.iter().filter_map(|name| name.to_str().ok()).collect();
    let limits = Limits { size: settings.max_size.bytes(), ratio: settings.max_ratio.into() };
    Ok(Filter::hook(Decompressor {
        accepted: HeaderValue::try_from(names.join(", "))?,
        codings: settings.codings,
        limits,
    }))
}

struct Decompressor {
    codings: Vec<Coding>,
    accepted: HeaderValue,
    limits: Limits,
}

/// What a body turned out to be; `None` for one that came as it is.
type Pending = Option<Arc<Verdict>>;

impl Hook<Pending> for Decompressor {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Pending> {
        let headers = exchange.headers();
        if !headers.contains_key(CONTENT_ENCODING) || exchange.body().is_end_stream() {
            return ControlFlow::Continue(None);
        }
        let coding = match named(headers) {
            Named::Nothing => return ControlFlow::Continue(None),
            Named::One(coding) if self.codings.contains(&coding) => coding,
            _ => return ControlFlow::Break(self.refuse(exchange)),
        };
        let headers = exchange.headers_mut();
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        let verdict = Arc::new(Verdict::default());
        let decoded = Decoded::new(exchange.take_body(), coding, self.limits, verdict.clone());
        exchange.set_body(Body::new(decoded));
        ControlFlow::Continue(Some(verdict))
    }

    fn on_response(&self, _: &mut Exchange, verdict: Pending, response: &mut Response) {
        *response = match verdict.and_then(|verdict| verdict.outcome()) {
            None => return,
            Some(Outcome::TooLarge) => {
                text::text(StatusCode::PAYLOAD_TOO_LARGE, text::too_large(self.limits.size))
            }
            Some(Outcome::TooDense) => text::text(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "the body of the request is compressed to less than 1/{}\n",
                    self.limits.ratio
                ),
            ),
            Some(Outcome::Broken) => text::text(
                StatusCode::BAD_REQUEST,
                "the body of the request is not what its Content-Encoding says\n",
            ),
        };
    }
}

impl Decompressor {
    #[cold]
    fn refuse(&self, exchange: &mut Exchange) -> Response {
        drain::refused(exchange);
        let words = "the Content-Encoding of the request is not supported\n";
        let mut answer = text::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, words);
        // RFC 9110, 12.5.3: which it is that are.
        answer.headers_mut().insert(ACCEPT_ENCODING, self.accepted.clone());
        answer
    }
}

enum Named {
    /// `identity`, which no one should send, means nothing.
    Nothing,
    One(Coding),
    Other,
}

/// What `Content-Encoding` says.
fn named(headers: &HeaderMap) -> Named {
    let values = headers.get_all(CONTENT_ENCODING).iter().map(HeaderValue::as_bytes);
    let names = values.flat_map(|value| value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let mut names =
        names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"));
    match (names.next(), names.next()) {
        (None, _) => Named::Nothing,
        (Some(name), None) => Coding::named(name).map_or(Named::Other, Named::One),
        _ => Named::Other,
    }
}

#[cfg(test)]
mod tests;
