mod conditions;

use std::ops::ControlFlow;

use http::header::{
    CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use impasto::settings::Size;
use impasto::{Body, Exchange, Filter, Hook, Next, Response, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;
use xxhash_rust::xxh3::Xxh3;

use crate::gather::gather;
use crate::header_map;
use crate::text;
use conditions::{Conditions, Verdict};

/// Spares clients what they have: answers get an `ETag`, and a request that names it gets 304 (RFC 9110, 13).
///
/// An answer to `GET` or `HEAD` with status 200 that has no `ETag` is given one, a hash of its body, unless
/// it says `Cache-Control: no-store`. `If-None-Match`, `If-Modified-Since`, `If-Match` and
/// `If-Unmodified-Since` then decide between it, 304 and 412, in the order of the RFC; an app's own `ETag`
/// and `Last-Modified` serve as well. The app does its work all the same: what is spared is the way to the
/// client. A condition on a request that changes something is the app's to check.
///
/// It belongs inside `compress`, and outside whatever changes bodies.
///
/// ```ini
/// [filter:etag]
/// use = egg:impasto#etag
/// weak = true
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct EtagSettings {
    /// Whether the tags are weak: the same tag then means as much as the same text, but not the same bytes.
    weak: bool,
    /// Answers that are streams are held back until they are over to be given a tag, up to this size. 0 by
    /// default: only those in memory are.
    buffer: Size,
}

register!("etag" => etag,
    may answer,
    order [
        once: "the second one finds a tag on everything";
    ],
);

fn etag(settings: EtagSettings) -> Filter {
    let tagger = Tagger { start: if settings.weak { "W/\"" } else { "\"" } };
    match settings.buffer.bytes() {
        0 => Filter::hook(tagger),
        limit => filter_with((tagger, limit), hold_back),
    }
}

struct Tagger {
    /// What a tag begins with.
    start: &'static str,
}

/// What the request asked for; `None` where no answer has a tag.
type Asked = Option<Conditions>;

impl Hook<Asked> for Tagger {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Asked> {
        ControlFlow::Continue(asked(exchange))
    }

    fn on_response(&self, _: &mut Exchange, asked: Asked, response: &mut Response) {
        let Some(asked) = asked.filter(|_| response.status() == StatusCode::OK) else { return };
        if wants_tag(response)
            && let Some(bytes) = response.body().as_bytes().filter(|bytes| !bytes.is_empty())
        {
            let tag = self.tag([bytes]);
            response.headers_mut().insert(ETAG, tag);
        }
        decide(&asked, response);
    }
}

async fn hold_back(
    (tagger, limit): &(Tagger, u64),
    exchange: &mut Exchange,
    next: Next<'_>,
) -> Response {
    let asked = asked(exchange);
    let mut response = next.run(exchange).await;
    if asked.is_some()
        && response.status() == StatusCode::OK
        && wants_tag(&response)
        && response.body().as_bytes().is_none()
    {
        match gather(std::mem::take(response.body_mut()), *limit).await {
            Ok(gathered) => {
                if gathered.is_whole() && gathered.bytes() > 0 {
                    let tag = tagger.tag(gathered.pieces().map(|piece| &piece[..]));
                    response.headers_mut().insert(ETAG, tag);
                }
                *response.body_mut() = gathered.into_body();
            }
            Err(error) => {
                tracing::warn!("the body of an answer broke off: {error}");
                return text::text(StatusCode::INTERNAL_SERVER_ERROR, "The answer broke off.\n");
            }
        }
    }
    tagger.on_response(exchange, asked, &mut response);
    response
}

fn asked(exchange: &Exchange) -> Asked {
    let reads = [Method::GET, Method::HEAD].contains(exchange.method());
    reads.then(|| Conditions::of(exchange.headers()))
}

fn wants_tag(response: &Response) -> bool {
    let headers = response.headers();
    !headers.contains_key(ETAG) && !header_map::has_directive(headers, "no-store")
}

impl Tagger {
    fn tag<'a>(&self, pieces: impl IntoIterator<Item = &'a [u8]>) -> HeaderValue {
        let mut hash = Xxh3::new();
        pieces.into_iter().for_each(|piece| hash.update(piece));
        let mut tag = String::with_capacity(self.start.len() + 33);
        tag.push_str(self.start);
        let digits =
            hash.digest128().to_be_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        tag.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
        tag.push('"');
        HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }
}

/// Answers as the conditions have it.
fn decide(asked: &Conditions, response: &mut Response) {
    match asked.verdict(response.headers()) {
        Verdict::Send => {}
        Verdict::NotModified => {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            forget_content(response.headers_mut());
        }
        Verdict::Failed => {
            let words = "The resource is not what the request expects it to be.\n";
            *response = text::text(StatusCode::PRECONDITION_FAILED, words);
        }
    }
}

/// Removes what a client knows from the answer that it has (RFC 9110, 15.4.5).
fn forget_content(headers: &mut HeaderMap) {
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_RANGE] {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests;
