use std::ops::ControlFlow;

use http::StatusCode;
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::statuses::Statuses;

/// Gives answers another status; headers and body stay as they are.
///
/// It changes every status, or those of `from`. A status that says more than how it went stays whatever
/// `from` has: 101 and its like are about the connection, 206 is a part, 304 what the client has.
///
/// It belongs inside of what logs and counts answers, which then have the status that the client gets.
///
/// ```ini
/// [filter:set_status]
/// use = egg:impasto#set_status
/// from = 404
/// status = 410
/// ```
#[derive(Deserialize, JsonSchema)]
struct SetStatus {
    /// The status that the client gets, from 200 to 599; not 204, 205 or 304, which have no body, nor 206.
    #[schemars(range(min = 200, max = 599))]
    status: u16,
    /// The statuses that are changed, as `404`, or as `5xx` for all that begin with a digit. By default all of
    /// them.
    #[serde(default)]
    from: Vec<String>,
}

register!("set_status" => set_status,
    order [
        after "access_log", "compute_request_log", "translogger", "metrics", "stats", "openstack_stats":
            "the other one would tell of a status that no client gets";
    ],
);

// Not tower-http's layer: it knows no `from`, spoils parts and 304s, and moves the request.
fn set_status(settings: SetStatus) -> anyhow::Result<Filter> {
    let from = settings.from.iter().map(|item| from(item)).collect::<Result<_, _>>()?;
    let status = StatusCode::from_u16(settings.status)?;
    if matches!(settings.status, 204 | 205) || is_more(status) {
        return Err(SettingError::new("status", "must be none of 204, 205, 206 and 304").into());
    }
    Ok(Filter::hook(Change { from, status }))
}

/// Whether a status says more than how it went.
fn is_more(status: StatusCode) -> bool {
    status.is_informational()
        || matches!(status, StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED)
}

fn from(item: &str) -> Result<Statuses, SettingError> {
    let is_kept = |it: &Statuses| matches!(it, Statuses::One(206 | 304));
    let statuses = Statuses::named(item).filter(|statuses| !is_kept(statuses));
    statuses.ok_or_else(|| Statuses::error("from", item))
}

struct Change {
    /// Nothing for all.
    from: Vec<Statuses>,
    status: StatusCode,
}

impl Hook for Change {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response> {
        ControlFlow::Continue(())
    }

    fn on_response(&self, _: &mut Exchange, (): (), response: &mut Response) {
        let status = response.status();
        let is_meant =
            self.from.is_empty() || self.from.iter().any(|statuses| statuses.have(status));
        if is_meant && !is_more(status) {
            *response.status_mut() = self.status;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, settings, wrap};
    use impasto::{App, Body};

    /// What becomes of some statuses.
    async fn becomes(options: &[(&str, &str)]) -> Vec<u16> {
        let app = App::at_once(|exchange: &mut Exchange| {
            let mut response = Response::new(Body::from("body"));
            let status = exchange.path().trim_start_matches('/');
            *response.status_mut() = status.parse().unwrap();
            response
        });
        let app = wrap(set_status(settings(options)).unwrap(), app);
        let mut statuses = Vec::new();
        for asked in ["/101", "/200", "/206", "/304", "/404", "/500", "/503"] {
            let (status, body) = answer_to(&app, asked).await;
            assert_eq!(body, "body");
            statuses.push(status.as_u16());
        }
        statuses
    }

    #[tokio::test]
    async fn statuses_become_another() {
        for (options, expected) in [
            (&[("status", "418")][..], [101, 418, 206, 304, 418, 418, 418]),
            (&[("status", "410"), ("from", "404")], [101, 200, 206, 304, 410, 500, 503]),
            (&[("status", "502"), ("from", "404 5xx")], [101, 200, 206, 304, 502, 502, 502]),
            (&[("status", "200"), ("from", "2xx, 3xx")], [101, 200, 206, 304, 404, 500, 503]),
        ] {
            assert_eq!(becomes(options).await, expected, "{options:?}");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |options: &[_]| set_status(settings(options)).unwrap_err().to_string();
        for status in ["204", "205", "206", "304"] {
            let error = wrong(&[("status", status)]);
            assert_eq!(error, "`status` must be none of 204, 205, 206 and 304");
        }
        for status in ["0", "101", "199", "600", "65535"] {
            let error = crate::testing::refused::<SetStatus>(&[("status", status)]);
            let range = "must be a whole number from 200 to 599";
            assert_eq!(error, format!("`status` {range}, not `{status}`"));
        }
        for from in ["x", "40", "6xx", "xx", "1xx", "304", "5xxx", "5x"] {
            let expected = format!("`from`: {from:?} is no status that can be changed");
            assert_eq!(wrong(&[("status", "410"), ("from", from)]), expected);
        }
    }
}
