mod normal;

use std::ops::ControlFlow;

use http::StatusCode;
use impasto::{Exchange, Filter, Hook, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::location;
use crate::target;
use crate::text;
use normal::{Form, TrailingSlash, normal};

/// Gives every path its one form, so that what stands inside need know no other.
///
/// The path below the mount point is changed as RFC 3986, 6.2.2, says: `.` and `..` go with what they mean,
/// unreserved characters are written as they are (`%7E` is `~`, `%2e%2e` is `..`), and other escapes in
/// upper case. Several slashes become one, and one at the end goes. `%2F` stays, for it is no slash. The app
/// sees the new path; with `redirect` the client is sent there, so that it has one address for each page.
///
/// It belongs outside of whatever decides by the path, access control above all: a rule for `/admin` does
/// not see `//admin` or `/x/../admin` otherwise.
///
/// ```ini
/// [filter:normalize_path]
/// use = egg:impasto#normalize_path
/// trailing_slash = keep
/// redirect = true
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct NormalizePath {
    /// What happens to a slash at the end: `trim` it, `add` one where there is none, or `keep` it.
    trailing_slash: TrailingSlash,
    /// Whether several slashes in a row become one.
    merge_slashes: bool,
    /// Whether `.` and `..` are resolved and escapes written in their one way.
    resolve: bool,
    /// Whether a client is sent to the right address: with 308, or with 307 where its method may change
    /// something. By default it learns nothing.
    redirect: bool,
}

impl Default for NormalizePath {
    fn default() -> NormalizePath {
        NormalizePath {
            trailing_slash: TrailingSlash::Trim,
            merge_slashes: true,
            resolve: true,
            redirect: false,
        }
    }
}

register!("normalize_path" => normalize_path, for
    "keystone.middleware:NormalizingFilter.factory",
    "keystone.middleware.core:NormalizingFilter.factory",
    "egg:keystone#url_normalize",
    may answer,
    order [
        before "authentication", "csrf": "a path that it lets through may be another one here";
        before "rewrite": "its rules know one form of a path";
    ],
);

// Not tower-http's layer: it sees to slashes at the ends alone, and moves every request.
fn normalize_path(settings: NormalizePath) -> Filter {
    Filter::hook(Normalizer {
        form: Form {
            trailing_slash: settings.trailing_slash,
            merge_slashes: settings.merge_slashes,
            resolve: settings.resolve,
        },
        redirects: settings.redirect,
    })
}

struct Normalizer {
    form: Form,
    redirects: bool,
}

impl Hook for Normalizer {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        if !target::has_path(exchange) {
            return ControlFlow::Continue(());
        }
        let Some(new) = normal(exchange.path(), self.form) else {
            return ControlFlow::Continue(());
        };
        if self.redirects {
            return ControlFlow::Break(redirect(exchange, &new));
        }
        match target::with_path(exchange, &new) {
            Some(uri) => {
                exchange.set_uri(uri);
                ControlFlow::Continue(())
            }
            None => {
                let words = "The path of the request cannot be read.\n";
                ControlFlow::Break(text(StatusCode::BAD_REQUEST, words))
            }
        }
    }
}

#[cold]
fn redirect(exchange: &Exchange, new: &str) -> Response {
    let status = match exchange.method().is_safe() {
        true => StatusCode::PERMANENT_REDIRECT,
        false => StatusCode::TEMPORARY_REDIRECT,
    };
    let mut location = location::on_this_host(&format!("{}{new}", exchange.mount()));
    if let Some(query) = exchange.query() {
        location.push('?');
        location.push_str(query);
    }
    location::answer(status, &location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_to, get, named, send, settings, with_body, wrap};
    use http::header::LOCATION;
    use impasto::App;

    fn app(options: &[(&str, &str)]) -> App {
        let mounted = Filter::on_request(|exchange| {
            exchange.mount_at("/api".len());
            ControlFlow::Continue(())
        });
        named("app").filtered(&[mounted, normalize_path(settings(options))])
    }

    #[tokio::test]
    async fn the_app_sees_the_normal_path_below_its_mount_point() {
        for (uri, seen) in [
            ("/api/x", "app /api|/x"),
            ("/api//x/?y=//", "app /api|/x"),
            ("/api/../../x", "app /api|/x"),
            ("/api", "app /api|"),
            ("/api/", "app /api|/"),
        ] {
            assert_eq!(answer_to(&app(&[]), uri).await, (StatusCode::OK, seen.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_client_may_be_told() {
        let app = app(&[("redirect", "yes")]);
        for (method, status) in [("GET", 308), ("HEAD", 308), ("POST", 307)] {
            let response = send(&app, with_body(method, "/api//x/?y=1", "")).await;
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()[LOCATION], "/api/x?y=1");
        }
        assert_eq!(answer_to(&app, "/api/x").await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn nobody_is_sent_to_another_host() {
        let options = [("redirect", "yes"), ("merge_slashes", "no")];
        let app = wrap(normalize_path(settings(&options)), named("app"));
        for uri in ["//evil.example/", "/x/..//evil.example/", "/./%2e//evil.example"] {
            let response = send(&app, get(uri)).await;
            assert_eq!(response.headers()[LOCATION], "/evil.example", "{uri}");
        }
    }

    #[tokio::test]
    async fn what_has_no_path_is_left_alone() {
        let mut request = get("/");
        *request.uri_mut() = "*".parse().unwrap();
        let app = wrap(normalize_path(NormalizePath::default()), named("app"));
        assert_eq!(answer(&app, request).await.1, "app |*");
    }
}
