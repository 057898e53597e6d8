use impasto::{App, BoxFuture, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Sends the body of a request back while it comes.
///
/// ```ini
/// [app:echo]
/// use = egg:impasto-tests#echo
/// ```
#[derive(Deserialize, JsonSchema)]
struct Echo {}

register!("echo" => echo);

fn echo(_: Echo) -> App {
    App::new(Mirror)
}

struct Mirror;

impl Handler for Mirror {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(async { Response::new(exchange.take_body()) })
    }
}
