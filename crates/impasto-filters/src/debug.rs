mod bytes;
mod dump;
mod echo;
mod lines;

use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use impasto::settings::Size;
use impasto::{App, Body, BoxError, BoxFuture, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::text;

/// Shows requests as they come in, and answers in ways that are good for trying things.
///
/// In the place of an app, it shows what the filters in front of it do. All it says is plain text.
/// It does what any client asks of it, so it has no place in a server that strangers reach.
///
/// | path | answer |
/// |---|---|
/// | `/status/N` | the status N, from 200 to 599 |
/// | `/delay/SECONDS` | after so many seconds, at most 60, also `0.5` |
/// | `/stream/N` | N lines, at most 100,000, each sent by itself |
/// | `/bytes/N` | N bytes, at most 1,073,741,824 |
/// | `/panic` | a panic in the app |
/// | any other | method, mount point, path, query, headers and body of the request |
///
/// A request's body is always read to its end; if it ends in an error, the answer is a 400.
///
/// ```ini
/// [pipeline:main]
/// pipeline = request_id debug
///
/// [filter:request_id]
/// use = egg:impasto#request_id
///
/// [app:debug]
/// use = egg:impasto#debug
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Debug {
    /// The size of the largest body that is sent back; a larger one is answered with a 413. 1MiB by
    /// default.
    max_body_size: Size,
}

impl Default for Debug {
    fn default() -> Debug {
        Debug { max_body_size: Size::from_mib(1) }
    }
}

register!("debug" => debug);

fn debug(settings: Debug) -> App {
    let limit = usize::try_from(settings.max_body_size.bytes()).unwrap_or(usize::MAX);
    App::new(Tool { limit })
}

struct Tool {
    limit: usize,
}

impl Handler for Tool {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(async { self.answer(exchange).await.unwrap_or_else(Refusal::into_response) })
    }
}

impl Tool {
    async fn answer(&self, exchange: &mut Exchange) -> Result<Response, Refusal> {
        let body = exchange.take_body();
        let path = exchange.path().trim_start_matches('/');
        let (name, argument) = path.split_once('/').unwrap_or((path, ""));
        if !matches!(name, "status" | "delay" | "stream" | "bytes" | "panic") {
            let body =
                Limited::new(body, self.limit).collect().await.map_err(Refusal::body)?.to_bytes();
            return Ok(echo::echo(exchange, &body));
        }
        drain(body).await.map_err(Refusal::body)?;
        match name {
            "status" => status(argument),
            "delay" => delay(argument).await,
            "stream" => lines::lines(argument),
            "bytes" => bytes::bytes(argument),
            _ => panic!("a request for /panic"),
        }
    }
}

async fn drain(mut body: Body) -> Result<(), BoxError> {
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(())
}

/// Why a request is not answered as it asks.
struct Refusal {
    status: StatusCode,
    words: String,
}

impl Refusal {
    fn body(error: BoxError) -> Refusal {
        match error.is::<LengthLimitError>() {
            true => Refusal {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                words: "The body is too large to be sent back.\n".to_owned(),
            },
            false => Refusal {
                status: StatusCode::BAD_REQUEST,
                words: format!("The body ended in an error: {error}\n"),
            },
        }
    }

    fn number(argument: &str, least: u64, most: u64) -> Refusal {
        let words = format!("`{argument}` is not a number from {least} to {most}.\n");
        Refusal { status: StatusCode::BAD_REQUEST, words }
    }

    fn into_response(self) -> Response {
        text(self.status, self.words)
    }
}

fn status(argument: &str) -> Result<Response, Refusal> {
    let status = number(argument, 200, 599)?;
    let status =
        StatusCode::from_u16(status as u16).map_err(|_| Refusal::number(argument, 200, 599))?;
    Ok(match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED => {
            let mut response = Response::default();
            *response.status_mut() = status;
            response
        }
        _ => text(status, format!("{status}\n")),
    })
}

async fn delay(argument: &str) -> Result<Response, Refusal> {
    let most = 60;
    let seconds: f64 = argument.parse().map_err(|_| Refusal::number(argument, 0, most))?;
    if !(0.0..=most as f64).contains(&seconds) {
        return Err(Refusal::number(argument, 0, most));
    }
    tokio::time::sleep(std::time::Duration::from_secs_f64(seconds)).await;
    Ok(text(StatusCode::OK, format!("after {seconds} seconds\n")))
}

/// The number that the end of a path is, if it is in the range.
fn number(argument: &str, least: u64, most: u64) -> Result<u64, Refusal> {
    let number = argument.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| Refusal::number(argument, least, most))
}

#[cfg(test)]
mod tests;
