//! What came of the checks, as text, as a page, and as JSON, byte for byte as oslo.middleware writes it
//! where no details are shown.

use std::fmt::Write;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use impasto::{Body, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::checks::Outcome;

/// What may be asked for, the default first.
pub(super) const OFFERS: [&str; 3] = ["text/plain", "text/html", "application/json"];

/// The answer in one of [`OFFERS`].
pub(super) fn answer(media: &str, outcomes: &[Outcome], detailed: bool) -> Response {
    let (body, content_type) = match media {
        "text/html" => (html(outcomes, detailed), "text/html; charset=UTF-8"),
        "application/json" => (json(outcomes, detailed), "application/json"),
        _ => {
            let reasons: Vec<_> = outcomes.iter().map(|outcome| outcome.reason).collect();
            (reasons.join("\n"), "text/plain; charset=UTF-8")
        }
    };
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if !outcomes.iter().all(|outcome| outcome.is_available) {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

/// What is told with the details, in the order of their names.
#[derive(Serialize)]
struct Detailed<'a> {
    detailed: bool,
    now: String,
    platform: String,
    reasons: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
    class: &'a str,
    details: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Plain<'a> {
    detailed: bool,
    reasons: Vec<&'a str>,
}

/// The name that a result has in oslo.middleware.
const CLASS: &str = "HealthcheckResult";

fn json<'a>(outcomes: &'a [Outcome], detailed: bool) -> String {
    match detailed {
        false => {
            let reasons = outcomes.iter().map(|outcome| outcome.reason).collect();
            pretty(&Plain { detailed, reasons })
        }
        true => {
            let reason = |outcome: &'a Outcome| Reason {
                class: CLASS,
                details: &outcome.details,
                reason: outcome.reason,
            };
            let reasons = outcomes.iter().map(reason).collect();
            pretty(&Detailed { detailed, now: now(), platform: platform(), reasons })
        }
    }
}

fn pretty(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let format = PrettyFormatter::with_indent(b"    ");
    // Texts and lists can always be written.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut bytes, format));
    String::from_utf8(bytes).unwrap_or_default()
}

fn html(outcomes: &[Outcome], detailed: bool) -> String {
    let (mut status, mut heads, mut rows) = (String::new(), "", String::new());
    if detailed {
        status = format!(
            "<H1>Server status</H1>\n<B>Current time:</B><PRE>{}</PRE>\n\
             <B>Platform:</B><PRE>{}</PRE>\n<HR></HR>",
            now(),
            escaped(&platform())
        );
        heads = "<TH>\nKind\n</TH>\n<TH>\nReason\n</TH>\n<TH>\nDetails\n</TH>\n";
    }
    for Outcome { reason, details, .. } in outcomes {
        // Writing to a text cannot fail.
        let _ = match detailed {
            false => write!(rows, "<TR>\n\n    <TD>{reason}</TD>\n\n</TR>"),
            true => write!(
                rows,
                "<TR>\n<TD>{CLASS}</TD>\n    <TD>{reason}</TD>\n<TD>{}</TD>\n</TR>",
                escaped(details)
            ),
        };
    }
    if !detailed {
        heads = "\n<TH>\nReason\n</TH>";
    }
    format!(
        "<HTML>\n<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>\n<BODY>\n{status}\n\
         <H2>Result of {} checks:</H2>\n<TABLE bgcolor=\"#ffffff\" border=\"1\">\n<TBODY>\n\
         <TR>\n{heads}\n</TR>\n{rows}\n</TBODY>\n</TABLE>\n<HR></HR>\n\n</BODY>\n</HTML>",
        outcomes.len()
    )
}

/// The time of UTC, as Python writes it.
fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}

fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
