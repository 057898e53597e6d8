use http::HeaderValue;
use http::header::COOKIE;

use super::*;
use crate::testing::{answer, answer_to, get, send, settings, with_body, wrap};
use impasto::{App, Failure};

/// Pages are below `/errors`, and whatever else is asked for is answered with the status that it names.
fn app(options: &[(&str, &str)]) -> App {
    let below = App::at_once(|exchange: &mut Exchange| {
        let path = exchange.path().to_owned();
        let Some(name) = path.strip_prefix("/errors/") else {
            let mut response = Response::new(Body::from("of the app"));
            *response.status_mut() = path.trim_start_matches('/').parse().unwrap();
            let headers = response.headers_mut();
            for (name, value) in [
                ("content-type", "text/plain"),
                ("etag", "\"app\""),
                ("www-authenticate", "Basic"),
                ("set-cookie", "a=1"),
                ("x-both", "app"),
            ] {
                headers.append(name, HeaderValue::from_static(value));
            }
            // As an app that takes the request along.
            exchange.headers_mut().clear();
            return response;
        };
        let cookie = exchange.headers().get(COOKIE).map(|it| it.to_str().unwrap());
        let text = format!(
            "{} {name} {:?} {} {}",
            exchange.method(),
            exchange.query(),
            cookie.unwrap_or("none"),
            exchange.headers().contains_key(CONTENT_TYPE)
        );
        let mut response = Response::new(Body::from(text));
        if name == "none" {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        for (name, value) in [
            ("content-type", "text/html"),
            ("etag", "\"page\""),
            ("set-cookie", "b=2"),
            ("x-both", "page"),
            ("x-both", "page too"),
        ] {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        response
    });
    wrap(error_documents(settings(options)).unwrap(), below)
}

const PAGES: [(&str, &str); 3] =
    [("5xx", "/errors/sorry?why=x"), ("404", "/errors/404"), ("503", "/errors/none")];

#[tokio::test]
async fn the_status_stays_and_the_page_comes() {
    let app = app(&PAGES);
    for (uri, status, body) in [
        ("/200", 200, "of the app"),
        ("/403", 403, "of the app"),
        ("/404?a=b", 404, "GET 404 None none false"),
        ("/500?a=b", 500, "GET sorry Some(\"why=x\") none false"),
        // There is no such page.
        ("/503", 503, "of the app"),
        // The page itself, and nothing is asked twice.
        ("/errors/none", 404, "GET 404 None none false"),
    ] {
        assert_eq!(answer_to(&app, uri).await, (status.try_into().unwrap(), body.to_owned()));
    }
}

#[tokio::test]
async fn a_page_that_is_missing_is_not_asked_for_twice() {
    let app = app(&[("404", "/errors/none")]);
    assert_eq!(answer_to(&app, "/errors/none").await.1, "GET none None none false");
}

#[tokio::test]
async fn the_page_is_asked_for_as_the_client_asked_but_for_the_body() {
    let app = app(&PAGES);
    for (method, expected) in
        [("POST", "GET 404 None c=3 false"), ("HEAD", "HEAD 404 None c=3 false")]
    {
        let mut request = with_body(method, "/404", "body");
        let headers = request.headers_mut();
        headers.insert(COOKIE, HeaderValue::from_static("c=3"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        assert_eq!(answer(&app, request).await.1, expected);
    }
}

#[tokio::test]
async fn headers_of_the_page_go_with_it_and_others_stay() {
    let response = send(&app(&PAGES), get("/404")).await;
    for (name, expected) in [
        ("content-type", "text/html"),
        ("etag", ""),
        ("www-authenticate", "Basic"),
        ("set-cookie", "a=1, b=2"),
        ("x-both", "page, page too"),
    ] {
        let values = response.headers().get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
        assert_eq!(values.join(", "), expected, "{name}");
    }
}

#[tokio::test]
async fn what_is_further_out_knows_the_request_and_the_failure() {
    let filters = [
        Filter::on_request(|exchange| {
            exchange.mount_at("/m".len());
            std::ops::ControlFlow::Continue(())
        }),
        Filter::on_response(|exchange: &mut Exchange, response| {
            assert_eq!(exchange.uri(), "/m/panic?x");
            assert_eq!((&*exchange.mount(), exchange.method().as_str()), ("/m", "POST"));
            assert!(response.extensions().get::<Failure>().is_some());
        }),
        error_documents(settings(&PAGES)).unwrap(),
    ];
    let app = App::at_once(|exchange: &mut Exchange| {
        assert_eq!(exchange.path(), "/errors/sorry", "on purpose");
        Response::new(Body::from(exchange.mount().into_owned()))
    });
    let app = app.filtered(&filters);
    let (status, body) = answer(&app, with_body("POST", "/m/panic?x", "body")).await;
    assert_eq!((status, &*body), (StatusCode::INTERNAL_SERVER_ERROR, "/m"));
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |options: &[_]| error_documents(settings(options)).err().unwrap().to_string();
    assert_eq!(wrong(&[]), "there is no page: `404 = /errors/404.html` names one");
    for key in ["200", "3xx", "600", "x"] {
        assert_eq!(wrong(&[(key, "/x")]), format!("`{key}` is no status from 400 to 599"));
    }
    for path in ["x", "", "http://a.example/x", "/a b"] {
        assert_eq!(wrong(&[("404", path)]), format!("`404`: {path:?} is not a path"));
    }
}
