use std::ops::ControlFlow;

use http::header::{
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::uri::Scheme;
use http::{HeaderName, HeaderValue};
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;

/// Puts the headers into responses that tell browsers to be careful.
///
/// A header that the app has set itself is left alone.
///
/// It belongs rather far out, since what filters outside of it answer (a 503 of `timeout`, say) does not get the
/// headers; but inside of `proxy_headers`, by which it knows whether the client came over https.
///
/// ```ini
/// [filter:secure_headers]
/// use = egg:impasto#secure_headers
/// strict_transport_security = max-age=63072000; includeSubDomains
/// x_frame_options =
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct SecureHeaders {
    /// `Strict-Transport-Security` (RFC 6797), sent only where the client came over https: for
    /// that, `proxy_headers` has to be outside when a proxy does the encryption. Empty for none.
    strict_transport_security: String,
    /// `X-Content-Type-Options`. Empty for none.
    x_content_type_options: String,
    /// `X-Frame-Options` (RFC 7034). Empty for none.
    x_frame_options: String,
    /// `Referrer-Policy`. Empty for none.
    referrer_policy: String,
}

impl Default for SecureHeaders {
    fn default() -> SecureHeaders {
        SecureHeaders {
            strict_transport_security: "max-age=31536000".to_owned(),
            x_content_type_options: "nosniff".to_owned(),
            x_frame_options: "DENY".to_owned(),
            referrer_policy: "strict-origin-when-cross-origin".to_owned(),
        }
    }
}

register!("secure_headers" => secure_headers,
    order [
        before "authentication": "its answers would lack the headers";
    ],
);

fn secure_headers(settings: SecureHeaders) -> anyhow::Result<Filter> {
    let always = [
        ("x_content_type_options", X_CONTENT_TYPE_OPTIONS, settings.x_content_type_options),
        ("x_frame_options", X_FRAME_OPTIONS, settings.x_frame_options),
        ("referrer_policy", REFERRER_POLICY, settings.referrer_policy),
    ];
    let mut prepared = Prepared {
        https: value("strict_transport_security", &settings.strict_transport_security)?,
        always: Vec::new(),
    };
    for (key, name, text) in always {
        prepared.always.extend(value(key, &text)?.map(|value| (name, value)));
    }
    Ok(Filter::hook(prepared))
}

fn value(key: &str, text: &str) -> Result<Option<HeaderValue>, SettingError> {
    let text = text.trim();
    let value = HeaderValue::try_from(text)
        .map_err(|_| SettingError::new(key, "cannot be written in a header"))?;
    Ok(Some(header_map::to_copy(&value)).filter(|_| !text.is_empty()))
}

struct Prepared {
    https: Option<HeaderValue>,
    always: Vec<(HeaderName, HeaderValue)>,
}

impl Hook for Prepared {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response> {
        ControlFlow::Continue(())
    }

    fn on_response(&self, exchange: &mut Exchange, (): (), response: &mut Response) {
        let headers = response.headers_mut();
        // What is further out adds some more: growing once is cheaper than growing twice.
        headers.reserve(self.always.len() + 4);
        for (name, value) in &self.always {
            header_map::add(headers, name, value);
        }
        if let Some(value) = &self.https
            && exchange.connection().scheme == Scheme::HTTPS
        {
            header_map::add(headers, &STRICT_TRANSPORT_SECURITY, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use impasto::{App, Body, Connection};
    use std::sync::Arc;

    fn app() -> App {
        App::from_fn(async |_: &mut Exchange| Response::new(Body::from("x")))
    }

    #[tokio::test]
    async fn the_headers_are_on_every_response() {
        let app = wrap(secure_headers(SecureHeaders::default()).unwrap(), app());
        let response = send(&app, get("/")).await;
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(response.headers()[X_FRAME_OPTIONS], "DENY");
        assert_eq!(response.headers()[REFERRER_POLICY], "strict-origin-when-cross-origin");
    }

    #[tokio::test]
    async fn hsts_is_only_for_https() {
        let app = wrap(secure_headers(SecureHeaders::default()).unwrap(), app());
        assert!(!send(&app, get("/")).await.headers().contains_key(STRICT_TRANSPORT_SECURITY));
        let mut connection = Connection::default();
        connection.scheme = Scheme::HTTPS;
        let response = app.handle(get("/"), Some(Arc::new(connection))).await;
        assert_eq!(response.headers()[STRICT_TRANSPORT_SECURITY], "max-age=31536000");
    }

    #[tokio::test]
    async fn an_empty_setting_removes_a_header_and_the_app_may_set_its_own() {
        let settings = SecureHeaders { x_frame_options: " ".into(), ..SecureHeaders::default() };
        let own = App::from_fn(async |_: &mut Exchange| {
            let mut response = Response::new(Body::empty());
            let value = HeaderValue::from_static("no-referrer");
            response.headers_mut().insert(REFERRER_POLICY, value);
            response
        });
        let response = send(&wrap(secure_headers(settings).unwrap(), own), get("/")).await;
        assert!(!response.headers().contains_key(X_FRAME_OPTIONS));
        let policies: Vec<_> = response.headers().get_all(REFERRER_POLICY).iter().collect();
        assert_eq!(policies, ["no-referrer"]);
    }

    #[test]
    fn a_value_that_no_header_can_carry_is_named() {
        let referrer_policy = "a\nb".to_owned();
        let settings = SecureHeaders { referrer_policy, ..SecureHeaders::default() };
        let error = secure_headers(settings).unwrap_err();
        assert_eq!(error.to_string(), "`referrer_policy` cannot be written in a header");
    }
}
