//! Requests that give a filter something to do.

use std::sync::LazyLock;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::ORIGIN;
use http_body_util::BodyExt;
use impasto::{App, Body, Exchange, Request, Response};
use impasto_testing::Example;

/// A request, and the app that answers it.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    pub(crate) what: &'static str,
    pub(crate) request: fn() -> Request,
    pub(crate) app: fn() -> App,
    /// Whom the connection comes from.
    pub(crate) peer: Option<&'static str>,
    /// How many requests are measured.
    pub(crate) times: u64,
    /// What the filter is told, where that is not its documented example.
    pub(crate) settings: Option<&'static str>,
}

/// With which filters that wait for something special have nothing to do.
pub(crate) const IDLE: Work = Work {
    what: "nothing",
    request,
    app,
    peer: Some("127.0.0.1:4711"),
    times: 200,
    settings: None,
};

/// The work of a filter, none where any request is; behind `idle:`, what gives it none where most requests do.
pub(crate) fn of(filter: &str) -> Option<Work> {
    let work = match filter {
        "idle:redirect_https" => Work { request: about_health, ..IDLE },
        "idle:validate_request" => Work { request: as_wanted, ..IDLE },
        // What it takes is what bcrypt takes, in a thread of its own.
        "basic_auth" => Work { what: "a wrong password", request: of_ann, times: 2, ..IDLE },
        "catch_errors" | "error_catcher" | "fault_wrapper" | "heat_fault_wrapper" => {
            Work { what: "a panic", app: panics, ..IDLE }
        }
        "compress" | "gzip" => {
            Work { what: "a text of 4 KiB", request: takes_gzip, app: long, ..IDLE }
        }
        "cors" | "oslo_cors" => Work { what: "an allowed origin", request: of_a_site, ..IDLE },
        "csrf" => Work { what: "a POST of the same origin", request: of_its_own_site, ..IDLE },
        "decompress" => {
            Work { what: "a body of 4 KiB in gzip", request: packed, app: reads, ..IDLE }
        }
        "error_documents" => Work { what: "a 404", app: missing, ..IDLE },
        "fault_injection" => {
            let always = Some("status = 503\nstatus_percentage = 100\n");
            Work { what: "a fault for everybody", settings: always, ..IDLE }
        }
        "maintenance" => {
            Work { what: "a closed service", settings: Some("enabled = true\n"), ..IDLE }
        }
        "healthcheck" => Work { what: "its own path", request: about_health, ..IDLE },
        // Keys and tokens are the tests' affair: what is measured is a refusal.
        "jwt" => Work { what: "a token of nobody", request: of_nobody, ..IDLE },
        "normalize_path" => Work { what: "a path with `..`", request: around, ..IDLE },
        "proxy_headers" => Work { what: "a trusted proxy", request: of_a_proxy, ..IDLE },
        "propagate_headers" => {
            Work { what: "a header of the client", request: of_a_client, ..IDLE }
        }
        "rewrite" => Work { what: "a path of a rule", request: about_a_user, ..IDLE },
        "redirect_https" => Work { what: "a request over http", ..IDLE },
        "sensitive_headers" => Work { what: "a secret", request: of_nobody, ..IDLE },
        "set_status" => Work { what: "a 404", app: missing, ..IDLE },
        "size_limit" => {
            Work { what: "a body of unknown length", request: unknown, app: reads, ..IDLE }
        }
        "timeout" => Work { what: "an app that waits", app: waits, ..IDLE },
        "trace" => Work { what: "a trace to continue", request: traced, ..IDLE },
        "validate_request" => Work { what: "a request that it refuses", ..IDLE },
        _ => return None,
    };
    Some(work)
}

fn request() -> Request {
    // As from a server, the copy of a value costs no allocation.
    let value = http::HeaderValue::from_static;
    let request = Request::get("/servers/1?limit=3").header("host", value("example.org"));
    request.header("accept", value("*/*")).body(Body::empty()).unwrap_or_default()
}

fn with(name: http::HeaderName, value: &'static str) -> Request {
    let mut request = request();
    request.headers_mut().insert(name, http::HeaderValue::from_static(value));
    request
}

fn of_a_site() -> Request {
    with(ORIGIN, "https://horizon.example.org")
}

fn of_its_own_site() -> Request {
    let mut request = with(http::HeaderName::from_static("sec-fetch-site"), "same-origin");
    *request.method_mut() = http::Method::POST;
    request
}

fn of_ann() -> Request {
    with(http::header::AUTHORIZATION, "Basic YW5uOndyb25n")
}

fn about_a_user() -> Request {
    Request::get("/users/42").body(Body::empty()).unwrap_or_default()
}

fn takes_gzip() -> Request {
    with(http::header::ACCEPT_ENCODING, "gzip")
}

fn packed() -> Request {
    static PACKED: LazyLock<Bytes> = LazyLock::new(|| pack().expect("the filter `gzip` packs"));
    let mut request = with(http::header::CONTENT_ENCODING, "gzip");
    *request.body_mut() = Body::from(PACKED.clone());
    request
}

/// What the filter `gzip` makes of a long text, which is nothing to wait for.
fn pack() -> Option<Bytes> {
    let gzip = crate::filters().find(|filter| filter.name() == "gzip")?;
    let filter = Example::of(gzip).ok()?.filter().clone();
    let answer = long().filtered(&[filter]).handle(takes_gzip(), None).now_or_never()?;
    Some(answer.into_body().collect().now_or_never()?.ok()?.to_bytes())
}

fn of_a_proxy() -> Request {
    with(http::HeaderName::from_static("x-forwarded-for"), "192.0.2.1")
}

fn about_health() -> Request {
    Request::get("/healthcheck").body(Body::empty()).unwrap_or_default()
}

fn around() -> Request {
    Request::get("/servers//x/../1").body(Body::empty()).unwrap_or_default()
}

fn of_nobody() -> Request {
    with(http::header::AUTHORIZATION, "Bearer a.b.c")
}

fn traced() -> Request {
    let name = http::HeaderName::from_static("traceparent");
    with(name, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
}

fn of_a_client() -> Request {
    with(http::HeaderName::from_static("x-tenant"), "acme")
}

fn as_wanted() -> Request {
    with(http::HeaderName::from_static("x-origin-key"), "not-set-here")
}

fn unknown() -> Request {
    let mut request = request();
    // What is watched is a stream; its length is not told.
    let body =
        http_body_util::StreamBody::new(futures_util::stream::once(std::future::ready(Ok::<
            _,
            std::io::Error,
        >(
            http_body::Frame::data(bytes::Bytes::from_static(b"hello")),
        ))));
    *request.body_mut() = Body::new(body);
    request
}

fn app() -> App {
    App::at_once(|_| Response::new(Body::from("hello")))
}

/// A text of lines that are alike, as most are.
static LONG: LazyLock<String> = LazyLock::new(|| {
    (0..4096 / 32).map(|line| format!("server {line:4} is active and well\n")).collect()
});

fn long() -> App {
    App::at_once(|_| {
        let mut response = Response::new(Body::from(LONG.as_str()));
        let text = http::HeaderValue::from_static("text/plain");
        response.headers_mut().insert(http::header::CONTENT_TYPE, text);
        response
    })
}

fn missing() -> App {
    App::at_once(|_| {
        let mut response = Response::new(Body::from("hello"));
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        response
    })
}

fn panics() -> App {
    App::at_once(|_| std::panic::resume_unwind(Box::new("panic")))
}

fn waits() -> App {
    App::from_fn(async |_: &mut Exchange| {
        tokio::task::yield_now().await;
        Response::new(Body::from("hello"))
    })
}

fn reads() -> App {
    App::from_fn(async |exchange: &mut Exchange| {
        let _ = exchange.body_mut().collect().await;
        Response::new(Body::from("hello"))
    })
}
