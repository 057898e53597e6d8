//! What a request must be like: the words that an option of a `match` consists of.

mod pattern;

use std::borrow::Cow;

use http::{HeaderName, Method};
use impasto::{Exchange, SettingError};
use percent_encoding::percent_decode;

use pattern::Pattern;

/// Conditions that must all hold.
#[derive(Debug)]
pub struct Conditions(Vec<Clause>);

/// A condition that must hold, or must not.
#[derive(Debug)]
struct Clause {
    /// As it is written.
    text: Box<str>,
    condition: Condition,
    holds: bool,
}

/// One of them.
#[derive(Debug)]
enum Condition {
    /// Any of these.
    Method(Vec<Method>),
    /// The path under the mount point.
    Path(Pattern),
    /// One of the values of a header.
    Header(HeaderName, Pattern),
    /// One of the values of a parameter.
    Query(Box<[u8]>, Pattern),
}

impl Conditions {
    /// Reads the name of an option.
    ///
    /// # Errors
    ///
    /// Why it is none, as an error about that option.
    pub fn parse(option: &str) -> Result<Conditions, SettingError> {
        let wrong = |message: String| SettingError::new(option, message);
        let mut clauses = Vec::new();
        let mut words = option.split_whitespace();
        let (mut text, mut holds) = (String::new(), true);
        while let Some(word) = words.next() {
            let missing = || wrong(format!("`{word}` has nothing behind it"));
            push(&mut text, word);
            if word == "not" {
                holds = !holds;
                continue;
            }
            let mut next = || {
                let word = words.next().ok_or_else(missing)?;
                push(&mut text, word);
                Ok(word)
            };
            let condition = match word {
                "method" => Condition::Method(methods(next()?).map_err(wrong)?),
                "path" => Condition::Path(Pattern::new(next()?)),
                "header" => {
                    let name = next()?;
                    let header = HeaderName::try_from(name);
                    let header =
                        header.map_err(|_| wrong(format!("`{name}` is not the name of a header")));
                    Condition::Header(header?, Pattern::new(next()?))
                }
                "query" => Condition::Query(next()?.as_bytes().into(), Pattern::new(next()?)),
                _ => {
                    return Err(wrong(format!("`{word}` is no condition")).help(HELP));
                }
            };
            let text = std::mem::take(&mut text).into();
            clauses.push(Clause { text, condition, holds: std::mem::replace(&mut holds, true) });
        }
        match text.is_empty() {
            true => Ok(Conditions(clauses)),
            false => Err(wrong("`not` has nothing behind it".to_owned())),
        }
    }

    /// Whether a request is like this.
    pub fn hold(&self, exchange: &Exchange) -> bool {
        self.unmet(exchange).is_none()
    }

    /// The first condition that does not hold, as it is written.
    pub fn unmet(&self, exchange: &Exchange) -> Option<&str> {
        let mut clauses = self.0.iter();
        let unmet = clauses.find(|clause| clause.condition.is_met(exchange) != clause.holds)?;
        Some(&unmet.text)
    }
}

fn push(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

const HELP: &str = "a condition is `method GET,HEAD`, `path /a/*`, `header NAME VALUE` or \
                    `query NAME VALUE`, perhaps with `not` before it";

fn methods(words: &str) -> Result<Vec<Method>, String> {
    let methods = words.split(',').map(|word| {
        Method::from_bytes(word.as_bytes()).map_err(|_| format!("`{word}` is not a method"))
    });
    methods.collect()
}

impl Condition {
    fn is_met(&self, exchange: &Exchange) -> bool {
        match self {
            Condition::Method(methods) => methods.contains(exchange.method()),
            Condition::Path(pattern) => {
                let path: Cow<'_, [u8]> = percent_decode(exchange.path().as_bytes()).into();
                pattern.is_match(&path)
            }
            Condition::Header(name, pattern) => {
                let mut values = exchange.headers().get_all(name).iter();
                values.any(|value| pattern.is_match(value.as_bytes()))
            }
            Condition::Query(name, pattern) => {
                let mut parameters = exchange.query().unwrap_or_default().split('&');
                parameters.any(|parameter| {
                    let (own, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                    *decoded(own) == **name && pattern.is_match(&decoded(value))
                })
            }
        }
    }
}

/// A name or a value of a query, as forms write it.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    match text.contains('+') {
        false => percent_decode(text.as_bytes()).into(),
        true => {
            let spaced = text.replace('+', " ");
            Cow::Owned(percent_decode(spaced.as_bytes()).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use impasto::{Body, Request};

    fn holds(option: &str, method: &str, uri: &str, headers: &[(&'static str, &str)]) -> bool {
        let request = Request::builder().method(method).uri(uri);
        let mut request = request.body(Body::empty()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        Conditions::parse(option).unwrap().hold(&Exchange::new(request, None))
    }

    #[test]
    fn all_conditions_must_hold() {
        let option = "method GET,HEAD path /v2/* header X-Canary yes query debug *";
        let canary = [("x-canary", "no"), ("x-canary", "yes")];
        assert!(holds(option, "HEAD", "/v2/x?a=b&debug", &canary));
        assert!(!holds(option, "PUT", "/v2/x?debug", &canary));
        assert!(!holds(option, "GET", "/v1/x?debug", &canary));
        assert!(!holds(option, "GET", "/v2/x?debug", &canary[..1]));
        assert!(!holds(option, "GET", "/v2/x?debugger", &canary));
        assert!(!holds(option, "GET", "/v2/x", &canary));
    }

    #[test]
    fn what_is_encoded_is_compared_decoded() {
        for (option, uri) in [
            ("path /admin/*", "/%61dmin%2Fx"),
            ("path /a?b", "/a%3Ab"),
            ("query name a?b", "/?n%61me=a+b"),
            ("query a *", "/?%61"),
        ] {
            assert!(holds(option, "GET", uri, &[]), "{option} {uri}");
        }
        assert!(!holds("path /a", "GET", "/a/", &[]));
    }

    #[test]
    fn a_condition_may_be_turned_round() {
        let option = "not header Authorization * not not path /x";
        assert!(holds(option, "GET", "/x", &[]));
        assert!(!holds(option, "GET", "/x", &[("authorization", "Basic eA==")]));
        assert!(!holds(option, "GET", "/y", &[]));
    }

    #[test]
    fn the_first_that_does_not_hold_is_named() {
        let conditions = Conditions::parse("method GET  not path /x query a *").unwrap();
        let exchange =
            |uri: &str| Exchange::new(Request::get(uri).body(Body::empty()).unwrap(), None);
        assert_eq!(conditions.unmet(&exchange("/x")), Some("not path /x"));
        assert_eq!(conditions.unmet(&exchange("/y")), Some("query a *"));
        assert_eq!(conditions.unmet(&exchange("/y?a")), None);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for (option, message) in [
            ("GET /", "`GET /`: `GET` is no condition"),
            ("path", "`path`: `path` has nothing behind it"),
            ("header X-A", "`header X-A`: `header` has nothing behind it"),
            ("header X(A) *", "`header X(A) *`: `X(A)` is not the name of a header"),
            ("method GET,", "`method GET,`: `` is not a method"),
            ("path / not", "`path / not`: `not` has nothing behind it"),
        ] {
            assert_eq!(Conditions::parse(option).unwrap_err().to_string(), message);
        }
    }
}
