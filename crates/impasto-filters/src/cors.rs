mod answer;
mod origin;
mod oslo;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderName, HeaderValue, Method};
use impasto::settings::Duration;
use impasto::{Filter, SettingError, SettingErrors, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;
use crate::oslo::Oslo;
use answer::Prepared;
use origin::Origins;

/// Lets pages of other sites use the service (CORS, as the Fetch standard has it).
///
/// The question that a browser asks before a request (an `OPTIONS` with `Origin` and
/// `Access-Control-Request-Method`, the preflight) is answered here with an empty 204 and never reaches
/// the app. A site that is not allowed gets answers without CORS headers, which its
/// browser then keeps from it. An app that puts `Access-Control-Allow-Origin` into a response itself is
/// left to have its own way.
///
/// `oslo_cors` stands in for oslo.middleware's filter, and allows what that does: some request headers in any
/// case (`Content-Type` among them), and cookies unless told otherwise or a list has a `*`. oslo.middleware
/// answers a preflight with 200, after having asked the app.
///
/// It belongs outside everything that refuses requests, authentication above all: a preflight carries
/// no credentials, and a page is shown an error only if the error has CORS headers too.
///
/// ```ini
/// [filter:cors]
/// use = egg:impasto#cors
/// allow_origins = https://horizon.example.org https://admin.example.org:8443
/// allow_headers = X-Auth-Token Content-Type
/// expose_headers = X-Openstack-Request-Id
/// allow_credentials = true
/// max_age = 10m
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Cors {
    /// The sites whose pages may read answers, as `https://host` or `https://host:port`; `*` for all
    /// of them. By default there are none.
    #[serde(alias = "allowed_origin")]
    allow_origins: Option<Vec<String>>,
    /// The methods that such a page may use; `*` for all of them. By default `GET HEAD POST PUT PATCH
    /// DELETE OPTIONS`.
    allow_methods: Option<Vec<String>>,
    /// The request headers that such a page may set, beside those that any page may; `*` for all but
    /// `Authorization`. By default there are none.
    allow_headers: Option<Vec<String>>,
    /// The response headers that such a page may read, beside those that any page may; `*` for all.
    /// By default there are none.
    expose_headers: Option<Vec<String>>,
    /// Whether such a page's requests may carry cookies and the like. Not possible together with a
    /// `*` in any of the lists. `false` by default.
    allow_credentials: Option<bool>,
    /// How long a browser may remember the answer to a preflight; whole seconds. `1h` by default.
    max_age: Option<Duration>,
    /// More methods, as files for oslo.middleware have them.
    latent_allow_methods: Vec<String>,
    /// More request headers, as files for oslo.middleware have them.
    latent_allow_headers: Vec<String>,
    /// More response headers, as files for oslo.middleware have them.
    latent_expose_headers: Vec<String>,
    /// The project whose oslo.config file has more settings, in its section `[cors]`: the first of
    /// `~/.PROJECT/PROJECT.conf`, `~/PROJECT.conf`, `/etc/PROJECT/PROJECT.conf` and `/etc/PROJECT.conf`
    /// that exists, if one does. What is set here, or in `[DEFAULT]`, goes before it.
    oslo_config_project: Option<String>,
    /// A program of the project; `PROGRAM.conf` is looked for in the same places, and goes before.
    oslo_config_program: Option<String>,
    /// The path of a file to read in place of all these. It has an effect only together with
    /// `oslo_config_project`, as with oslo.middleware.
    oslo_config_file: Option<String>,
}

/// What oslo.config's files may set, too.
const OF_OSLO: [&str; 6] = [
    "allowed_origin",
    "allow_methods",
    "allow_headers",
    "expose_headers",
    "allow_credentials",
    "max_age",
];

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

register!("cors" => cors,
    may answer,
    order [
        before "authentication", "csrf": "a preflight carries no credentials, and has to be answered";
        once: "each would add its own headers";
    ],
);

// Not tower-http's layer: it knows only one `*` or a closure, boxes its future, and panics on a wildcard
// with credentials.
fn cors(settings: Cors) -> anyhow::Result<Filter> {
    prepare(settings, |_| false)
}

/// The filter of these settings. Whether cookies may be sent where nothing is said depends on whether there
/// is a `*` in a list.
fn prepare(settings: Cors, credentials: fn(has_star: bool) -> bool) -> anyhow::Result<Filter> {
    let oslo = Oslo {
        project: &settings.oslo_config_project,
        program: &settings.oslo_config_program,
        file: &settings.oslo_config_file,
    };
    let file: Cors = oslo.group("cors", &OF_OSLO)?;
    let either = |own: Option<Vec<String>>, of_file| own.or(of_file).unwrap_or_default();
    let allow_origins = either(settings.allow_origins, file.allow_origins);
    let allow_methods = settings.allow_methods.or(file.allow_methods);
    let mut allow_methods = allow_methods.unwrap_or_else(|| METHODS.map(str::to_owned).to_vec());
    allow_methods.extend(settings.latent_allow_methods);
    let mut allow_headers = either(settings.allow_headers, file.allow_headers);
    allow_headers.extend(settings.latent_allow_headers);
    let mut expose_headers = either(settings.expose_headers, file.expose_headers);
    expose_headers.extend(settings.latent_expose_headers);
    let lists = [
        ("allow_origins", &allow_origins),
        ("allow_methods", &allow_methods),
        ("allow_headers", &allow_headers),
        ("expose_headers", &expose_headers),
    ];
    let starred = lists.iter().find(|(_, list)| list.iter().any(|item| item == "*"));
    let given = settings.allow_credentials.or(file.allow_credentials);
    let allow_credentials = given.unwrap_or_else(|| credentials(starred.is_some()));
    let mut errors = SettingErrors::default();
    if let (Some((key, _)), true) = (starred, allow_credentials) {
        let message = "`*` does not go together with `allow_credentials`";
        errors.check::<()>(Err(SettingError::new(*key, message).help("name each one")));
    }
    let methods = errors.check(list::<Method>("allow_methods", &allow_methods)).flatten();
    let request_headers =
        errors.check(list::<HeaderName>("allow_headers", &allow_headers)).flatten();
    let exposed = errors.check(list::<HeaderName>("expose_headers", &expose_headers)).flatten();
    let origins = errors.check(Origins::new(&allow_origins));
    let origins = errors.finish(origins)?.unwrap_or_default();
    let credentials = HeaderValue::from_static("true");
    let credentials = allow_credentials.then_some((ACCESS_CONTROL_ALLOW_CREDENTIALS, credentials));
    let pairs = |name: HeaderName, value: Option<HeaderValue>| value.map(|value| (name, value));
    let max_age = settings.max_age.or(file.max_age).unwrap_or(Duration::from_secs(3600));
    let max_age = Some(max_age.get().as_secs().into());
    let preflight = [
        pairs(ACCESS_CONTROL_ALLOW_METHODS, methods),
        pairs(ACCESS_CONTROL_ALLOW_HEADERS, request_headers),
        pairs(ACCESS_CONTROL_MAX_AGE, max_age),
        credentials.clone(),
    ];
    let response = [pairs(ACCESS_CONTROL_EXPOSE_HEADERS, exposed), credentials];
    Ok(Filter::hook(Prepared {
        origins,
        preflight: preflight.into_iter().flatten().collect(),
        response: response.into_iter().flatten().collect(),
    }))
}

/// A list as the header that carries it; none for an empty one.
fn list<T: std::str::FromStr>(
    key: &str,
    items: &[String],
) -> Result<Option<HeaderValue>, SettingError> {
    let is_wrong = |item: &&String| item.parse::<T>().is_err();
    let error = |item: &String| SettingError::new(key, format!("{item:?} cannot be a name"));
    match items.iter().find(is_wrong) {
        Some(item) => Err(error(item)),
        None if items.is_empty() => Ok(None),
        None => HeaderValue::try_from(items.join(", "))
            .map(|value| Some(header_map::to_copy(&value)))
            .map_err(|_| error(&items[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use http::StatusCode;
    use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
    use impasto::{App, Body, Exchange, Request, Response};

    fn words(text: &str) -> Option<Vec<String>> {
        Some(text.split_whitespace().map(str::to_owned).collect())
    }

    fn settings() -> Cors {
        Cors {
            allow_origins: words("https://a.example http://b.example:8080"),
            allow_methods: words("GET PUT"),
            allow_headers: words("X-Auth-Token"),
            expose_headers: words("X-Id"),
            allow_credentials: Some(true),
            ..Cors::default()
        }
    }

    fn app(settings: Cors) -> App {
        let app = App::from_fn(async |exchange: &mut Exchange| {
            let mut response = Response::new(Body::from("the app"));
            if let Some(query) = exchange.query() {
                let (name, value) = query.split_once('=').unwrap();
                let name = HeaderName::try_from(name).unwrap();
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        });
        wrap(cors(settings).unwrap(), app)
    }

    fn from(origin: &str, uri: &str) -> Request {
        let mut request = get(uri);
        request.headers_mut().insert(ORIGIN, origin.parse().unwrap());
        request
    }

    fn preflight(origin: &str) -> Request {
        let mut request = from(origin, "/");
        *request.method_mut() = Method::OPTIONS;
        let method = HeaderValue::from_static("PUT");
        request.headers_mut().insert(ACCESS_CONTROL_REQUEST_METHOD, method);
        request
    }

    fn shown(response: &Response, name: &str) -> Vec<String> {
        let values = response.headers().get_all(name).iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn a_preflight_is_answered_here() {
        let response = send(&app(settings()), preflight("https://a.example")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.body().as_bytes(), Some(&b""[..]));
        for (name, value) in [
            ("access-control-allow-origin", "https://a.example"),
            ("access-control-allow-methods", "GET, PUT"),
            ("access-control-allow-headers", "X-Auth-Token"),
            ("access-control-allow-credentials", "true"),
            ("access-control-max-age", "3600"),
            ("vary", "origin"),
        ] {
            assert_eq!(shown(&response, name), [value], "{name}");
        }
        assert!(shown(&response, "access-control-expose-headers").is_empty());
    }

    #[tokio::test]
    async fn a_site_that_is_not_allowed_gets_no_cors_headers() {
        let app = app(settings());
        for origin in ["https://c.example", "https://a.example:8443", "http://a.example", "null"] {
            for request in [preflight(origin), from(origin, "/")] {
                let response = send(&app, request).await;
                assert_eq!(shown(&response, "vary"), ["origin"]);
                assert_eq!(response.headers().keys().len(), 1, "{origin}");
            }
        }
    }

    #[tokio::test]
    async fn a_response_names_the_site_and_what_it_may_read() {
        let app = app(settings());
        let response = send(&app, from("http://b.example:8080", "/")).await;
        assert_eq!(response.body().as_bytes(), Some(&b"the app"[..]));
        assert_eq!(shown(&response, "access-control-allow-origin"), ["http://b.example:8080"]);
        assert_eq!(shown(&response, "access-control-expose-headers"), ["X-Id"]);
        assert_eq!(shown(&response, "access-control-allow-credentials"), ["true"]);
        assert!(shown(&response, "access-control-allow-methods").is_empty());
    }

    #[tokio::test]
    async fn other_options_requests_reach_the_app() {
        let app = app(settings());
        let mut request = from("https://a.example", "/");
        *request.method_mut() = Method::OPTIONS;
        assert_eq!(send(&app, request).await.body().as_bytes(), Some(&b"the app"[..]));
        let mut request = preflight("https://a.example");
        request.headers_mut().remove(ORIGIN);
        assert_eq!(send(&app, request).await.body().as_bytes(), Some(&b"the app"[..]));
    }

    #[tokio::test]
    async fn vary_names_the_origin_once_and_only_where_answers_differ() {
        let list = app(settings());
        for (uri, vary) in [
            ("/", &["origin"][..]),
            ("/?vary=accept", &["accept", "origin"]),
            ("/?vary=accept,%20Origin", &["accept,%20Origin", "origin"]),
            ("/?vary=accept,Origin", &["accept,Origin"]),
            ("/?vary=*", &["*"]),
        ] {
            assert_eq!(shown(&send(&list, get(uri)).await, "vary"), vary, "{uri}");
        }
        let all = app(Cors { allow_origins: words("*"), ..Cors::default() });
        let response = send(&all, from("https://any.example", "/")).await;
        assert_eq!(shown(&response, "access-control-allow-origin"), ["*"]);
        assert!(shown(&response, "vary").is_empty());
    }

    #[tokio::test]
    async fn an_app_may_have_its_own_way() {
        let uri = "/?access-control-allow-origin=https://own.example";
        let response = send(&app(settings()), from("https://a.example", uri)).await;
        assert_eq!(shown(&response, "access-control-allow-origin"), ["https://own.example"]);
        assert!(shown(&response, "access-control-allow-credentials").is_empty());
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |settings| cors(settings).unwrap_err().to_string();
        let star = || words("*");
        for (key, settings) in [
            ("allow_origins", Cors { allow_origins: star(), ..settings() }),
            ("allow_methods", Cors { allow_methods: star(), ..settings() }),
            ("allow_headers", Cors { allow_headers: star(), ..settings() }),
            ("expose_headers", Cors { expose_headers: star(), ..settings() }),
        ] {
            let expected = format!("`{key}`: `*` does not go together with `allow_credentials`");
            assert_eq!(wrong(settings), expected);
        }
        let methods = Cors { allow_methods: words("GET P@T"), ..Cors::default() };
        assert_eq!(wrong(methods), "`allow_methods`: \"P@T\" cannot be a name");
        let headers = Cors { allow_headers: words("X:Y"), ..Cors::default() };
        assert_eq!(wrong(headers), "`allow_headers`: \"X:Y\" cannot be a name");
    }
}
