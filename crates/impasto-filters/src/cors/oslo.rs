//! CORS as OpenStack's services have it.

use impasto::{Filter, register};

use super::{Cors, prepare};

register!("oslo_cors" => oslo_cors, for
    "oslo_middleware.cors:filter_factory",
    "oslo_middleware:CORS.factory",
    "oslo_middleware.cors:CORS.factory",
    "egg:oslo.middleware#cors",
    may answer,
    order [
        before "authentication", "csrf": "a preflight carries no credentials, and has to be answered";
        once: "each would add its own headers";
    ],
);

/// Request headers that oslo.middleware allows in any case.
const SIMPLE: [&str; 8] = [
    "Accept",
    "Accept-Language",
    "Content-Type",
    "Cache-Control",
    "Content-Language",
    "Expires",
    "Last-Modified",
    "Pragma",
];

fn oslo_cors(mut settings: Cors) -> anyhow::Result<Filter> {
    settings.latent_allow_headers.extend(SIMPLE.map(str::to_owned));
    prepare(settings, |has_star| !has_star)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use http::Method;
    use impasto::{App, Response};

    #[tokio::test]
    async fn what_oslo_allows_without_being_told_is_allowed() {
        let origins = |origin: &str| Some(vec![origin.to_owned()]);
        for (allow_origins, credentials) in
            [(origins("https://a.example"), true), (origins("*"), false)]
        {
            let filter = oslo_cors(Cors { allow_origins, ..Cors::default() }).unwrap();
            let mut preflight = get("/");
            *preflight.method_mut() = Method::OPTIONS;
            for (name, value) in
                [("origin", "https://a.example"), ("access-control-request-method", "PUT")]
            {
                preflight.headers_mut().insert(name, value.parse().unwrap());
            }
            let app = wrap(filter, App::at_once(|_| Response::default()));
            let headers = send(&app, preflight).await.into_parts().0.headers;
            let allowed = headers["access-control-allow-headers"].to_str().unwrap();
            assert!(allowed.contains("Content-Type, Cache-Control"), "{allowed}");
            assert_eq!(headers.contains_key("access-control-allow-credentials"), credentials);
        }
    }
}
