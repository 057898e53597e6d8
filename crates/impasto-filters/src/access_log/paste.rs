//! The logger of Paste.

use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::template::Template;

/// Writes a line for every request, as Paste's translogger does.
///
/// It stands in for that, and is `access_log` with `format = paste` or with a format of Paste's own kind.
/// Lines go to the standard error stream, as from the handler that Paste sets up, or to `path`; there is no
/// Python logger, so that settings about one are accepted and have no effect. The client is the one that
/// `proxy_headers` finds, not whatever `X-Forwarded-For` says. The line is written when the response is over,
/// and `bytes` is what was sent.
///
/// It belongs at the very beginning of a pipeline: what is outside of it is not logged.
///
/// ```ini
/// [filter:translogger]
/// use = egg:impasto#translogger
/// path = %(here)s/access.log
/// format = %%(REMOTE_ADDR)s "%%(REQUEST_METHOD)s %%(REQUEST_URI)s" %%(status)s %%(bytes)s
/// setup_console_handler = false
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct TransLogger {
    /// Where the lines go: `stdout`, `stderr`, or the path of a file, which is appended to.
    path: String,
    /// How a line is written, with `%(NAME)s` for `REMOTE_ADDR`, `REMOTE_USER`, `REQUEST_METHOD`, `REQUEST_URI`,
    /// `HTTP_VERSION`, `time`, `status`, `bytes`, `HTTP_REFERER` and `HTTP_USER_AGENT`. In a file, `%` is `%%`.
    /// By default, and where it is empty, Apache's combined format.
    format: String,
    /// Of Python's logging; has no effect.
    logger_name: Option<String>,
    /// Of Python's logging; has no effect.
    logging_level: Option<String>,
    /// Of Python's logging; has no effect.
    setup_console_handler: Option<bool>,
    /// Of Python's logging; has no effect.
    set_logger_level: Option<String>,
}

impl Default for TransLogger {
    fn default() -> TransLogger {
        TransLogger {
            path: "stderr".to_owned(),
            format: String::new(),
            logger_name: None,
            logging_level: None,
            setup_console_handler: None,
            set_logger_level: None,
        }
    }
}

register!("translogger" => translogger, for
    "egg:Paste#translogger",
    "paste.translogger:make_filter",
    order [
        before "authentication", "client-address", "timeout", "concurrency_limit": "what the other one answers would not be logged";
    ],
);

fn translogger(settings: TransLogger) -> anyhow::Result<Filter> {
    let template = match settings.format.trim() {
        "" => Template::new("paste"),
        format => Template::of_paste(format),
    };
    super::log(&settings.path, template)
}
