//! Path expressions: what the options of a urlmap are called.

use std::net::Ipv6Addr;

use impasto::SettingError;

use crate::asked::split;

/// What a request must ask for to reach an app: `domain D port P /path`, each part optional.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The host it is for; `None` for any.
    pub host: Option<Host>,
    /// Empty for everything, else beginning with `/` and not ending in it.
    pub path: Box<str>,
    /// `/path/+`: only what lies below the path, not the path itself.
    pub below: bool,
}

/// A host, and perhaps a port, of the request's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// In lower case; an IPv6 address in its brackets.
    pub name: Box<str>,
    /// The port; `None` for any.
    pub port: Option<u16>,
}

impl Expression {
    /// Reads the name of an option.
    ///
    /// # Errors
    ///
    /// Why it is no expression, as an error about that option.
    pub fn parse(text: &str) -> Result<Expression, SettingError> {
        let wrong = |message: String| SettingError::new(text, message);
        let (mut domain, mut port, mut path) = (None, None, None);
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let (part, value) = match word {
                "domain" => (&mut domain, words.next()),
                "port" => (&mut port, words.next()),
                _ => (&mut path, Some(word)),
            };
            let Some(value) = value else {
                let what = if word == "port" { "a number" } else { "the name of a host" };
                return Err(wrong(format!("must have {what} behind `{word}`")));
            };
            if let Some(first) = part.replace(value) {
                return Err(wrong(format!(
                    "has both `{first}` and `{value}`: only one can be meant"
                )));
            }
        }
        let host = match (domain, port) {
            (None, None) => None,
            (None, Some(_)) => return Err(wrong("a `port` needs a `domain` too".to_owned())),
            (Some(domain), port) => Some(Host::parse(domain, port).map_err(wrong)?),
        };
        let path = path.unwrap_or_default();
        if host.is_none() && !path.is_empty() && !path.starts_with('/') {
            let error =
                wrong("is neither a setting of a urlmap nor a path, which begins with `/`".into());
            return Err(error.help("an app at a host is written `domain HOST [port PORT] [/PATH]`"));
        }
        let mut path = tidy(path);
        let below = path.ends_with("/+");
        if below {
            path.truncate(path.len() - "/+".len());
        }
        Ok(Expression { host, path: path.into(), below })
    }

    /// How the expressions of one host are ordered: the longest first, as it is written.
    pub(super) fn length(&self) -> usize {
        self.path.len() + if self.below { "/+".len() } else { 0 }
    }
}

impl Host {
    fn parse(domain: &str, port: Option<&str>) -> Result<Host, String> {
        if domain.contains('/') {
            return Err(format!("`{domain}` is not the name of a host"));
        }
        if domain.parse::<Ipv6Addr>().is_ok() {
            return Host::new(format!("[{domain}]"), port);
        }
        match (split(domain), port) {
            ((_, Some(first)), Some(second)) => {
                Err(format!("has both port `{first}` and port `{second}`: only one can be meant"))
            }
            ((name, own), port) => Host::new(name.to_owned(), own.or(port)),
        }
    }

    fn new(name: String, port: Option<&str>) -> Result<Host, String> {
        let parse = |port: &str| port.parse().map_err(|_| format!("`{port}` is not a port"));
        let port = port.map(parse).transpose()?;
        Ok(Host { name: name.to_ascii_lowercase().into(), port })
    }
}

/// A path that begins with `/`, has no empty segment and does not end in `/`.
fn tidy(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.flat_map(|segment| ["/", segment]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<(String, Option<u16>)>, String, bool) {
        let Expression { host, path, below } = Expression::parse(text).unwrap();
        (host.map(|host| (host.name.into(), host.port)), path.into(), below)
    }

    #[test]
    fn a_path_loses_what_means_nothing() {
        for (text, path) in [("/", ""), ("", ""), ("//a///b/", "/a/b"), ("/A", "/A")] {
            assert_eq!(parse(text), (None, path.to_owned(), false));
        }
        assert_eq!(parse("/v2/+"), (None, "/v2".to_owned(), true));
        assert_eq!(parse("/+"), (None, String::new(), true));
    }

    #[test]
    fn words_may_come_in_any_order() {
        let host = |name: &str, port| Some((name.to_owned(), port));
        for (text, expected) in [
            ("domain Foo.COM", (host("foo.com", None), "".to_owned(), false)),
            ("/x port 8080 domain a", (host("a", Some(8080)), "/x".to_owned(), false)),
            ("domain a:1 x", (host("a", Some(1)), "/x".to_owned(), false)),
            ("domain ::1 port 8080", (host("[::1]", Some(8080)), "".to_owned(), false)),
            ("domain [::1]", (host("[::1]", None), "".to_owned(), false)),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_can_mean_nothing_is_refused() {
        for (text, message) in [
            ("foo", "begins with `/`"),
            ("port 1 /", "needs a `domain`"),
            ("domain", "must have the name"),
            ("domain a port x", "`x` is not a port"),
            ("domain a:1 port 2", "port `1` and port `2`"),
            ("domain a domain b", "`a` and `b`"),
            ("/a /b", "`/a` and `/b`"),
            ("domain http://a", "is not the name of a host"),
        ] {
            let error = Expression::parse(text).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
