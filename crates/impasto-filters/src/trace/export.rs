//! Spans for an OpenTelemetry collector.

mod collector;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use impasto::{Exchange, Response, SettingError};
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanProcessor};

use super::Trace;
use super::context::Context;
use collector::Collector;

/// Sends spans to a collector, many at once, from a thread of its own.
#[derive(Clone)]
pub(super) struct Exporter(Arc<Batches>);

struct Batches {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
}

/// How long the end of an exporter waits for its last spans to be sent.
const PATIENCE: Duration = Duration::from_millis(500);

impl Exporter {
    /// The exporter that the settings ask for, if they do.
    pub(super) fn of(settings: &Trace) -> Result<Option<Exporter>, SettingError> {
        let Some(endpoint) = &settings.otlp_endpoint else { return Ok(None) };
        let endpoint = format!("{}/v1/traces", endpoint.trim().trim_end_matches('/'));
        let collector = Collector::at(&endpoint)?;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_endpoint(endpoint)
            .with_http_client(collector)
            .build();
        let error = |why: &dyn fmt::Display| SettingError::new("otlp_endpoint", why.to_string());
        let exporter = exporter.map_err(|why| error(&why))?;
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        let service = settings.service_name.clone();
        processor.set_resource(&Resource::builder().with_service_name(service).build());
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"));
        let scope = scope.with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Some(Exporter(Arc::new(Batches { processor, scope }))))
    }

    /// The span of a request, if it is sampled. It ends when it is dropped.
    pub(super) fn begin(
        &self,
        exchange: &Exchange,
        own: Context,
        parent: Option<Context>,
    ) -> Option<Open> {
        if !own.is_sampled {
            return None;
        }
        let connection = exchange.connection();
        let mut attributes = vec![
            KeyValue::new("http.request.method", exchange.method().to_string()),
            KeyValue::new("url.path", exchange.uri().path().to_owned()),
            KeyValue::new("url.scheme", connection.scheme.to_string()),
        ];
        if let Some(peer) = connection.peer {
            attributes.push(KeyValue::new("client.address", peer.ip().to_string()));
        }
        let now = SystemTime::now();
        let data = SpanData {
            span_context: SpanContext::new(
                TraceId::from(own.trace),
                SpanId::from(own.span),
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            ),
            parent_span_id: parent.map_or(SpanId::INVALID, |parent| SpanId::from(parent.span)),
            parent_span_is_remote: parent.is_some(),
            span_kind: SpanKind::Server,
            name: exchange.method().to_string().into(),
            start_time: now,
            end_time: now,
            attributes,
            dropped_attributes_count: 0,
            events: Default::default(),
            links: Default::default(),
            status: Status::error("there was no response"),
            instrumentation_scope: self.0.scope.clone(),
        };
        Some(Open { data: Some(data), batches: self.0.clone() })
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        // A collector that is not there is told of in the log by the processor itself.
        let _ = self.processor.shutdown_with_timeout(PATIENCE);
    }
}

/// A span that has not ended.
pub(super) struct Open {
    data: Option<SpanData>,
    batches: Arc<Batches>,
}

impl Open {
    /// Ends the span when the response is over.
    pub(super) fn answered(mut self, response: &mut Response) {
        let status = response.status();
        if let Some(data) = &mut self.data {
            data.attributes
                .push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
            data.status = outcome(status);
        }
        if response.body().as_bytes().is_none() {
            let body = std::mem::take(response.body_mut());
            *response.body_mut() = body.on_end(move |_| drop(self));
        }
    }
}

/// What OpenTelemetry's conventions for HTTP call an error of a server.
fn outcome(status: StatusCode) -> Status {
    match status.is_server_error() {
        true => Status::error(""),
        false => Status::Unset,
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(mut data) = self.data.take() {
            data.end_time = SystemTime::now();
            self.batches.processor.on_end(data);
        }
    }
}

#[cfg(test)]
mod tests;
