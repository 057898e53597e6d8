use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use impasto::{App, BoxFuture, Exchange, Handler, Response, register};

// The same app as `tests/benches/peers/hello.py`, for which it stands in.
register!("hello" => |_: ()| App::new(Hello), for "hello:factory");

struct Hello;

impl Handler for Hello {
    fn call<'a>(&'a self, _: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(async {
            let body = Bytes::from_static(b"Hello, world!");
            let mut response = Response::new(body.into());
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, text);
            response
        })
    }
}
