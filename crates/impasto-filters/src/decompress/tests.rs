use super::*;
use crate::testing::{answer, with_body, wrap};
use bytes::Bytes;
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use impasto::{App, Request};

const ALL: [Coding; 4] = [Coding::Zstd, Coding::Br, Coding::Gzip, Coding::Deflate];

fn encoded(coding: Coding, text: &[u8]) -> Vec<u8> {
    let mut encoder = coding.encoder(9);
    let mut bytes = vec![0; text.len() + 1000];
    let mut output = WriteBuffer::new_initialized(&mut bytes);
    let mut input = PartialBuffer::new(text);
    while !input.unwritten().is_empty() {
        encoder.encode(&mut input, &mut output).unwrap();
    }
    assert!(encoder.finish(&mut output).unwrap());
    let length = output.written_len();
    bytes.truncate(length);
    bytes
}

/// An app that says what headers it sees of the body, and what comes of it.
fn app(settings: Decompress) -> App {
    let app = App::from_fn(async |exchange: &mut Exchange| {
        let seen =
            [CONTENT_ENCODING, CONTENT_LENGTH].map(|name| exchange.headers().contains_key(name));
        let words = match exchange.body_mut().collect().await {
            Ok(body) => format!("{seen:?} {:?}", body.to_bytes()),
            Err(error) => format!("failed: {error}"),
        };
        Response::new(Body::from(words))
    });
    wrap(decompress(settings).unwrap(), app)
}

fn sent(coding: &str, body: impl Into<Body>) -> Request {
    let mut request = with_body("POST", "/", body);
    request.headers_mut().insert(CONTENT_ENCODING, coding.parse().unwrap());
    request.headers_mut().insert(CONTENT_LENGTH, 1.into());
    request
}

/// A body that comes byte by byte.
fn in_pieces(bytes: Vec<u8>) -> Body {
    let frames =
        bytes.into_iter().map(|byte| Ok::<_, std::io::Error>(Frame::data(vec![byte].into())));
    Body::new(StreamBody::new(futures_util::stream::iter(frames.collect::<Vec<_>>())))
}

#[tokio::test]
async fn the_app_sees_what_was_compressed() {
    let app = app(Decompress::default());
    for coding in ALL {
        let name = coding.value();
        for body in [Body::from(encoded(coding, b"hello")), in_pieces(encoded(coding, b"hello"))] {
            let (status, words) = answer(&app, sent(name.to_str().unwrap(), body)).await;
            assert_eq!(
                (status.as_u16(), &*words),
                (200, "[false, false] b\"hello\""),
                "{coding:?}"
            );
        }
        let empty = encoded(coding, b"");
        let (_, words) = answer(&app, sent(name.to_str().unwrap(), empty)).await;
        assert_eq!(words, "[false, false] b\"\"", "{coding:?}");
    }
    for (coding, body) in [("identity", "plain"), ("", "plain")] {
        assert_eq!(answer(&app, sent(coding, body)).await.1, "[true, true] b\"plain\"");
    }
    assert_eq!(answer(&app, sent("gzip", "")).await.1, "[true, true] b\"\"");
    let twice = [encoded(Coding::Gzip, b"one, "), encoded(Coding::Gzip, b"two")].concat();
    assert_eq!(answer(&app, sent("x-gzip", twice)).await.1, "[false, false] b\"one, two\"");
}

#[tokio::test]
async fn what_is_not_taken_is_refused_with_what_is() {
    let app = app(Decompress { codings: vec![Coding::Gzip, Coding::Br], ..Decompress::default() });
    for coding in ["zstd", "compress", "gzip, br", "aws-chunked"] {
        let response = crate::testing::send(&app, sent(coding, "x")).await;
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{coding}");
        assert_eq!(response.headers()[ACCEPT_ENCODING], "gzip, br");
    }
}

#[tokio::test]
async fn a_body_that_is_broken_or_cut_is_told_to_app_and_client() {
    let app = app(Decompress::default());
    for coding in ALL {
        let whole = encoded(coding, b"hello, hello, hello");
        let cut = whole[..whole.len() - 2].to_vec();
        let trailed = [&whole[..], b"garbage"].concat();
        for body in [b"\xff\xff no such thing".to_vec(), cut, trailed] {
            let name = coding.value();
            let (status, words) = answer(&app, sent(name.to_str().unwrap(), body.clone())).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{coding:?} {body:?}");
            assert_eq!(words, "the body of the request is not what its Content-Encoding says\n");
        }
    }
}

#[tokio::test]
async fn a_bomb_does_not_go_off() {
    let bomb = vec![0; 1 << 20];
    let small =
        Decompress { max_size: Size::from_kib(512), max_ratio: 1 << 20, ..Decompress::default() };
    let flat = Decompress { max_ratio: 10, ..Decompress::default() };
    let (small, flat, roomy) =
        (app(small), app(flat), app(Decompress { max_ratio: 1 << 20, ..Decompress::default() }));
    for coding in ALL {
        let name = coding.value();
        let request = || sent(name.to_str().unwrap(), Bytes::from(encoded(coding, &bomb)));
        let (status, words) = answer(&small, request()).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{coding:?}");
        assert_eq!(words, "the body of the request is larger than 524288 bytes\n");
        let (status, words) = answer(&flat, request()).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{coding:?}");
        assert_eq!(words, "the body of the request is compressed to less than 1/10\n");
        assert_eq!(answer(&roomy, request()).await.0, StatusCode::OK);
    }
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |settings| decompress(settings).unwrap_err().to_string();
    let codings = Decompress { codings: Vec::new(), ..Decompress::default() };
    assert_eq!(wrong(codings), "`codings` must name one at least");
    let ratio = crate::testing::refused::<Decompress>(&[("max_ratio", "0")]);
    assert_eq!(ratio, "`max_ratio` must be a whole number, 1 or more, not `0`");
}
