//! The request log of nova.

use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::template::Template;

/// Writes the line of nova's request log for every request.
///
/// It stands in for nova's own filter, and is `access_log` with `format = nova`: the address, the request,
/// status, size, microversion and time. As there, lines go to where the service's messages go; here that is
/// the standard error stream. The size is what was sent, and the line is written when that is over; nova
/// writes what the response announced, when it begins. The microversion is the one that the app says it
/// answered in.
///
/// It belongs where nova has it: inside of `compute_request_id`, outside of authentication.
///
/// ```ini
/// [filter:request_log]
/// use = egg:impasto#compute_request_log
/// path = %(here)s/requests.log
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct RequestLog {
    /// Where the lines go: `stdout`, `stderr`, or the path of a file, which is appended to.
    path: String,
}

impl Default for RequestLog {
    fn default() -> RequestLog {
        RequestLog { path: "stderr".to_owned() }
    }
}

register!("compute_request_log" => request_log, for
    "nova.api.openstack.requestlog:RequestLog.factory",
    order [
        before "authentication", "timeout": "what the other one answers would not be logged";
    ],
);

fn request_log(settings: RequestLog) -> anyhow::Result<Filter> {
    super::log(&settings.path, Template::new("nova"))
}
