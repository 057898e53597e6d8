//! A request, as a person asks for it.

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, HOST};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use impasto::{Body, Connection, Exchange, Request};

/// A request that nobody has sent: a method, a URL, headers, perhaps a body.
///
/// A URL is a path with a query, or has a scheme and a host; `*` is for `OPTIONS`. The host is said in a
/// `Host` header, as clients of HTTP/1.1 do it: that of the URL, or `localhost`, unless there is one.
#[derive(Clone, Debug)]
pub struct Question {
    method: Method,
    target: Uri,
    scheme: Scheme,
    headers: HeaderMap,
    body: String,
}

impl Question {
    /// A request without a body; headers are written `NAME:VALUE`.
    ///
    /// # Errors
    ///
    /// What cannot be part of a request, in words.
    pub fn new(method: &str, url: &str, headers: &[String]) -> Result<Question, String> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| format!("`{method}` is not a method"))?;
        let (scheme, authority, target) = parse(url)?;
        let mut question =
            Question { method, target, scheme, headers: HeaderMap::new(), body: String::new() };
        for header in headers {
            let (name, value) = header
                .split_once(':')
                .ok_or_else(|| format!("`{header}` is not a header: write `NAME:VALUE`"))?;
            question.add_header(name.trim(), value.trim())?;
        }
        if !question.headers.contains_key(HOST) {
            let host = authority.as_ref().map_or("localhost", Authority::as_str);
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            question.add_header("host", host)?;
        }
        Ok(question)
    }

    /// Adds a header.
    ///
    /// # Errors
    ///
    /// Why it is none, in words.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let header = HeaderName::try_from(name)
            .map_err(|_| format!("`{name}` is not the name of a header"))?;
        let value = HeaderValue::try_from(value)
            .map_err(|_| format!("the value of `{name}` cannot be sent in a header"))?;
        self.headers.append(header, value);
        Ok(())
    }

    /// The same with a body, whose length is said unless it is already.
    pub fn with_body(self, body: impl Into<String>) -> Question {
        let mut question = Question { body: body.into(), ..self };
        let length = question.body.len().into();
        question.headers.entry(CONTENT_LENGTH).or_insert(length);
        question
    }

    /// Its method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// What it asks for: path and query.
    pub fn target(&self) -> &Uri {
        &self.target
    }

    /// The host that it asks for, and perhaps a port.
    pub fn host(&self) -> &str {
        self.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The request as a stack is given it.
    pub fn exchange(&self) -> Exchange {
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.clone();
        *request.headers_mut() = self.headers.clone();
        let mut connection = Connection::default();
        connection.scheme = self.scheme.clone();
        Exchange::new(request, Some(Arc::new(connection)))
    }
}

fn parse(url: &str) -> Result<(Scheme, Option<Authority>, Uri), String> {
    let wrong = || format!("`{url}` is not a URL: write `/PATH` or `http://HOST/PATH`");
    let (url, _fragment) = url.split_once('#').unwrap_or((url, ""));
    if url == "*" {
        return Ok((Scheme::HTTP, None, Uri::from_static("*")));
    }
    let uri = Uri::try_from(url).map_err(|_| wrong())?;
    if !url.starts_with('/') && uri.scheme().is_none() {
        return Err(wrong());
    }
    let parts = uri.into_parts();
    let target = parts.path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
    let target = Uri::from(target);
    match parts.scheme {
        None => Ok((Scheme::HTTP, None, target)),
        Some(scheme) if scheme == Scheme::HTTP || scheme == Scheme::HTTPS => {
            Ok((scheme, parts.authority, target))
        }
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    fn ask(url: &str, headers: &[&str]) -> Result<Question, String> {
        let headers: Vec<_> = headers.iter().map(|header| header.to_string()).collect();
        Question::new("GET", url, &headers)
    }

    #[test]
    fn the_host_is_said_once() {
        let host = |url: &str, headers: &[&str]| ask(url, headers).unwrap().host().to_owned();
        assert_eq!(host("/x", &[]), "localhost");
        assert_eq!(host("https://user@a.org:8443/x", &[]), "a.org:8443");
        assert_eq!(host("http://a.org", &["Host: b.org"]), "b.org");
    }

    #[test]
    fn a_url_is_asked_for_by_its_path() {
        let target = |url: &str| ask(url, &[]).unwrap().target().to_string();
        assert_eq!(target("http://a.org/x?y=1#z"), "/x?y=1");
        assert_eq!(target("http://a.org"), "/");
        assert_eq!(target("*"), "*");
        let exchange = ask("https://a.org/x", &[]).unwrap().exchange();
        assert_eq!(exchange.connection().scheme.as_str(), "https");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for (method, url, headers, message) in [
            ("G T", "/", &[][..], "`G T` is not a method"),
            ("GET", "x", &[], "`x` is not a URL"),
            ("GET", "ftp://a/x", &[], "`ftp://a/x` is not a URL"),
            ("GET", "/a b", &[], "`/a b` is not a URL"),
            ("GET", "/", &["x".to_owned()], "`x` is not a header"),
            ("GET", "/", &["x y:z".to_owned()], "`x y` is not the name of a header"),
            ("GET", "/", &["x:\u{7}".to_owned()], "the value of `x` cannot be sent"),
        ] {
            let error = Question::new(method, url, headers).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
