use http::StatusCode;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http_body::Body as _;
use impasto::settings::Size;
use impasto::{Exchange, Filter, Next, Response, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::drain;
use crate::gather::{Gathered, gather};
use crate::text;

/// Reads the whole body of a request before the app sees the request.
///
/// An app that does something costly while it reads (it holds a connection to a database, say) is kept from
/// waiting for slow clients, and is told the length of every body. A body that is larger than
/// `max_size` is refused with 413, one that breaks off with 400; neither reaches the app. How long a client
/// may take is the server's to say.
///
/// It belongs inside whatever refuses requests without reading them, and inside `decompress`. Each request
/// that is being read holds up to `max_size` of memory. An app that streams should not be behind it.
///
/// ```ini
/// [filter:buffer]
/// use = egg:impasto#buffer
/// max_size = 256KiB
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Buffer {
    /// The size of the largest body that is taken. 1MiB by default.
    max_size: Size,
}

impl Default for Buffer {
    fn default() -> Buffer {
        Buffer { max_size: Size::from_mib(1) }
    }
}

register!("buffer" => buffer,
    is "request-body",
    may answer,
    order [
        after "decompress": "it is to hold what comes out, not what goes in";
        after "authentication": "what is refused need not be read first";
    ],
);

fn buffer(settings: Buffer) -> Filter {
    filter_with(settings.max_size.bytes(), read_first)
}

async fn read_first(limit: &u64, exchange: &mut Exchange, next: Next<'_>) -> Response {
    let announced = exchange.body().size_hint();
    if announced.lower() > *limit {
        drain::refused(exchange);
        return too_large(*limit);
    }
    if exchange.body().as_bytes().is_none() {
        match gather(exchange.take_body(), *limit).await {
            Ok(gathered) if gathered.bytes() > *limit => {
                drain::drain(gathered.into_body());
                return too_large(*limit);
            }
            Ok(gathered) => pass_on(exchange, gathered),
            Err(_) => {
                let words = "the body of the request broke off\n";
                return text::text(StatusCode::BAD_REQUEST, words);
            }
        }
    }
    next.run(exchange).await
}

fn pass_on(exchange: &mut Exchange, gathered: Gathered) {
    let headers = exchange.headers_mut();
    headers.remove(TRANSFER_ENCODING);
    headers.insert(CONTENT_LENGTH, gathered.bytes().into());
    exchange.set_body(gathered.into_body());
}

fn too_large(limit: u64) -> Response {
    text::text(StatusCode::PAYLOAD_TOO_LARGE, text::too_large(limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, broken_body, streamed, with_body, wrap};
    use impasto::{App, Body};

    /// An app that says what it has of the body before it reads it.
    fn app() -> App {
        let app = App::at_once(|exchange: &mut Exchange| {
            let length = exchange.headers().get(CONTENT_LENGTH).cloned();
            Response::new(Body::from(format!(
                "{length:?} {:?}",
                exchange.body().as_bytes().map(<[u8]>::len)
            )))
        });
        wrap(buffer(Buffer { max_size: Size::from_bytes(5) }), app)
    }

    #[tokio::test]
    async fn the_app_sees_a_body_that_is_all_there() {
        for (body, seen) in [
            (streamed("12345"), "Some(\"5\") Some(5)"),
            (Body::from("12345"), "None Some(5)"),
            (Body::empty(), "None Some(0)"),
        ] {
            let (status, words) = answer(&app(), with_body("POST", "/", body)).await;
            assert_eq!((status.as_u16(), &*words), (200, seen));
        }
    }

    #[tokio::test]
    async fn what_is_too_large_or_broken_never_reaches_it() {
        let unknown = || {
            let frames = ["123", "456"]
                .map(|data| Ok::<_, std::io::Error>(http_body::Frame::data(data.into())));
            Body::new(http_body_util::StreamBody::new(futures_util::stream::iter(frames)))
        };
        for (body, refusal) in [
            (Body::from("123456"), 413),
            (streamed("123456"), 413),
            (unknown(), 413),
            (broken_body(), 400),
        ] {
            assert_eq!(answer(&app(), with_body("POST", "/", body)).await.0, refusal);
        }
    }
}
