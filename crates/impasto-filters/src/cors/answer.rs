//! What browsers are told.

use std::ops::ControlFlow;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use impasto::{Exchange, Hook, Response};

use super::origin::Origins;
use crate::header_map;

/// What is answered, made ready when the file is loaded.
pub(super) struct Prepared {
    pub(super) origins: Origins,
    /// What an answer to a preflight has beside the origin.
    pub(super) preflight: Vec<(HeaderName, HeaderValue)>,
    /// What every other answer has.
    pub(super) response: Vec<(HeaderName, HeaderValue)>,
}

/// What a response is to say of the origin that asked: its value of `Access-Control-Allow-Origin`, if it
/// is allowed. The index of it, which is cheaper to keep than the value.
type Allowed = Option<usize>;

impl Hook<Allowed> for Prepared {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Allowed> {
        let Some(origin) = exchange.headers().get(ORIGIN) else {
            return ControlFlow::Continue(None);
        };
        let allowed = self.origins.position(origin);
        let is_preflight = *exchange.method() == Method::OPTIONS
            && exchange.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if !is_preflight {
            return ControlFlow::Continue(allowed);
        }
        let mut answer = Response::default();
        *answer.status_mut() = StatusCode::NO_CONTENT;
        self.vary(answer.headers_mut());
        self.allow(allowed, &self.preflight, answer.headers_mut());
        ControlFlow::Break(answer)
    }

    fn on_response(&self, _: &mut Exchange, allowed: Allowed, response: &mut Response) {
        self.vary(response.headers_mut());
        self.allow(allowed, &self.response, response.headers_mut());
    }
}

impl Prepared {
    /// Allows the origin, unless the app has its own way.
    fn allow(&self, allowed: Allowed, with: &[(HeaderName, HeaderValue)], headers: &mut HeaderMap) {
        let Some(origin) = allowed.and_then(|position| self.origins.value(position)) else {
            return;
        };
        if header_map::add(headers, &ACCESS_CONTROL_ALLOW_ORIGIN, origin) {
            for (name, value) in with {
                headers.insert(name, value.clone());
            }
        }
    }

    /// Tells caches that the answer is another for another origin, also when there was none: the next
    /// request may have one.
    fn vary(&self, headers: &mut HeaderMap) {
        if self.origins.differ() {
            header_map::vary(headers, &ORIGIN_ITSELF);
        }
    }
}

/// The name of the header as a value.
const ORIGIN_ITSELF: HeaderValue = HeaderValue::from_static("origin");
