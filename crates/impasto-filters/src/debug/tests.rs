use http::header::{CONTENT_TYPE, HOST};
use http_body::Body as _;

use super::*;
use crate::testing::{answer, answer_to, broken_body, get, send, streamed, with_body};

fn app() -> App {
    debug(Debug { max_body_size: Size::from_bytes(8) })
}

#[tokio::test]
async fn a_request_is_shown_as_it_came() {
    let mut request = with_body("PUT", "/a//b?x=1", streamed("body"));
    request.headers_mut().append("x-a", "1".parse().unwrap());
    request.headers_mut().append("x-a", "2".parse().unwrap());
    request.headers_mut().append(HOST, "h".parse().unwrap());
    let (status, shown) = answer(&app(), request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        shown,
        "method: PUT\nmount: \npath: /a//b\nquery: x=1\n\nx-a: 1\nx-a: 2\nhost: h\n\nbody"
    );
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_never_a_success() {
    for path in ["/", "/status/200", "/delay/0", "/stream/1", "/bytes/1"] {
        let (status, words) = answer(&app(), with_body("POST", path, broken_body())).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(words, "The body ended in an error: the client went away\n");
    }
    let large = with_body("POST", "/", streamed("123456789"));
    assert_eq!(answer(&app(), large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn answers_are_made_to_order() {
    assert_eq!(
        answer_to(&app(), "/status/418").await,
        (StatusCode::IM_A_TEAPOT, "418 I'm a teapot\n".into())
    );
    assert_eq!(answer_to(&app(), "/status/204").await, (StatusCode::NO_CONTENT, String::new()));
    assert_eq!(answer_to(&app(), "/delay/0.01").await.1, "after 0.01 seconds\n");
    assert_eq!(answer_to(&app(), "/stream/2").await.1, "line 1 of 2\nline 2 of 2\n");
    assert_eq!(answer_to(&app(), "/stream/0").await.1, "");
    assert_eq!(answer_to(&app(), "/bytes/3").await.1, "012");
    assert_eq!(answer_to(&app(), "/bytes/100000").await.1.len(), 100_000);
    let sized = send(&app(), get("/bytes/100000")).await;
    assert_eq!(sized.body().size_hint().exact(), Some(100_000));
    assert_eq!(sized.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn lines_are_sent_one_by_one() {
    let mut body = send(&app(), get("/stream/2")).await.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&*first, b"line 1 of 2\n");
}

#[tokio::test]
async fn a_number_that_is_none_is_refused() {
    for path in [
        "/status/",
        "/status",
        "/status/x",
        "/status/199",
        "/status/600",
        "/status/200/x",
        "/delay/-1",
        "/delay/61",
        "/delay/NaN",
        "/delay/inf",
        "/stream/-1",
        "/stream/100001",
        "/bytes/1073741825",
        "/bytes/99999999999999999999999",
    ] {
        let (status, words) = answer_to(&app(), path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(words.contains("is not a number from"), "{words}");
    }
}

#[tokio::test]
async fn a_panic_is_a_panic() {
    let (status, _) = answer_to(&app(), "/panic").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}
