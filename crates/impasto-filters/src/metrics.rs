mod page;
mod series;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use impasto::{App, Body, Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::is_word;
use series::Series;

/// Counts requests for Prometheus.
///
/// The app of the same name shows what was counted. It counts answers by method and status, the time
/// until they began, the requests under way, and those that were abandoned: their client went away, or
/// something further out gave up first. Methods that HTTP does not know are counted together, so no client
/// can make the page grow.
///
/// It belongs outside of everything that should be counted: where `timeout` and `catch_errors` stand
/// inside, their answers are counted as clients see them.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// / = api
/// /metrics = shown
///
/// [pipeline:api]
/// pipeline = metrics debug
///
/// [filter:metrics]
/// use = egg:impasto#metrics
/// service = compute
///
/// [app:debug]
/// use = egg:impasto#debug
///
/// [app:shown]
/// use = egg:impasto#metrics
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Metrics {
    /// The label `service` of what is counted here, of letters, digits, `.`, `-` and `_`. Filters of one
    /// service count together.
    service: String,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics { service: "main".to_owned() }
    }
}

/// Shows what the filters of the same name counted, in Prometheus' text format (0.0.4).
///
/// Counters live as long as the process, also through reloads. Each worker of a service counts for
/// itself, and a request for the page reaches one of them: with several workers, give what is
/// scraped a service of its own with one worker, or take the metrics of the proxy in front.
///
/// What it shows is nothing for strangers. It is mounted where only Prometheus comes, or behind a
/// filter that asks who is there.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// /metrics = shown
///
/// [app:shown]
/// use = egg:impasto#metrics
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Shown {
    /// The services to show. All by default.
    services: Vec<String>,
}

register!("metrics" => counting,
    order [
        before "authentication", "client-address", "timeout", "concurrency_limit": "what the other one answers would not be counted";
    ],
);
register!("metrics" => shown);

fn counting(settings: Metrics) -> anyhow::Result<Filter> {
    if !is_word(settings.service.as_bytes()) {
        let message = "must be of letters, digits, `.`, `-` and `_`";
        return Err(SettingError::new("service", message).into());
    }
    Ok(Filter::hook(Counter(series::of(&settings.service))))
}

fn shown(settings: Shown) -> App {
    let services = settings.services;
    App::at_once(move |_| {
        let mut all = series::all();
        all.retain(|(name, _)| services.is_empty() || services.contains(name));
        let mut response = Response::new(Body::from(page::page(&all)));
        let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    })
}

struct Counter(Arc<Series>);

/// A request under way. It is dropped in any case, also without an answer.
struct UnderWay {
    series: Arc<Series>,
    method: usize,
    start: Instant,
    is_answered: bool,
}

impl Hook<UnderWay> for Counter {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, UnderWay> {
        self.0.in_flight.fetch_add(1, Relaxed);
        ControlFlow::Continue(UnderWay {
            series: self.0.clone(),
            method: series::place(exchange.method()),
            start: Instant::now(),
            is_answered: false,
        })
    }

    fn on_response(&self, _: &mut Exchange, mut request: UnderWay, response: &mut Response) {
        self.0.count(request.method, response.status(), request.start.elapsed());
        request.is_answered = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.series.in_flight.fetch_sub(1, Relaxed);
        if !self.is_answered {
            self.series.abandoned.fetch_add(1, Relaxed);
        }
    }
}

/// The word under which a method is counted; one for all that HTTP does not know.
pub(crate) fn method(method: &Method) -> &'static str {
    series::METHODS[series::place(method)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, get, named, send, with_body, wrap};
    use http::StatusCode;

    fn filter(service: &str) -> Filter {
        counting(Metrics { service: service.to_owned() }).unwrap()
    }

    async fn page(service: &str) -> String {
        answer_to(&shown(Shown { services: vec![service.to_owned()] }), "/").await.1
    }

    #[tokio::test]
    async fn answers_are_counted_by_method_and_status() {
        let app = wrap(filter("answers"), named("x"));
        for method in ["GET", "GET", "BREW", "HTTP"] {
            send(&app, with_body(method, "/", "")).await;
        }
        let missing = App::at_once(|_| crate::text(StatusCode::NOT_FOUND, ""));
        send(&wrap(filter("answers"), missing), get("/")).await;
        let page = page("answers").await;
        for line in [
            "# TYPE http_requests_total counter",
            "http_requests_total{service=\"answers\",method=\"GET\",status=\"200\"} 2",
            "http_requests_total{service=\"answers\",method=\"GET\",status=\"404\"} 1",
            "http_requests_total{service=\"answers\",method=\"other\",status=\"200\"} 2",
            "http_request_duration_seconds_bucket{service=\"answers\",method=\"GET\",le=\"+Inf\"} 3",
            "http_request_duration_seconds_count{service=\"answers\",method=\"GET\"} 3",
            "http_requests_in_flight{service=\"answers\"} 0",
            "http_requests_abandoned_total{service=\"answers\"} 0",
        ] {
            assert!(page.lines().any(|own| own == line), "{line}: {page}");
        }
        assert!(!page.contains("POST"), "{page}");
    }

    #[tokio::test]
    async fn what_is_given_up_is_counted_too() {
        let never = App::from_fn(async |_: &mut Exchange| std::future::pending().await);
        let app = wrap(filter("given-up"), never);
        let asked = tokio::spawn(async move { send(&app, get("/")).await.status() });
        let waited = async {
            while !page("given-up").await.contains("in_flight{service=\"given-up\"} 1") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), waited).await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        let page = page("given-up").await;
        assert!(page.contains("in_flight{service=\"given-up\"} 0"), "{page}");
        assert!(page.contains("abandoned_total{service=\"given-up\"} 1"), "{page}");
        assert!(!page.contains("requests_total{service"), "{page}");
    }

    #[test]
    fn buckets_hold_what_took_as_long() {
        let series = series::of("buckets");
        for micros in [0, 5_000, 5_001, 10_000_000, 10_000_001] {
            series.count(0, StatusCode::OK, std::time::Duration::from_micros(micros));
        }
        let page = page::page(&[("b".to_owned(), series)]);
        for (end, count) in [("0.005", 2), ("0.01", 3), ("5", 3), ("10", 4), ("+Inf", 5)] {
            let line = format!("_bucket{{service=\"b\",method=\"GET\",le=\"{end}\"}} {count}\n");
            assert!(page.contains(&line), "{line}: {page}");
        }
        assert!(page.contains("_sum{service=\"b\",method=\"GET\"} 20.010002\n"), "{page}");
    }

    #[test]
    fn a_service_that_is_no_label_is_refused() {
        for service in ["", "a\"b", "a b"] {
            let error = counting(Metrics { service: service.to_owned() }).unwrap_err();
            assert_eq!(error.to_string(), "`service` must be of letters, digits, `.`, `-` and `_`");
        }
    }
}
