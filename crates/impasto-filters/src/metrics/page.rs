//! Prometheus' text format, version 0.0.4.

use std::fmt::{self, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::series::{BUCKETS, Series};

/// The page for these services.
pub(super) fn page(services: &[(String, Arc<Series>)]) -> String {
    let mut page = String::with_capacity(4096);
    // Writing to a text cannot fail.
    let _ = write_all(&mut page, services);
    page
}

fn write_all(page: &mut String, services: &[(String, Arc<Series>)]) -> fmt::Result {
    head(page, "http_requests_total", "counter", "Requests that were answered.")?;
    for (service, series) in services {
        for (method, status, count) in series.answers() {
            let labels = format!("service=\"{service}\",method=\"{method}\",status=\"{status}\"");
            writeln!(page, "http_requests_total{{{labels}}} {count}")?;
        }
    }
    let name = "http_request_duration_seconds";
    head(page, name, "histogram", "The time until the answer began.")?;
    for (service, series) in services {
        for (method, counts, sum) in series.durations() {
            let labels = format!("service=\"{service}\",method=\"{method}\"");
            let ends = BUCKETS.iter().map(|(_, end)| *end).chain(["+Inf"]);
            let mut total = 0;
            for (end, count) in ends.zip(counts) {
                total += count;
                writeln!(page, "{name}_bucket{{{labels},le=\"{end}\"}} {total}")?;
            }
            let (seconds, micros) = (sum / 1_000_000, sum % 1_000_000);
            writeln!(page, "{name}_sum{{{labels}}} {seconds}.{micros:06}")?;
            writeln!(page, "{name}_count{{{labels}}} {total}")?;
        }
    }
    head(page, "http_requests_in_flight", "gauge", "Requests whose answer has not begun.")?;
    for (service, series) in services {
        let count = series.in_flight.load(Relaxed);
        writeln!(page, "http_requests_in_flight{{service=\"{service}\"}} {count}")?;
    }
    let name = "http_requests_abandoned_total";
    head(page, name, "counter", "Requests that ended before their answer began.")?;
    for (service, series) in services {
        let count = series.abandoned.load(Relaxed);
        writeln!(page, "{name}{{service=\"{service}\"}} {count}")?;
    }
    Ok(())
}

fn head(page: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}")
}
