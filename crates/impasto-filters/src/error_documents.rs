use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_RANGE, CONTENT_TYPE, ETAG, EXPECT, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE, SET_COOKIE, TRANSFER_ENCODING,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, StatusCode};
use http_body::Body as _;
use impasto::{
    AsyncFilter, Body, Exchange, Filter, Next, Request, Response, SettingError, register,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;
use crate::statuses::Statuses;
use crate::{drain, target};

/// Puts pages in the place of what an app answers when something is wrong.
///
/// Each option is a status, as `404`, or `5xx` for all that begin with the digit and have no page of their own. Its
/// value is the path of the page below the same mount point, in which a `?` begins the query. An answer
/// with the status keeps it, and is given the page as its body: the app is asked once more, with `GET` and with
/// the headers of the request. Headers of the page go with it; those of the answer that do not describe its
/// body stay. When the page is not answered with 200, the log says so, and the client gets what there was.
///
/// This is Paste's `errordocument`, which asks with the method of the request, and takes any page.
///
/// It belongs outside of `catch_errors`, whose answers it is to replace too. It is for browsers; a client of an API
/// expects other answers than pages.
///
/// ```ini
/// [filter:error_documents]
/// use = egg:impasto#error_documents
/// 404 = /errors/404.html
/// 5xx = /errors/sorry.html?from=proxy
/// ```
#[derive(Deserialize, JsonSchema)]
struct ErrorDocuments {
    /// The path of the page for a status, which is the option's own name: `404`, or `5xx` for all that begin
    /// with the digit and have no page of their own. A `?` begins the query.
    #[serde(flatten)]
    pages: OtherOptions,
}

register!("error_documents" => error_documents,
    for "egg:Paste#errordocument", "paste.errordocument:make_errordocument",
    may change_body,
    order [
        before "catch_errors", "fault_wrapper": "what it answers would be in the place of the page";
    ],
);

fn error_documents(settings: ErrorDocuments) -> anyhow::Result<Filter> {
    let mut pages = Vec::new();
    for (key, path) in &settings.pages.0 {
        let statuses = Statuses::named(key).filter(|statuses| match statuses {
            Statuses::One(code) => *code >= 400,
            Statuses::All(digit) => *digit >= 4,
        });
        let Some(statuses) = statuses else {
            let error = SettingError::new(key, "is no status from 400 to 599");
            return Err(error.help("write `404`, or `5xx` for all from 500 to 599").into());
        };
        let path = path.trim();
        if !path.starts_with('/') || path.parse::<PathAndQuery>().is_err() {
            let error = SettingError::new(key, format!("{path:?} is not a path"));
            return Err(error.help("write `/errors/404.html`; the app below answers it").into());
        }
        pages.push((statuses, path.to_owned()));
    }
    if pages.is_empty() {
        anyhow::bail!("there is no page: `404 = /errors/404.html` names one");
    }
    // One status before all that begin with its digit.
    pages.sort();
    Ok(Filter::waiting(Pages(pages)))
}

struct Pages(Vec<(Statuses, String)>);

impl AsyncFilter for Pages {
    async fn call(&self, exchange: &mut Exchange, next: Next<'_>) -> Response {
        let again = next.again();
        // The app may take the request along.
        let headers = exchange.headers().clone();
        let response = next.run(exchange).await;
        match self.page(response.status()) {
            Some(page) if !is_at(exchange, page) => {
                replaced(page, response, headers, exchange, again).await
            }
            _ => response,
        }
    }
}

impl Pages {
    fn page(&self, status: StatusCode) -> Option<&str> {
        let mut fitting = self.0.iter().filter(|(statuses, _)| statuses.have(status));
        fitting.next().map(|(_, page)| page.as_str())
    }
}

/// Whether the client asked for the page itself.
fn is_at(exchange: &Exchange, page: &str) -> bool {
    page.split('?').next() == Some(exchange.path())
}

/// What describes the body of a request, or makes its answer another one than the whole page.
const NOT_FOR_A_PAGE: [HeaderName; 11] = [
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
    TRANSFER_ENCODING,
];

/// What describes the body of an answer.
const OF_A_BODY: [HeaderName; 9] = [
    ACCEPT_RANGES,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_LOCATION,
    CONTENT_RANGE,
    CONTENT_TYPE,
    ETAG,
    LAST_MODIFIED,
];

#[cold]
async fn replaced(
    page: &str,
    mut response: Response,
    mut headers: HeaderMap,
    exchange: &mut Exchange,
    again: Next<'_>,
) -> Response {
    let Some(uri) = target::at(exchange, page) else { return response };
    if !exchange.body().is_end_stream() {
        drain::refused(exchange);
    }
    for name in NOT_FOR_A_PAGE {
        headers.remove(name);
    }
    let asked = (exchange.method().clone(), exchange.uri().clone());
    let mut request = Request::new(Body::empty());
    *request.method_mut() = match asked.0 {
        Method::HEAD => Method::HEAD,
        _ => Method::GET,
    };
    *request.uri_mut() = uri;
    *request.version_mut() = exchange.version();
    *request.headers_mut() = headers;
    *request.extensions_mut() = std::mem::take(exchange.extensions_mut());
    exchange.set_request(request);
    let found = again.run(exchange).await;
    // Whoever is further out knows the request as it was.
    exchange.set_method(asked.0);
    exchange.set_uri(asked.1);
    if found.status() != StatusCode::OK {
        let (status, found) = (response.status().as_u16(), found.status().as_u16());
        tracing::warn!(page, status, found, "there is no page for an answer");
        return response;
    }
    let (head, body) = found.into_parts();
    put(&mut response, head.headers);
    *response.body_mut() = body;
    response
}

/// Gives the answer the headers of a page.
fn put(response: &mut Response, page: HeaderMap) {
    let headers = response.headers_mut();
    for name in OF_A_BODY {
        headers.remove(name);
    }
    let mut last = None;
    for (name, value) in page {
        // A name is said with the first of its values only.
        let is_first = name.is_some();
        last = name.or(last);
        let Some(name) = &last else { continue };
        // What is not of this address, and must not be asked for in parts.
        if [ETAG, LAST_MODIFIED, ACCEPT_RANGES].contains(name) {
            continue;
        }
        match is_first && *name != SET_COOKIE {
            true => drop(headers.insert(name, value)),
            false => drop(headers.append(name, value)),
        }
    }
}

#[cfg(test)]
mod tests;
