use http::StatusCode;
use impasto::{
    App, BoxFuture, CompositeLoader, Exchange, Handler, Response, SettingError, register,
};
use impasto_routing::Hosts;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;
use crate::text;

/// Sends each request to the app of the host that it asks for.
///
/// Every option but `default` is a host and the name of its app. `*.example.org` is every host below
/// `example.org`, however deep, but not `example.org` itself. A name goes before a wildcard, and the
/// longer wildcard before the shorter one, in whatever order they stand in the file.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#host
/// api.example.org = api
/// *.example.org = sites
/// localhost port 8080 = api
/// default = nothing
///
/// [app:api]
/// use = egg:impasto#debug
///
/// [app:sites]
/// use = egg:impasto#respond
/// body = a site
///
/// [app:nothing]
/// use = egg:impasto#respond
/// status = 404
/// ```
///
/// The host is that of the request's target or else of its `Host` header (RFC 9112, 3.3), in any case
/// and with or without the dot of an absolute name at its end. Its port counts only where an option
/// gives one, as `HOST port PORT`; such an option goes before one of the same host without. An IPv6
/// address cannot be the name of an option: requests for one go to `default`.
///
/// The host is what the client says. An app that is to be reached only from inside needs more than a
/// name of its own. Behind a proxy that tells the host in a header, `proxy_headers` stands outside.
#[derive(Deserialize, JsonSchema)]
struct Host {
    /// The name of the app for all other hosts, and for requests that name none. By default they are
    /// answered with a 421 (RFC 9110, 15.5.20).
    default: Option<String>,
    /// A host, and the name of its app.
    #[serde(flatten)]
    hosts: OtherOptions,
}

register!("host" => host);

fn host(settings: Host, loader: &CompositeLoader) -> anyhow::Result<App> {
    settings.build(|name| loader.app(name))
}

impl Host {
    fn build(self, mut load: impl FnMut(&str) -> App) -> anyhow::Result<App> {
        let default = self.default.map(|name| load(&name));
        let default = default.unwrap_or_else(|| App::at_once(misdirected));
        let mut hosts = Hosts::default();
        self.hosts.mount(load, |option, app| {
            hosts.insert(option, app).map_err(|message| {
                SettingError::new(option, message).help(
                    "a host is written `NAME` or `*.NAME`, perhaps with `port PORT` behind it",
                )
            })
        })?;
        Ok(App::new(ByHost { hosts, default }))
    }
}

struct ByHost {
    hosts: Hosts<App>,
    default: App,
}

fn misdirected(_: &mut Exchange) -> Response {
    text(StatusCode::MISDIRECTED_REQUEST, "This server has nothing at this host.\n")
}

impl Handler for ByHost {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let app = self.hosts.get(exchange).unwrap_or(&self.default);
        Box::pin(app.run(exchange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_to, get, named};
    use http::header::HOST;

    fn build(hosts: &[&str], default: Option<&str>) -> anyhow::Result<App> {
        let hosts = hosts.iter().map(|host| (host.to_string(), host.to_string())).collect();
        let settings = Host { default: default.map(str::to_owned), hosts: OtherOptions(hosts) };
        settings.build(|name| named(String::from(name).leak()))
    }

    async fn reached(app: &App, host: &str) -> String {
        let mut request = get("/");
        request.headers_mut().insert(HOST, host.parse().unwrap());
        answer(app, request).await.1.trim_end_matches(" |/").to_owned()
    }

    #[tokio::test]
    async fn the_closest_host_takes_a_request() {
        let hosts = [
            "*.org",
            "*.Example.org",
            "example.org",
            "a.example.org.",
            "a.example.org port 8080",
            "*.example.org port 8081",
            "192.0.2.1",
        ];
        let app = build(&hosts, Some("default")).unwrap();
        for (host, name) in [
            ("example.org", "example.org"),
            ("EXAMPLE.ORG.", "example.org"),
            ("example.org:1234", "example.org"),
            ("a.example.org", "a.example.org."),
            ("A.example.org:8080", "a.example.org port 8080"),
            ("a.example.org:8081", "a.example.org."),
            ("b.example.org", "*.Example.org"),
            ("x.b.example.org.", "*.Example.org"),
            ("b.example.org:8081", "*.example.org port 8081"),
            ("badexample.org", "*.org"),
            (".example.org", "default"),
            ("192.0.2.1:80", "192.0.2.1"),
            ("org", "default"),
            ("[::1]:8080", "default"),
            ("", "default"),
        ] {
            assert_eq!(reached(&app, host).await, name, "{host}");
        }
    }

    #[tokio::test]
    async fn the_target_goes_before_the_header() {
        let app = build(&["a.org", "b.org"], None).unwrap();
        let mut request = get("http://user@a.org:81/x");
        request.headers_mut().insert(HOST, "b.org".parse().unwrap());
        assert_eq!(answer(&app, request).await.1, "a.org |/x");
    }

    #[tokio::test]
    async fn a_host_that_is_not_ours_is_misdirected() {
        let (status, words) = answer_to(&build(&["a.org"], None).unwrap(), "/").await;
        assert_eq!((status.as_u16(), &*words), (421, "This server has nothing at this host.\n"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for (hosts, message) in [
            (&["a.org port x"][..], "`a.org port x`: `x` is not a port"),
            (&["a.org 80"], "`a.org 80` is neither a setting nor a host"),
            (&["a.*.org"], "`a.*.org` is not the name of a host"),
            (&["*"], "`*` is not the name of a host"),
            (&["bücher.example"], "`bücher.example` is not the name of a host"),
            (&["a.org", "A.org."], "`A.org.` is another spelling of a host above"),
        ] {
            assert_eq!(build(hosts, None).unwrap_err().to_string(), message);
        }
    }
}
