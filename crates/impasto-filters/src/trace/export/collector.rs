//! The collector's side of an exporter: requests, each over a connection of its own.

use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use impasto::SettingError;
use opentelemetry_http::{HttpClient, HttpError};

use crate::client::Address;

/// A collector that spans are sent to.
#[derive(Debug)]
pub(super) struct Collector(Address);

impl Collector {
    pub(super) fn at(endpoint: &str) -> Result<Collector, SettingError> {
        Address::of("otlp_endpoint", endpoint, None).map(Collector)
    }
}

impl HttpClient for Collector {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            // The exporter's thread is in no runtime, and needs one for some milliseconds every few seconds.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(self.0.ask(request))?)
        })
    }
}
