mod context;
#[cfg(feature = "otel")]
mod export;
#[cfg(not(feature = "otel"))]
#[path = "trace/no_export.rs"]
mod export;
mod oslo;
mod state;

use std::ops::ControlFlow;

use http::{HeaderMap, HeaderName, HeaderValue};
use impasto::{Exchange, Filter, Hook, Next, Response, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::chance::Chance;
use crate::header_map;
use crate::network::Networks;
use context::Context;
use export::{Exporter, Open};

/// Makes each request part of a trace (W3C Trace Context), so that what it caused in several services can be
/// looked at as one.
///
/// A trace that a client or a proxy began is continued; without a valid `traceparent` a new one is begun. The
/// app finds in `traceparent` the trace and the span of this service, to be sent on with whatever it asks of
/// others, and `tracestate` as it came, if it came with a valid parent. What is logged meanwhile is in a span
/// `request` of the crate `tracing`, with `trace_id`, `span_id`, `parent_id`, `method`, `path` and `status`.
///
/// A program that is built with the feature `otel` can send sampled spans to an OpenTelemetry collector at
/// `otlp_endpoint`, with attributes as OpenTelemetry names those of HTTP. No request waits for that; what
/// the collector does not take is lost.
///
/// It belongs at the beginning of a pipeline, so that everything inside is part of the span.
///
/// ```ini
/// [filter:trace]
/// use = egg:impasto#trace
/// trusted = 10.0.0.0/8
/// sample = 5
/// response_header = traceresponse
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Trace {
    /// Addresses and networks whose traces are continued, `unix` for clients at a unix socket. Everybody's
    /// by default; then strangers decide what is sampled.
    trusted: Vec<String>,
    /// The percentage of traces begun here that are sampled, from 0 to 100. Of others, whoever began them
    /// has decided.
    #[schemars(range(min = 0, max = 100))]
    sample: f64,
    /// The header in which a client is told the trace and the span. None by default.
    response_header: Option<String>,
    /// Whether there is a span for what is logged. Without it the filter costs less.
    span: bool,
    /// The OpenTelemetry collector that spans are sent to, as `http://localhost:4318`: OTLP over HTTP, with
    /// protocol buffers, at `/v1/traces` below. None by default.
    otlp_endpoint: Option<String>,
    /// What the service is called there.
    service_name: String,
}

impl Default for Trace {
    fn default() -> Trace {
        Trace {
            trusted: Vec::new(),
            sample: 100.0,
            response_header: None,
            span: true,
            otlp_endpoint: None,
            service_name: "impasto".to_owned(),
        }
    }
}

register!("trace" => trace,
    order [
        before "authentication": "what it logs would be in no span";
        once: "the second one would only add a span to the first one's";
    ],
);

fn trace(settings: Trace) -> anyhow::Result<Filter> {
    let header = settings.response_header.as_deref();
    let header = header.map(|name| header_map::named("response_header", name)).transpose()?;
    let tracer = Tracer {
        trusted: Some(Networks::of("trusted", &settings.trusted)?).filter(|it| !it.is_empty()),
        sample: Chance::of(settings.sample),
        header,
        exporter: Exporter::of(&settings)?,
    };
    match settings.span {
        true => Ok(filter_with(tracer, in_a_span)),
        false => Ok(Filter::hook(tracer)),
    }
}

struct Tracer {
    /// `None` for everybody.
    trusted: Option<Networks>,
    sample: Chance,
    header: Option<HeaderName>,
    exporter: Option<Exporter>,
}

/// What is known of a request under way: its span, and the one for the collector.
type Begun = (Context, Option<Open>);

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

impl Tracer {
    /// The span of this service, which the app is told; and the span that it is part of.
    fn begin(&self, exchange: &mut Exchange) -> (Begun, Option<Context>) {
        let peer = exchange.connection().peer;
        let is_trusted = self.trusted.as_ref().is_none_or(|trusted| trusted.has_peer(peer));
        let parent = parent(exchange.headers()).filter(|_| is_trusted);
        let own = match parent {
            Some(parent) => parent.child(),
            None => Context::begin(self.sample.strikes()),
        };
        let headers = exchange.headers_mut();
        if parent.is_none() || !state::is_valid(headers.get_all(TRACESTATE)) {
            headers.remove(TRACESTATE);
        }
        headers.insert(TRACEPARENT, own.value());
        let open = self.exporter.as_ref().and_then(|it| it.begin(exchange, own, parent));
        ((own, open), parent)
    }

    fn end(&self, (own, open): Begun, response: &mut Response) {
        if let Some(header) = &self.header {
            response.headers_mut().insert(header, own.value());
        }
        if let Some(open) = open {
            open.answered(response);
        }
    }
}

/// What a client says the request is part of. Several of them are none.
fn parent(headers: &HeaderMap) -> Option<Context> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    match (values.next(), values.next()) {
        (Some(only), None) => Context::parse(HeaderValue::as_bytes(only)),
        _ => None,
    }
}

impl Hook<Begun> for Tracer {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Begun> {
        ControlFlow::Continue(self.begin(exchange).0)
    }

    fn on_response(&self, _: &mut Exchange, begun: Begun, response: &mut Response) {
        self.end(begun, response);
    }
}

async fn in_a_span(tracer: &Tracer, exchange: &mut Exchange, next: Next<'_>) -> Response {
    let (begun, parent) = tracer.begin(exchange);
    let span = span(exchange, begun.0, parent);
    let mut response = next.run(exchange).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    tracer.end(begun, &mut response);
    response
}

fn span(exchange: &Exchange, own: Context, parent: Option<Context>) -> Span {
    let span = tracing::info_span!(
        "request",
        trace_id = format_args!("{:032x}", own.trace),
        span_id = format_args!("{:016x}", own.span),
        parent_id = Empty,
        method = %exchange.method(),
        path = exchange.uri().path(),
        status = Empty,
    );
    if let Some(parent) = parent {
        span.record("parent_id", tracing::field::display(format_args!("{:016x}", parent.span)));
    }
    span
}

#[cfg(test)]
mod tests;
