mod bounded;

use bytes::Bytes;
use http::StatusCode;
use http::header::EXPECT;
use http_body::Body as _;
use http_body_util::BodyExt;
use impasto::settings::Size;
use impasto::{AsyncFilter, Body, Exchange, Filter, Next, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::drain;
use crate::oslo::Oslo;
use crate::text;
use bounded::{Bounded, Fate, Found};

/// Refuses requests with a body that is too large, with 413 (RFC 9110, 15.5.14).
///
/// A request that announces too large a body is refused before it is read, and with `Expect:
/// 100-continue` before it is sent. A body of unknown length is counted while the app reads it: beyond
/// the limit the app sees an error, and the client gets the 413 whatever the app answers to that (unless
/// a part of its answer was under way by then). What the app has not read when it answers is counted
/// too, for up to two seconds and not after an error to a client that asked first; after that the answer
/// is given. What the client goes on to send is read for up to two seconds, because many clients look at the
/// answer only when they have sent everything.
///
/// It belongs close to the app; outside of it nothing should read the body.
///
/// ```ini
/// [filter:size_limit]
/// use = egg:impasto#size_limit
/// max_body_size = 10MiB
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct SizeLimit {
    /// The size of the largest body that is taken. 112KiB by default, as with oslo.
    #[serde(alias = "max_request_body_size")]
    max_body_size: Option<Size>,
    /// The project whose oslo.config file has more settings, in its section `[oslo_middleware]`: the first of
    /// `~/.PROJECT/PROJECT.conf`, `~/PROJECT.conf`, `/etc/PROJECT/PROJECT.conf` and `/etc/PROJECT.conf`
    /// that exists, if one does. What is set here, or in `[DEFAULT]`, goes before it.
    oslo_config_project: Option<String>,
    /// A program of the project; `PROGRAM.conf` is looked for in the same places, and goes before.
    oslo_config_program: Option<String>,
    /// The path of a file to read in place of all these. It has an effect only together with
    /// `oslo_config_project`, as with oslo.middleware.
    oslo_config_file: Option<String>,
}

register!("size_limit" => size_limit, for
    "oslo_middleware:RequestBodySizeLimiter.factory",
    "oslo_middleware.sizelimit:RequestBodySizeLimiter.factory",
    "egg:oslo.middleware#sizelimit",
    "nova.api.sizelimit:RequestBodySizeLimiter.factory",
    "keystone.middleware:RequestBodySizeLimiter.factory",
    may answer change_body,
    order [
        before "request-body": "what reads the body before it takes in any size";
    ],
);

// Not tower-http's layer: it answers 413 only where the length is announced, and lets the client send on
// into a closed connection.
fn size_limit(settings: SizeLimit) -> anyhow::Result<Filter> {
    let limit = settings.limit()?.bytes();
    let filter = Filter::waiting(Limit { limit, words: text::too_large(limit).into() });
    // An app that never waits reads no body, but one that is sent is counted all the same.
    Ok(Filter::wrap(move |app| {
        let otherwise = app.clone().filtered(std::slice::from_ref(&filter));
        app.unless(move |exchange| !fits(exchange.body(), limit), otherwise)
    }))
}

impl SizeLimit {
    fn limit(&self) -> Result<Size, SettingError> {
        let oslo = Oslo {
            project: &self.oslo_config_project,
            program: &self.oslo_config_program,
            file: &self.oslo_config_file,
        };
        let file: SizeLimit = oslo.group("oslo_middleware", &["max_request_body_size"])?;
        Ok(self.max_body_size.or(file.max_body_size).unwrap_or(Size::from_kib(112)))
    }
}

struct Limit {
    limit: u64,
    words: Bytes,
}

/// Whether a body is announced to be within the limit.
fn fits(body: &Body, limit: u64) -> bool {
    body.size_hint().upper().is_some_and(|upper| upper <= limit)
}

impl AsyncFilter for Limit {
    fn concerns(&self, exchange: &Exchange) -> bool {
        !fits(exchange.body(), self.limit)
    }

    async fn call(&self, exchange: &mut Exchange, next: Next<'_>) -> Response {
        if exchange.body().size_hint().lower() > self.limit {
            drain::refused(exchange);
            return self.answer();
        }
        let asks_first = exchange.headers().contains_key(EXPECT);
        let fate = Fate::default();
        let body = Bounded::new(exchange.take_body(), self.limit, &fate);
        exchange.set_body(Body::new(body));
        let response = next.run(exchange).await;
        drop(exchange.take_body());
        match fate.take() {
            Found::Fits => response,
            Found::Exceeded => self.answer(),
            // A client that asks before it sends will not do so after such an answer.
            Found::Unread(body, _) if asks_first && is_error(&response) => {
                exchange.set_body(body);
                response
            }
            Found::Unread(mut body, left) => match exceeds(&mut body, left).await {
                true => {
                    drain::drain(body);
                    self.answer()
                }
                false => {
                    exchange.set_body(body);
                    response
                }
            },
        }
    }
}

impl Limit {
    fn answer(&self) -> Response {
        text(StatusCode::PAYLOAD_TOO_LARGE, self.words.clone())
    }
}

fn is_error(response: &Response) -> bool {
    response.status().is_client_error() || response.status().is_server_error()
}

/// Whether more than `left` bytes come of a body that the app has not read, within the time that it is worth.
async fn exceeds(body: &mut Body, mut left: u64) -> bool {
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            let size = frame.data_ref().map_or(0, |data| data.len() as u64);
            let Some(rest) = left.checked_sub(size) else { return true };
            left = rest;
        }
        false
    };
    tokio::time::timeout(drain::LINGER, read).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, with_body, wrap};
    use http_body::Frame;
    use http_body_util::StreamBody;
    use impasto::{App, Request};
    use std::time::{Duration, Instant};
    use tokio::sync::mpsc;

    /// An app that reads the body and says how many bytes came, or why not.
    fn app(limit: u64) -> App {
        let app = App::from_fn(async |exchange: &mut Exchange| {
            let words = match exchange.body_mut().collect().await {
                Ok(body) => format!("{} bytes", body.to_bytes().len()),
                Err(error) => format!("failed: {error}"),
            };
            Response::new(Body::from(words))
        });
        let max_body_size = Some(Size::from_bytes(limit));
        wrap(size_limit(SizeLimit { max_body_size, ..SizeLimit::default() }).unwrap(), app)
    }

    /// A body of unknown length that is sent through a channel.
    fn sent() -> (mpsc::Sender<Bytes>, Body) {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
        let frames = futures_util::stream::poll_fn(move |context| {
            receiver
                .poll_recv(context)
                .map(|it| it.map(|data| Ok::<_, std::io::Error>(Frame::data(data))))
        });
        (sender, Body::new(StreamBody::new(frames)))
    }

    fn chunked(chunks: &'static [&'static str]) -> Request {
        let (sender, body) = sent();
        tokio::spawn(async move {
            for chunk in chunks {
                sender.send(Bytes::from_static(chunk.as_bytes())).await.unwrap();
            }
        });
        with_body("POST", "/", body)
    }

    #[tokio::test]
    async fn a_body_within_the_limit_passes() {
        let app = app(5);
        assert_eq!(answer(&app, with_body("POST", "/", "12345")).await.1, "5 bytes");
        assert_eq!(answer(&app, with_body("POST", "/", Body::empty())).await.1, "0 bytes");
        assert_eq!(answer(&app, chunked(&["12", "345"])).await.1, "5 bytes");
    }

    #[tokio::test]
    async fn an_announced_body_beyond_the_limit_is_refused() {
        let (status, words) = answer(&app(5), with_body("POST", "/", "123456")).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(words, "the body of the request is larger than 5 bytes\n");
        assert_eq!(answer(&app(0), with_body("POST", "/", "1")).await.0, 413);
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_is_refused_beyond_the_limit() {
        let (status, words) = answer(&app(5), chunked(&["1234", "56"])).await;
        assert_eq!(
            (status.as_u16(), &*words),
            (413, "the body of the request is larger than 5 bytes\n")
        );
    }

    /// What is answered around an app that does with an exchange what `work` does.
    async fn around(work: fn(&mut Exchange) -> Response, request: Request) -> u16 {
        let max_body_size = Some(Size::from_bytes(5));
        let filter = size_limit(SizeLimit { max_body_size, ..SizeLimit::default() }).unwrap();
        answer(&wrap(filter, App::at_once(work)), request).await.0.as_u16()
    }

    #[tokio::test]
    async fn a_body_that_the_app_does_not_read_is_counted_too() {
        let leaves: fn(&mut Exchange) -> Response = |_| Response::default();
        let drops: fn(&mut Exchange) -> Response = |exchange| {
            drop(exchange.take_body());
            Response::default()
        };
        for work in [leaves, drops] {
            assert_eq!(around(work, chunked(&["1234", "56"])).await, 413);
            assert_eq!(around(work, chunked(&["1234", "5"])).await, 200);
            assert_eq!(around(work, with_body("POST", "/", Body::empty())).await, 200);
        }
    }

    #[tokio::test]
    async fn a_client_that_asks_first_is_counted_if_it_may_send() {
        let asking = || {
            let mut request = chunked(&["1234", "56"]);
            request.headers_mut().insert(EXPECT, "100-continue".parse().unwrap());
            request
        };
        assert_eq!(around(|_| Response::default(), asking()).await, 413);
        let refuses = |_: &mut Exchange| text(StatusCode::FORBIDDEN, "no\n");
        assert_eq!(around(refuses, asking()).await, 403);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_does_not_wait_for_a_client_that_sends_nothing() {
        let (_sender, body) = sent();
        let start = tokio::time::Instant::now();
        assert_eq!(around(|_| Response::default(), with_body("POST", "/", body)).await, 200);
        assert_eq!(start.elapsed().as_secs(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_still_in_use_is_left_alone() {
        let (sender, body) = sent();
        let echo: fn(&mut Exchange) -> Response = |exchange| Response::new(exchange.take_body());
        tokio::spawn(async move { sender.send(Bytes::from_static(b"12345")).await.unwrap() });
        let start = tokio::time::Instant::now();
        assert_eq!(around(echo, with_body("POST", "/", body)).await, 200);
        assert!(start.elapsed().is_zero());
    }

    #[tokio::test]
    async fn what_is_still_sent_is_read_on() {
        let (sender, body) = sent();
        let send = tokio::spawn(async move {
            let mut chunks = 0;
            while chunks < 100 && sender.send(Bytes::from_static(b"123456")).await.is_ok() {
                chunks += 1;
            }
            chunks
        });
        assert_eq!(answer(&app(5), with_body("POST", "/", body)).await.0, 413);
        assert_eq!(send.await.unwrap(), 100);
    }

    #[tokio::test]
    async fn but_not_for_ever() {
        let (sender, body) = sent();
        let start = Instant::now();
        let answered =
            tokio::spawn(async move { answer(&app(5), with_body("POST", "/", body)).await });
        sender.send(Bytes::from_static(b"123456")).await.unwrap();
        sender.closed().await;
        assert!(start.elapsed() < Duration::from_secs(20));
        assert_eq!(answered.await.unwrap().0, 413);
    }

    #[tokio::test]
    async fn a_client_that_asks_first_is_not_read_from() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let body = Body::from("123456").on_end(|end| tell.send(end.bytes).unwrap());
        let mut request = with_body("PUT", "/", body);
        request.headers_mut().insert(EXPECT, "100-continue".parse().unwrap());
        assert_eq!(answer(&app(5), request).await.0, 413);
        assert_eq!(told.await, Ok(0));
    }

    #[test]
    fn the_default_is_that_of_oslo() {
        assert_eq!(SizeLimit::default().limit().unwrap().bytes(), 114_688);
    }
}
