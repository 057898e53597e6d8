use std::sync::Arc;

use super::*;
use crate::testing::{get, settings, wrap};
use impasto::{App, Connection, Request};

fn app(options: &[(&str, &str)]) -> App {
    let ok = App::at_once(|_: &mut Exchange| Response::new("ok".into()));
    wrap(rate_limit(settings(options)).unwrap(), ok)
}

async fn send(app: &App, request: Request, from: Option<&str>) -> Response {
    let mut connection = Connection::default();
    connection.peer = from.map(|address| (address.parse::<IpAddr>().unwrap(), 1).into());
    app.clone().handle(request, Some(Arc::new(connection))).await
}

async fn status(app: &App, from: &str) -> u16 {
    send(app, get("/"), Some(from)).await.status().as_u16()
}

#[tokio::test]
async fn each_address_has_its_own_limit() {
    let app = app(&[("requests", "1"), ("per", "1h")]);
    for (address, expected) in [
        ("192.0.2.1", 200),
        ("192.0.2.1", 429),
        ("::ffff:192.0.2.1", 429),
        ("192.0.2.2", 200),
        ("2001:db8::1", 200),
        ("2001:db8::ffff:1", 429),
        ("2001:db8:0:1::1", 200),
    ] {
        assert_eq!(status(&app, address).await, expected, "{address}");
    }
    assert_eq!(send(&app, get("/"), None).await.status(), 200);
    assert_eq!(send(&app, get("/"), None).await.status(), 429);
}

#[tokio::test]
async fn or_each_key_or_each_path() {
    let keyed = |key: &'static str| {
        let mut request = get("/");
        request.headers_mut().insert("x-api-key", HeaderValue::from_static(key));
        request
    };
    let by_header = app(&[("requests", "1"), ("per", "1h"), ("key", "header:X-Api-Key")]);
    let from = Some("192.0.2.1");
    for (request, expected) in
        [(keyed("a"), 200), (keyed("b"), 200), (keyed("a"), 429), (get("/"), 200), (get("/"), 429)]
    {
        assert_eq!(send(&by_header, request, from).await.status(), expected);
    }
    let by_path = app(&[("requests", "1"), ("per", "1h"), ("key", "path")]);
    for (path, expected) in [("/a", 200), ("/b", 200), ("/a?x", 429)] {
        assert_eq!(send(&by_path, get(path), from).await.status(), expected);
    }
}

#[tokio::test]
async fn answers_say_what_is_left() {
    let app = app(&[("requests", "60"), ("per", "1h"), ("burst", "2")]);
    let mut lefts = Vec::new();
    for _ in 0..3 {
        let response = send(&app, get("/"), Some("192.0.2.1")).await;
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=60;w=3600");
        let wait =
            response.headers().get(RETRY_AFTER).map(|wait| wait.to_str().unwrap().to_owned());
        lefts.push((response.headers()["ratelimit"].to_str().unwrap().to_owned(), wait));
    }
    let text = |it: &str| it.to_owned();
    assert_eq!(lefts[0], (text("\"default\";r=1;t=60"), None));
    assert_eq!(lefts[1], (text("\"default\";r=0;t=120"), None));
    assert_eq!(lefts[2], (text("\"default\";r=0;t=120"), Some(text("60"))));
    let silent = self::app(&[("requests", "1"), ("headers", "no")]);
    let response = send(&silent, get("/"), None).await;
    assert!(response.headers().is_empty());
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |options: &[(&str, &str)]| rate_limit(settings(options)).unwrap_err().to_string();
    for key in ["requests", "burst", "max_keys"] {
        let error = crate::testing::refused::<RateLimit>(&[(key, "0")]);
        let range = "must be a whole number, 1 or more, not `0`";
        assert!(error.starts_with(&format!("`{key}` {range}")), "{error}");
    }
    let per = "`per` must be longer than nothing, and at most a year";
    assert_eq!(wrong(&[("requests", "1"), ("per", "0")]), per);
    let key = "`key` must be `address`, `header:NAME` or `path`";
    assert_eq!(wrong(&[("requests", "1"), ("key", "cookie")]), key);
    let header = "`key`: \"a b\" is not the name of a header";
    assert_eq!(wrong(&[("requests", "1"), ("key", "header:a b")]), header);
}
