mod clock;
mod line;
mod record;
mod writer;

use std::ops::ControlFlow;
use std::sync::Arc;

use http::{Method, StatusCode};
use impasto::{Body, Exchange, Filter, Hook, Outcome, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use line::End;
use record::Record;
use writer::Writer;

/// Writes a line for every request, when its response is over.
///
/// The line has what was sent of the body and how long everything took, from the head of the request to
/// the end of the response. A request that was given up, by the client or by a filter outside, has a
/// line too: with status 499 (as nginx does it) if there was no response yet, else with `aborted`; a
/// body that broke off has `failed`. In the `combined` format, the one of the Apache server, these
/// words stand behind the duration in seconds and the id of the request; characters that would break a
/// line are written as `\x0A`.
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
/// format = json
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct AccessLog {
    /// Where the lines go: `stdout`, `stderr`, or the path of a file, which is appended to.
    path: String,
    /// How a line is written.
    format: Format,
}

impl Default for AccessLog {
    fn default() -> AccessLog {
        AccessLog { path: "stdout".to_owned(), format: Format::default() }
    }
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// The line of Apache's combined format, and duration, id, and how it ended if not well.
    #[default]
    Combined,
    /// An object with the same.
    Json,
    /// Method, target, status, bytes, seconds.
    Short,
}

register!("access_log" => access_log,
    order [
        before "authentication", "client-address", "timeout": "what the other one answers would not be logged";
    ],
);

fn access_log(settings: AccessLog) -> anyhow::Result<Filter> {
    let writer = Writer::to(&settings.path)
        .map_err(|error| SettingError::new("path", format!("cannot be written to: {error}")))?;
    Ok(Filter::hook(Log { format: settings.format, writer }))
}

struct Log {
    format: Format,
    writer: Arc<Writer>,
}

/// A body in memory of at most this many bytes is as good as sent when it is handed to the server: it
/// fits into the buffers of a socket, and the client's leaving would not be noticed.
const AT_ONCE: usize = 64 * 1024;

impl Hook<Record> for Log {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Record> {
        ControlFlow::Continue(Record::begin(self.format, &self.writer, exchange))
    }

    fn on_response(&self, exchange: &mut Exchange, mut record: Record, response: &mut Response) {
        record.answered(exchange, response.status());
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
