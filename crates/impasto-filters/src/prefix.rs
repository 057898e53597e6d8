use std::ops::ControlFlow;
use std::sync::Arc;

use http::uri::Scheme;
use impasto::{Connection, Exchange, Filter, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::forwarded::{self, Told};
use crate::network::Networks;

/// Tells an app under which prefix, scheme and port its clients see it, as PasteDeploy's `prefix` does.
///
/// `prefix` becomes the mount point: it is taken off the path where the path is under it, and is the
/// base of the app's own links also where a proxy has taken it off already. Unlike in PasteDeploy it is
/// no regular expression, ends only where a segment ends (`/blog` is not a part of `/blogs`), does not
/// do away with the mount point of a `urlmap` around, and leaves an empty path empty.
///
/// What a proxy says of the client (`X-Forwarded-For`, `-Proto` or `-Scheme`, `-Host` or `-Server`) is
/// believed only from proxies in `trusted`; PasteDeploy believes everybody. `proxy_headers` does that
/// part more fully, and is the better place for it.
///
/// It belongs outside of everything that looks at the path.
///
/// ```ini
/// [filter:proxy-prefix]
/// use = egg:impasto#prefix
/// prefix = /blog
/// scheme = https
/// force_port =
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Prefix {
    /// The prefix.
    prefix: String,
    /// Whether to take over what a proxy in `trusted` says of the client.
    translate_forwarded_server: bool,
    /// The addresses and networks of the proxies, and `unix` for any that comes over a unix socket.
    /// By default there are none.
    trusted: Vec<String>,
    /// The port that clients see; empty for the usual one of the scheme. By default it is the one that
    /// the client asked for.
    force_port: Option<String>,
    /// The scheme that clients see, `http` or `https`. By default it is that of the connection.
    scheme: Option<String>,
}

impl Default for Prefix {
    fn default() -> Prefix {
        Prefix {
            prefix: "/".to_owned(),
            translate_forwarded_server: true,
            trusted: Vec::new(),
            force_port: None,
            scheme: None,
        }
    }
}

register!("prefix" => prefix, for
    "egg:PasteDeploy#prefix",
    "paste.deploy.config:make_prefix_middleware",
    order [
        before "client-address": "it says the address and the scheme that the other one decides by";
    ],
);

fn prefix(settings: Prefix) -> anyhow::Result<Filter> {
    let prefix = settings.prefix.trim().trim_end_matches('/');
    if !prefix.is_empty() && !forwarded::is_prefix(prefix) {
        let error =
            SettingError::new("prefix", format!("{prefix:?} is not the beginning of a path"));
        return Err(error.help("it begins with one `/`, as in `/blog`").into());
    }
    let port = settings.force_port.as_deref().map(str::trim).map(|text| match text {
        "" => Ok(None),
        _ => text.parse().map(Some).map_err(|_| SettingError::new("force_port", "is not a port")),
    });
    let scheme = settings.scheme.as_deref().map(|text| {
        let error = || SettingError::new("scheme", "must be `http` or `https`");
        forwarded::scheme(text.trim()).ok_or_else(error)
    });
    let trusted = match settings.translate_forwarded_server {
        true => Networks::of("trusted", &settings.trusted)?,
        false => Networks::default(),
    };
    let seen = Seen {
        prefix: prefix.to_owned(),
        trusted,
        port: port.transpose()?,
        scheme: scheme.transpose()?,
    };
    Ok(Filter::on_request(move |exchange| {
        seen.apply(exchange);
        ControlFlow::Continue(())
    }))
}

/// How clients see the app.
struct Seen {
    prefix: String,
    trusted: Networks,
    /// `Some(None)` for the usual one.
    port: Option<Option<u16>>,
    scheme: Option<Scheme>,
}

impl Seen {
    fn apply(&self, exchange: &mut Exchange) {
        if !self.prefix.is_empty() {
            let is_under = exchange.path().starts_with(&self.prefix);
            if !(is_under && exchange.mount_at(self.prefix.len())) {
                exchange.set_script_name(&self.prefix);
            }
        }
        if !self.trusted.is_empty() && self.trusted.has_peer(exchange.connection().peer) {
            self.told(exchange).apply(exchange);
        }
        if let Some(port) = self.port
            && let Some(host) = forwarded::current_host(exchange)
        {
            forwarded::set_host(exchange, host.host(), port);
        }
        if let Some(scheme) = &self.scheme
            && exchange.connection().scheme != *scheme
        {
            let mut connection = Connection::clone(exchange.connection());
            connection.scheme = scheme.clone();
            exchange.set_connection(Arc::new(connection));
        }
    }

    /// What the proxy says, in the headers that PasteDeploy knows.
    fn told(&self, exchange: &Exchange) -> Told {
        let headers = exchange.headers();
        let last = |name: &str| {
            let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            line.rsplit(',').next().map(str::trim)
        };
        let told = Told::by_x_forwarded(&forwarded::lines::all(headers), &self.trusted);
        Told {
            scheme: last("x-forwarded-scheme").and_then(forwarded::scheme).or(told.scheme),
            host: told.host.or_else(|| last("x-forwarded-server").and_then(forwarded::authority)),
            client: told.client,
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, wrap};
    use http::HeaderName;
    use http::header::HOST;
    use impasto::{App, Body, Response};

    async fn seen(settings: Prefix, path: &str, headers: &[(&str, &str)]) -> String {
        let app = App::from_fn(async |exchange: &mut Exchange| {
            let host = exchange.headers()[HOST].to_str().unwrap();
            let Connection { scheme, peer, .. } = &**exchange.connection();
            let peer = peer.map_or("-".to_owned(), |peer| peer.ip().to_string());
            let (mount, path) = (exchange.mount(), exchange.path());
            Response::new(Body::from(format!("{scheme}://{host} {mount}|{path} {peer}")))
        });
        let app = wrap(prefix(settings).unwrap(), app);
        let mut request = get(path);
        request.headers_mut().insert(HOST, "a.example:81".parse().unwrap());
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let response = app.handle(request, Some(Arc::default())).await;
        String::from_utf8(response.body().as_bytes().unwrap().to_vec()).unwrap()
    }

    fn under(prefix: &str) -> Prefix {
        Prefix { prefix: prefix.to_owned(), ..Prefix::default() }
    }

    #[tokio::test]
    async fn the_prefix_is_the_mount_point_whoever_takes_it_off() {
        for (setting, path, expected) in [
            ("/blog", "/blog/x", "/blog|/x"),
            ("/blog/", "/blog", "/blog|"),
            ("/blog", "/x", "/blog|/x"),
            ("/blog", "/blogs/x", "/blog|/blogs/x"),
            ("/b.og", "/blog/x", "/b.og|/blog/x"),
            ("/", "/x", "|/x"),
            ("", "/x", "|/x"),
        ] {
            let text = seen(under(setting), path, &[]).await;
            assert_eq!(text, format!("http://a.example:81 {expected} -"), "{setting} {path}");
        }
    }

    #[tokio::test]
    async fn port_and_scheme_can_be_forced() {
        for (port, host) in [("", "a.example"), ("8443", "a.example:8443")] {
            let settings = Prefix {
                force_port: Some(port.to_owned()),
                scheme: Some("HTTPS".to_owned()),
                ..Prefix::default()
            };
            assert_eq!(seen(settings, "/", &[]).await, format!("https://{host} |/ -"));
        }
    }

    #[tokio::test]
    async fn a_proxy_is_believed_only_when_it_is_trusted() {
        let headers = [
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-server", "b.example"),
            ("x-forwarded-scheme", "https"),
        ];
        let trusting = || Prefix { trusted: vec!["unix".to_owned()], ..Prefix::default() };
        let unmoved = "http://a.example:81 |/ -";
        assert_eq!(seen(Prefix::default(), "/", &headers).await, unmoved);
        assert_eq!(seen(trusting(), "/", &headers).await, "https://b.example |/ 192.0.2.1");
        let off = Prefix { translate_forwarded_server: false, ..trusting() };
        assert_eq!(seen(off, "/", &headers).await, unmoved);
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |settings| prefix(settings).unwrap_err().to_string();
        for text in ["blog", "//evil", "/a b", "/a?b"] {
            assert!(wrong(under(text)).starts_with("`prefix`: "), "{text}");
        }
        let force_port = Some("65536".to_owned());
        assert_eq!(wrong(Prefix { force_port, ..under("/") }), "`force_port` is not a port");
        let scheme = Some("ftp".to_owned());
        assert_eq!(wrong(Prefix { scheme, ..under("/") }), "`scheme` must be `http` or `https`");
    }
}
