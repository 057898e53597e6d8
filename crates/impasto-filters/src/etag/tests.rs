use super::*;
use crate::testing::{get, send, settings, streamed, with_body, wrap};
use http::header::{CACHE_CONTROL, IF_MATCH, IF_NONE_MATCH, SET_COOKIE};
use http_body_util::BodyExt;
use impasto::App;

fn app(options: &[(&str, &str)], headers: &'static [(&str, &str)], body: fn() -> Body) -> App {
    let app = App::at_once(move |_: &mut Exchange| {
        let mut response = Response::new(body());
        for (name, value) in headers {
            response.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        response
    });
    wrap(etag(settings(options)), app)
}

async fn tag_of(app: &App) -> Option<String> {
    let response = send(app, get("/")).await;
    response.headers().get(ETAG).map(|tag| tag.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_same_body_has_the_same_tag_and_another_another() {
    let one = tag_of(&app(&[], &[], || "one".into())).await.unwrap();
    assert_eq!(one.len(), 34);
    assert_eq!(tag_of(&app(&[], &[], || "one".into())).await, Some(one.clone()));
    assert_ne!(tag_of(&app(&[], &[], || "two".into())).await, Some(one.clone()));
    let weak = tag_of(&app(&[("weak", "true")], &[], || "one".into())).await;
    assert_eq!(weak, Some(format!("W/{one}")));
    let held = tag_of(&app(&[("buffer", "3")], &[], || streamed("one"))).await;
    assert_eq!(held, Some(one));
}

#[tokio::test]
async fn some_answers_have_none_or_their_own() {
    assert_eq!(
        tag_of(&app(&[], &[("etag", "\"own\"")], || "one".into())).await.unwrap(),
        "\"own\""
    );
    assert_eq!(tag_of(&app(&[], &[("cache-control", "No-Store")], || "one".into())).await, None);
    assert_eq!(tag_of(&app(&[], &[], Body::empty)).await, None);
    assert_eq!(tag_of(&app(&[], &[], || streamed("one"))).await, None);
    let too_long = app(&[("buffer", "2")], &[], || streamed("one"));
    assert_eq!(tag_of(&too_long).await, None);
    let body = send(&too_long, get("/")).await.into_body();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "one");
    let posted = send(&app(&[], &[], || "one".into()), with_body("POST", "/", "")).await;
    assert!(!posted.headers().contains_key(ETAG));
}

#[tokio::test]
async fn a_client_that_has_it_is_told_so() {
    let headers =
        &[("content-type", "text/plain"), ("cache-control", "max-age=1"), ("set-cookie", "a=b")];
    for options in [&[][..], &[("buffer", "1k")]] {
        let app = app(options, headers, || "one".into());
        let tag = tag_of(&app).await.unwrap();
        let mut request = get("/");
        request.headers_mut().insert(IF_NONE_MATCH, tag.parse().unwrap());
        let response = send(&app, request).await;
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(response.body().as_bytes(), Some(&b""[..]));
        assert_eq!(response.headers()[ETAG], tag);
        assert!(response.headers().contains_key(SET_COOKIE));
        assert!(response.headers().contains_key(CACHE_CONTROL));
        assert!(!response.headers().contains_key(CONTENT_TYPE));
        let mut request = get("/");
        request.headers_mut().insert(IF_MATCH, HeaderValue::from_static("\"other\""));
        assert_eq!(send(&app, request).await.status(), StatusCode::PRECONDITION_FAILED);
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_no_answer() {
    let app = app(&[("buffer", "1k")], &[], crate::testing::broken_body);
    assert_eq!(send(&app, get("/")).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
