mod refusal;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use http_body::Body as _;
use impasto::settings::Secret;
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;
use smallvec::SmallVec;
use subtle::ConstantTimeEq;

use crate::accept;
use crate::header_map;
use crate::media_types::MediaTypes;
use refusal::{Refusal, Refusals};

/// Refuses requests that do not have the headers which the service wants.
///
/// A header of `header` that is missing, has another value or is there twice is answered with 403: this is how
/// a service takes requests only from a proxy that knows a secret. A client that accepts no type of
/// `accept` is answered with 406, a body of no type of `content_type`, or of two types, with 415 (RFC 9110, 15.5.7
/// and 15.5.16); the answer names those that would do. A request without `Accept` takes anything, one without a body needs
/// no `Content-Type`. Which of `accept` is sent is the app's decision.
///
/// It belongs inside of `cors` and `healthcheck`, whose clients do not have the headers.
///
/// ```ini
/// [filter:validate_request]
/// use = egg:impasto#validate_request
/// header.X-Origin-Key = %(env:ORIGIN_KEY:-not-set-here)s
/// accept = application/json
/// content_type = application/json
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct ValidateRequest {
    /// What a request has to have under a name: `header.NAME = VALUE`.
    header: BTreeMap<String, Secret>,
    /// The media types that the service sends. By default nobody is asked to take them.
    accept: Vec<String>,
    /// The media types of bodies that the service reads; `text/*` for all of a kind, `*+json` for all of a
    /// syntax. By default all.
    content_type: Vec<String>,
}

register!("validate_request" => validate_request,
    may answer,
    order [
        after "cors", "oslo_cors": "a preflight does not have the headers that it wants";
        after "healthcheck": "whoever probes does not send the headers that it wants";
        before "buffer": "what is refused need not be read first";
    ],
);

// Not tower-http's layer: it is one for each header, looks at the first value only, compares in a time that tells
// of the secret, knows no bodies, and moves the request.
fn validate_request(settings: ValidateRequest) -> anyhow::Result<Filter> {
    let wanted = settings.header.iter().map(|(text, value)| {
        let key = format!("header.{text}");
        let value = value.expose().trim().to_owned();
        match value.is_empty() {
            true => Err(SettingError::new(key, "must have a value")),
            false => Ok((header_map::named(&key, text)?, value)),
        }
    });
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    for media in &settings.accept {
        let is_media = media.split('/').filter(|part| !part.is_empty()).count() == 2;
        if !is_media || media.contains(['*', ';', ',']) || media.split('/').count() != 2 {
            let error = SettingError::new("accept", format!("{media:?} is no media type"));
            return Err(error.help("write `application/json`").into());
        }
    }
    if wanted.is_empty() && settings.accept.is_empty() && settings.content_type.is_empty() {
        let error = SettingError::new("header", "nothing is asked of requests");
        return Err(error.help("set `header.NAME`, `accept` or `content_type`").into());
    }
    Ok(Filter::hook(Wanted {
        headers: wanted,
        types: MediaTypes::of("content_type", &settings.content_type)?,
        refusals: Refusals::of(&settings.accept, &settings.content_type)?,
        accept: settings.accept,
        any_type: settings.content_type.is_empty(),
    }))
}

struct Wanted {
    headers: Vec<(HeaderName, String)>,
    accept: Vec<String>,
    types: MediaTypes,
    any_type: bool,
    refusals: Refusals,
}

impl Hook for Wanted {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        match self.refusal(exchange) {
            None => ControlFlow::Continue(()),
            Some(refusal) => ControlFlow::Break(self.refusals.answer(refusal, exchange)),
        }
    }
}

impl Wanted {
    fn refusal(&self, exchange: &Exchange) -> Option<Refusal> {
        let headers = exchange.headers();
        if !self.headers.iter().all(|(name, value)| has(headers, name, value)) {
            return Some(Refusal::Header);
        }
        if !self.is_accepted(headers) {
            return Some(Refusal::Accept);
        }
        let is_read =
            self.any_type || exchange.body().is_end_stream() || self.is_of_a_type(headers);
        (!is_read).then_some(Refusal::ContentType)
    }

    /// Whether the body is said to be of one of the types, and of no other one besides.
    fn is_of_a_type(&self, headers: &HeaderMap) -> bool {
        self.types.have(headers) && headers.get_all(CONTENT_TYPE).iter().nth(1).is_none()
    }

    /// Whether the client takes one of the types that there are.
    fn is_accepted(&self, headers: &HeaderMap) -> bool {
        if self.accept.is_empty() || !headers.contains_key(ACCEPT) {
            return true;
        }
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let values: SmallVec<[&str; 4]> = values.collect();
        self.accept.iter().any(|media| accept::preferred(&values, &[media.as_str()]).is_some())
    }
}

/// Whether the header has this value, once, told in a time that does not depend on how far it is right.
fn has(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.as_bytes().ct_eq(wanted.as_bytes()).into(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
