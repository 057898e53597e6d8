use std::collections::BTreeMap;
use std::ops::ControlFlow;

use http::StatusCode;
use http::uri::PathAndQuery;
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::target;
use crate::text;

/// Gives requests another path before the app sees them; the client learns nothing of it.
///
/// What is rewritten is the path below the mount point, as it came: percent-encoded and without the query,
/// which stays. A prefix ends where a segment does, and the longest one counts. Where none matches, the
/// rules are tried in the order of their names; the first that matches counts, and no other after it. A rule
/// is a regular expression (in the syntax of the crate `regex`, which takes linear time), a space, and what
/// replaces the part of the path that it matches: `$1` or `${name}` are its groups. A `?` in it begins
/// another query.
///
/// It belongs outside of whatever decides by the path, a `urlmap` above all.
///
/// ```ini
/// [filter:rewrite]
/// use = egg:impasto#rewrite
/// prefix./v1 = /v2
/// rule.1 = ^/users/([0-9]+)$ /accounts/$1?by=id
/// rule.2 = \.php$ /
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Rewrite {
    /// The beginning of a path and what replaces it: `prefix./OLD = /NEW`.
    prefix: BTreeMap<String, String>,
    /// An expression and what replaces what it matches: `rule.NAME = EXPRESSION REPLACEMENT`.
    rule: BTreeMap<String, String>,
}

register!("rewrite" => rewrite, may answer);

fn rewrite(settings: Rewrite) -> anyhow::Result<Filter> {
    let prefix = |(old, new): (&String, &String)| {
        let key = format!("prefix.{old}");
        let path = |text: &str| match text.starts_with('/') && is_path(text) {
            true => Ok(text.trim_end_matches('/').to_owned()),
            false => Err(SettingError::new(&*key, format!("{text:?} is not a path"))),
        };
        Ok::<_, SettingError>((path(old)?, path(new.trim())?))
    };
    let mut prefixes = settings.prefix.iter().map(prefix).collect::<Result<Vec<_>, _>>()?;
    prefixes.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    let rules = settings.rule.iter().map(|(name, text)| Rule::of(name, text));
    let rules = rules.collect::<Result<_, _>>()?;
    Ok(Filter::hook(Rewriter { prefixes, rules }))
}

fn is_path(text: &str) -> bool {
    text.parse::<PathAndQuery>().is_ok_and(|it| it.query().is_none() && it.path() == text)
}

struct Rewriter {
    /// Without a `/` at their ends, the longest first.
    prefixes: Vec<(String, String)>,
    rules: Vec<Rule>,
}

struct Rule {
    expression: Regex,
    replacement: String,
}

impl Rule {
    fn of(name: &str, text: &str) -> Result<Rule, SettingError> {
        let key = format!("rule.{name}");
        let Some((expression, replacement)) = text.trim().split_once(char::is_whitespace) else {
            let error = SettingError::new(key, "must be an expression, a space and a replacement");
            return Err(error.help("write `^/old/(.*)$ /new/$1`"));
        };
        let expression = Regex::new(expression).map_err(|error| {
            let error = error.to_string();
            let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            SettingError::new(&*key, format!("{expression:?} is no regular expression: {why}"))
        })?;
        Ok(Rule { expression, replacement: replacement.trim().to_owned() })
    }
}

impl Hook for Rewriter {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        if !target::has_path(exchange) {
            return ControlFlow::Continue(());
        }
        let Some(new) = self.rewritten(exchange.path()) else { return ControlFlow::Continue(()) };
        match target::with_path(exchange, &new) {
            Some(uri) => {
                exchange.set_uri(uri);
                ControlFlow::Continue(())
            }
            None => {
                let words = "The address cannot be rewritten.\n";
                ControlFlow::Break(text::text(StatusCode::BAD_REQUEST, words))
            }
        }
    }
}

impl Rewriter {
    /// What replaces `path`; `None` if nothing does.
    fn rewritten(&self, path: &str) -> Option<String> {
        for (old, new) in &self.prefixes {
            if let Some(rest) = path.strip_prefix(&**old)
                && (rest.is_empty() || rest.starts_with('/'))
            {
                return Some(format!("{new}{rest}"));
            }
        }
        let rule = self.rules.iter().find(|rule| rule.expression.is_match(path))?;
        Some(rule.expression.replace(path, &rule.replacement).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_to, get, settings, wrap};
    use impasto::{App, Body};

    fn app(options: &[(&str, &str)]) -> App {
        let app = App::at_once(|exchange: &mut Exchange| {
            let words = format!("{} {}", exchange.mount(), exchange.uri());
            Response::new(Body::from(words))
        });
        wrap(rewrite(settings(options)).unwrap(), app)
    }

    #[tokio::test]
    async fn prefixes_end_with_segments_and_the_longest_counts() {
        let app = app(&[("prefix./v1", "/v2"), ("prefix./v1/old", "/"), ("prefix./a.b/", "/c/")]);
        for (uri, seen) in [
            ("/v1", " /v2"),
            ("/v1/", " /v2/"),
            ("/v1/x?q=/v1", " /v2/x?q=/v1"),
            ("/v1/old/x%2Fy", " /x%2Fy"),
            ("/v1/old", " /"),
            ("/v12/x", " /v12/x"),
            ("/a.b/x", " /c/x"),
            ("http://host/v1/x", " http://host/v2/x"),
            ("/V1", " /V1"),
        ] {
            assert_eq!(answer_to(&app, uri).await.1, seen, "{uri}");
        }
    }

    #[tokio::test]
    async fn the_first_rule_that_matches_counts() {
        let app = app(&[
            ("rule.1", r"^/users/([0-9]+)$   /accounts/$1?by=id"),
            ("rule.2", r"^/users/(?<name>.+)$ /people/${name}"),
            ("rule.3", r"\.php$ /"),
            ("rule.4", r"^/gone/ gone/"),
        ]);
        for (uri, seen) in [
            ("/users/7?x=1", " /accounts/7?by=id"),
            ("/users/ann?x=1", " /people/ann?x=1"),
            ("/index.php", " /index/"),
            ("/gone/x", " /gone/x"),
            ("/other", " /other"),
        ] {
            assert_eq!(answer_to(&app, uri).await.1, seen, "{uri}");
        }
    }

    #[tokio::test]
    async fn what_lies_above_the_mount_point_stays() {
        let inner = app(&[("rule.1", "^/x$ /y"), ("prefix./p", "/")]);
        let mounted = |exchange: &mut Exchange| {
            assert!(exchange.mount_at("/mount".len()));
            ControlFlow::Continue(())
        };
        let app = wrap(Filter::on_request(mounted), inner);
        assert_eq!(answer_to(&app, "/mount/x?q").await.1, "/mount /mount/y?q");
        assert_eq!(answer_to(&app, "/mount/p/z").await.1, "/mount /mount/z");
        assert_eq!(answer_to(&app, "/mount").await.1, "/mount /mount");
    }

    #[tokio::test]
    async fn what_has_no_path_is_left_alone() {
        let app = app(&[("rule.1", "^.*$ /y")]);
        let mut request = get("/");
        *request.uri_mut() = "*".parse().unwrap();
        assert_eq!(answer(&app, request).await.1, " *");
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |key, value| rewrite(settings(&[(key, value)])).unwrap_err().to_string();
        assert_eq!(wrong("prefix.old", "/new"), "`prefix.old`: \"old\" is not a path");
        assert_eq!(wrong("prefix./old", "/new?x"), "`prefix./old`: \"/new?x\" is not a path");
        assert_eq!(
            wrong("rule.1", "^/x$"),
            "`rule.1` must be an expression, a space and a replacement"
        );
        assert_eq!(
            wrong("rule.1", "( /x"),
            "`rule.1`: \"(\" is no regular expression: unclosed group"
        );
    }
}
