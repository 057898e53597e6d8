mod clock;
mod field;
mod line;
mod nova;
mod paste;
mod record;
mod template;
mod writer;

use std::ops::ControlFlow;
use std::sync::Arc;

use http::{Method, StatusCode};
use impasto::{Body, Exchange, Filter, Hook, Outcome, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use line::End;
use record::Record;
use template::{Template, Wrong};
use writer::Writer;

/// Writes a line for every request, when its response is over.
///
/// The line has what was sent of the body and how long everything took, from the head of the request to
/// the end of the response. A request that was given up, by the client or by a filter outside, has a
/// line too: with status 499 (as nginx does it) if there was no response yet, else with `aborted`; a
/// body that broke off has `failed`.
///
/// | `format` | a line |
/// |---|---|
/// | `combined` | that of the Apache server, then seconds, the id of the request, and how it ended if not well |
/// | `common` | Apache's shorter one, without `Referer` and `User-Agent` |
/// | `json` | an object with all of that |
/// | `nova` | that of nova's request log, with the microversion that the app answered in |
/// | `paste` | that of Paste's translogger |
/// | `short` | method, target, status, bytes, seconds |
///
/// A format of your own has names in braces: `client`, `user` (whom `basic_auth` let in), `time` (as
/// Apache has it), `iso_time`, `method`, `target` (path and query, as the client wrote them), `version` (of
/// HTTP), `header:NAME`, `response_header:NAME`, `status`, `bytes` (of the body, as they were sent),
/// `seconds`, `request_id`, `microversion`, `end` (`complete`, `aborted` or `failed`) and `trouble` (the
/// last two behind a space, nothing where all was well). What is not known is a `-`. Characters that would
/// break a line or a field are written as `\x0A`, in JSON as `\u000A`.
///
/// No request waits for the log. Lines are handed to a thread that writes them some milliseconds later;
/// when it cannot keep up (1 MiB of lines waits) or writing fails, lines are lost, and a warning says
/// how many. A file that was moved away is opened anew, so logs may be rotated.
///
/// It belongs at the very beginning of a pipeline: what is outside of it is not logged. The client's
/// address is the one that `proxy_headers` finds, which may stand inside.
///
/// ```ini
/// [filter:access_log]
/// use = egg:impasto#access_log
/// path = %(here)s/access.log
/// format = {iso_time} {client} "{method} {target}" {status} {response_header:content-type} {seconds}
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct AccessLog {
    /// Where the lines go: `stdout`, `stderr`, or the path of a file, which is appended to.
    path: String,
    /// How a line is written: `combined`, `common`, `json`, `nova`, `paste`, `short`, or names in braces.
    format: String,
}

impl Default for AccessLog {
    fn default() -> AccessLog {
        AccessLog { path: "stdout".to_owned(), format: "combined".to_owned() }
    }
}

register!("access_log" => access_log,
    order [
        before "authentication", "client-address", "timeout", "concurrency_limit": "what the other one answers would not be logged";
    ],
);

fn access_log(settings: AccessLog) -> anyhow::Result<Filter> {
    log(&settings.path, Template::new(&settings.format))
}

/// The filter that writes such lines to `path`.
fn log(path: &str, template: Result<Template, Wrong>) -> anyhow::Result<Filter> {
    let template = template.map_err(|wrong| {
        let error = SettingError::new("format", wrong.message);
        wrong.help.into_iter().fold(error, SettingError::help)
    })?;
    let writer = Writer::to(path)
        .map_err(|error| SettingError::new("path", format!("cannot be written to: {error}")))?;
    Ok(Filter::hook(Logged(Arc::new(Log { template, writer }))))
}

/// How lines are written, and where to.
struct Log {
    template: Template,
    writer: Arc<Writer>,
}

struct Logged(Arc<Log>);

/// A body in memory of at most this many bytes is as good as sent when it is handed to the server: it
/// fits into the buffers of a socket, and the client's leaving would not be noticed.
const AT_ONCE: usize = 64 * 1024;

impl Hook<Record> for Logged {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Record> {
        ControlFlow::Continue(Record::begin(&self.0, exchange))
    }

    fn on_response(&self, exchange: &mut Exchange, mut record: Record, response: &mut Response) {
        record.answered(exchange, response);
        if has_no_body(exchange.method(), response.status()) {
            return record.end(0, End::Complete);
        }
        match response.body().as_bytes() {
            Some(bytes) if bytes.len() <= AT_ONCE => record.end(bytes.len() as u64, End::Complete),
            _ => {
                let body = std::mem::replace(response.body_mut(), Body::empty());
                *response.body_mut() = body.on_end(move |end| {
                    let how = match end.outcome {
                        Outcome::Complete => End::Complete,
                        Outcome::Failed(_) => End::Failed,
                        _ => End::Aborted,
                    };
                    record.end(end.bytes, how);
                });
            }
        }
    }
}

/// Whether nothing of the body is sent, whatever is in it (RFC 9112, 6.3).
fn has_no_body(method: &Method, status: StatusCode) -> bool {
    *method == Method::HEAD
        || status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

#[cfg(test)]
mod tests;
