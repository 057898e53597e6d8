use std::io::Write;

use super::*;
use crate::testing::{get, send, with_body, wrap};
use bytes::Bytes;
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, VARY};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use impasto::App;
use tokio::sync::mpsc;

const ALL: [Coding; 4] = [Coding::Zstd, Coding::Br, Coding::Gzip, Coding::Deflate];

/// What a body says that was compressed.
fn decoded(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let mut decoder = coding.decoder();
    let mut input = PartialBuffer::new(bytes);
    let mut text = vec![0; 4 << 20];
    let mut output = WriteBuffer::new_initialized(&mut text);
    while !decoder.decode(&mut input, &mut output).unwrap() && !input.unwritten().is_empty() {}
    let length = output.written_len();
    text.truncate(length);
    text
}

/// An app with one answer, behind the filter.
fn app(headers: &'static [(&'static str, &'static str)], body: fn() -> Body) -> App {
    app_with(200, headers, body)
}

fn app_with(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: fn() -> Body,
) -> App {
    let app = App::at_once(move |_| {
        let mut response = Response::new(body());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        for (name, value) in headers {
            response.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        response
    });
    wrap(compress(Compress::default()).unwrap(), app)
}

fn accepting(method: &str, accept: &str) -> impasto::Request {
    let mut request = with_body(method, "/", Body::empty());
    request.headers_mut().insert(ACCEPT_ENCODING, accept.parse().unwrap());
    request
}

fn shown<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn long() -> Body {
    "a word and ".repeat(1000).into()
}

fn very_long() -> Body {
    "a word and ".repeat(100_000).into()
}

#[tokio::test]
async fn answers_come_in_the_coding_that_was_asked_for() {
    for coding in ALL {
        let name = coding.value();
        for (body, is_whole) in [(long as fn() -> Body, true), (very_long, false)] {
            let response = send(&app(&[], body), accepting("GET", name.to_str().unwrap())).await;
            assert_eq!(response.headers()[CONTENT_ENCODING], name);
            assert_eq!(response.headers()[VARY], "accept-encoding");
            assert_eq!(response.body().size_hint().exact().is_some(), is_whole);
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let plain = body().collect().await.unwrap().to_bytes();
            assert!(bytes.len() * 10 < plain.len());
            assert_eq!(decoded(coding, &bytes), plain, "{coding:?}");
        }
    }
}

#[tokio::test]
async fn what_must_not_or_need_not_change_does_not() {
    for headers in [
        &[("content-type", "image/png")][..],
        &[("content-type", "text/event-stream")],
        &[("content-encoding", "aws-chunked")],
        &[("content-range", "bytes 0-9/20")],
        &[("cache-control", "private, No-Transform")],
        &[("content-digest", "sha-256=:x:")],
        &[("content-length", "12")],
    ] {
        let response = send(&app(headers, long), accepting("GET", "gzip")).await;
        let (name, value) = headers[0];
        assert_eq!(shown(&response, name), Some(value));
        assert!(!response.headers().contains_key(VARY), "{headers:?}");
        assert_eq!(response.body().as_bytes(), long().as_bytes());
    }
    for status in [204, 206] {
        let response = send(&app_with(status, &[], long), accepting("GET", "gzip")).await;
        assert!(!response.headers().contains_key(CONTENT_ENCODING), "{status}");
    }
    let small = || Body::from("x".repeat(859));
    let response = send(&app(&[], small), accepting("GET", "gzip")).await;
    assert!(!response.headers().contains_key(VARY));
}

#[tokio::test]
async fn a_client_that_wants_it_plain_gets_it_plain_and_caches_learn_why() {
    let app = app(&[("etag", "\"1\""), ("vary", "origin"), ("content-length", "11000")], long);
    let response = send(&app, get("/")).await;
    assert_eq!(response.body().as_bytes(), long().as_bytes());
    assert_eq!(shown(&response, "etag"), Some("\"1\""));
    let vary: Vec<_> = response.headers().get_all(VARY).iter().collect();
    assert_eq!(vary, ["origin", "accept-encoding"]);
    assert_eq!(shown(&response, "content-length"), Some("11000"));
}

#[tokio::test]
async fn what_does_not_get_smaller_is_sent_as_it_is() {
    let noise = || {
        let mut state = 1u64;
        let next = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 56) as u8
        });
        Body::from(next.take(2000).collect::<Vec<_>>())
    };
    let response = send(&app(&[("etag", "\"1\"")], noise), accepting("GET", "gzip")).await;
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    assert_eq!(shown(&response, "etag"), Some("\"1\""));
    assert_eq!(response.body().as_bytes(), noise().as_bytes());
}

#[tokio::test]
async fn validators_and_lengths_are_those_of_the_compressed_answer() {
    let headers = &[("etag", "\"1\""), ("accept-ranges", "bytes"), ("content-length", "11000")];
    for method in ["GET", "HEAD"] {
        let body = if method == "GET" { long } else { Body::empty };
        let response = send(&app(headers, body), accepting(method, "br")).await;
        assert_eq!(shown(&response, "etag"), Some("W/\"1\""));
        assert_eq!(shown(&response, "content-encoding"), Some("br"));
        assert!(!response.headers().contains_key(ACCEPT_RANGES));
        assert!(!response.headers().contains_key(CONTENT_LENGTH));
    }
    let fresh = app_with(304, &[("etag", "\"1\"")], Body::empty);
    let response = send(&fresh, accepting("GET", "br")).await;
    assert_eq!(shown(&response, "etag"), Some("W/\"1\""));
    assert_eq!(shown(&response, "vary"), Some("accept-encoding"));
}

/// A body that is sent through a channel.
fn channel() -> (mpsc::Sender<Frame<Bytes>>, Body) {
    let (sender, mut receiver) = mpsc::channel(1);
    let frames = futures_util::stream::poll_fn(move |context| {
        receiver.poll_recv(context).map(|frame| frame.map(Ok::<_, std::io::Error>))
    });
    (sender, Body::new(StreamBody::new(frames)))
}

#[tokio::test]
async fn a_stream_is_sent_on_whenever_it_pauses_and_keeps_its_trailers() {
    for coding in ALL {
        let (sender, body) = channel();
        let mut encoded = Encoded::new(body, coding.encoder(6));
        let mut seen = Vec::new();
        for word in ["first", "second", "third"] {
            sender.send(Frame::data(Bytes::from(word))).await.unwrap();
            let expected = decoded(coding, &seen).len() + word.len();
            while decoded(coding, &seen).len() < expected {
                let frame = encoded.frame().await.unwrap().unwrap();
                seen.write_all(frame.data_ref().unwrap()).unwrap();
            }
            assert!(decoded(coding, &seen).ends_with(word.as_bytes()), "{coding:?}");
        }
        let trailers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("\"end\""))]);
        sender.send(Frame::trailers(trailers.clone())).await.unwrap();
        let rest = encoded.collect().await.unwrap();
        assert_eq!(rest.trailers(), Some(&trailers));
        seen.write_all(&rest.to_bytes()).unwrap();
        assert_eq!(decoded(coding, &seen), b"firstsecondthird");
    }
}

#[tokio::test]
async fn a_flush_of_many_frames_is_over_before_more_is_read() {
    let mut state = 1u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 56) as u8
    });
    let noise: Vec<u8> = noise.take(200_000).collect();
    for coding in ALL {
        let (sender, body) = channel();
        let mut encoded = Encoded::new(body, coding.encoder(6));
        sender.send(Frame::data(Bytes::from(noise.clone()))).await.unwrap();
        // More comes after each frame, also while the first piece is still to be flushed.
        let mut seen = Vec::new();
        let mut expected = noise.clone();
        for _ in 0..50 {
            if sender.try_send(Frame::data(Bytes::from_static(b"more"))).is_ok() {
                expected.extend_from_slice(b"more");
            }
            let pause = std::time::Duration::from_millis(1);
            if let Ok(frame) = tokio::time::timeout(pause, encoded.frame()).await {
                seen.extend_from_slice(frame.unwrap().unwrap().data_ref().unwrap());
            }
        }
        drop(sender);
        seen.extend_from_slice(&encoded.collect().await.unwrap().to_bytes());
        assert!(decoded(coding, &seen) == expected, "{coding:?}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_stays_broken() {
    let mut encoded = Encoded::new(crate::testing::broken_body(), Coding::Gzip.encoder(6));
    let mut errors = Vec::new();
    while let Some(frame) = encoded.frame().await {
        errors.extend(frame.err().map(|error| error.to_string()));
    }
    assert_eq!(errors, ["the client went away"]);
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |settings| compress(settings).unwrap_err().to_string();
    let codings = Compress { codings: Vec::new(), ..Compress::default() };
    assert_eq!(wrong(codings), "`codings` must name one at least");
    let level = crate::testing::refused::<Compress>(&[("level", "0")]);
    assert_eq!(level, "`level` must be a whole number from 1 to 9, not `0`");
}
