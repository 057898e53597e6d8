mod turns;

use http::header::SET_COOKIE;
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue};
use impasto::settings::Duration;
use impasto::{
    App, BoxFuture, CompositeLoader, Exchange, Handler, Response, SettingError, register,
};
use impasto_routing::cookies;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::is_word;
use turns::Turns;

/// Shares requests out among apps by weight, as for a canary.
///
/// Of every hundred requests 95 go to the app `stable` here and five to `canary`, evenly mixed. With a
/// `cookie`, a client stays where its first request went:
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#split
/// apps = stable canary
/// weights = 95 5
/// cookie = release
///
/// [app:stable]
/// use = egg:impasto#respond
/// body = one
///
/// [app:canary]
/// use = egg:impasto#respond
/// body = two
/// ```
///
/// The shares are exact, not by chance, for each worker of a service on its own. An app of weight 0
/// gets only the clients that have its cookie: those who stayed, when it is being emptied, and those
/// who were given the cookie by hand, when it is being tried. A cookie that names none of the apps
/// counts as none. Whoever wants an app can have it by sending the cookie, so the apps must be equal in
/// what they protect.
#[derive(Deserialize, JsonSchema)]
struct Split {
    /// The names of the apps.
    apps: Vec<String>,
    /// A whole number for each of the apps, in their order: its share of the sum, which is from 1 to
    /// 1,000,000. Equal shares by default.
    #[schemars(inner(range(min = 0, max = 1_000_000)))]
    weights: Option<Vec<u32>>,
    /// The name of a cookie (RFC 6265) that keeps a client at its app. It holds the app's name, which
    /// then must be of letters, digits, `-`, `_` and `.`. By default each request is shared out for itself.
    cookie: Option<String>,
    /// How long a client keeps the cookie, at least a second. By default until the browser is closed.
    max_age: Option<Duration>,
}

register!("split" => split);

fn split(settings: Split, loader: &CompositeLoader) -> anyhow::Result<App> {
    settings.build(|name| loader.app(name))
}

impl Split {
    fn build(self, mut load: impl FnMut(&str) -> App) -> anyhow::Result<App> {
        let apps: Vec<App> = self.apps.iter().map(|name| load(name)).collect();
        if apps.is_empty() {
            return Err(SettingError::new("apps", "must name an app").into());
        }
        let weights = self.weights.unwrap_or_else(|| vec![1; apps.len()]);
        if weights.len() != apps.len() {
            let message = format!("must be {} numbers, one for each of `apps`", apps.len());
            return Err(SettingError::new("weights", message).into());
        }
        let turns = Turns::new(&weights)
            .ok_or_else(|| SettingError::new("weights", "must have a sum from 1 to 1,000,000"))?;
        let cookie = self.cookie.map(|name| Cookie::new(name, &self.apps, self.max_age));
        Ok(App::new(Shared { apps, turns, cookie: cookie.transpose()? }))
    }
}

struct Shared {
    apps: Vec<App>,
    turns: Turns,
    cookie: Option<Cookie>,
}

impl Handler for Shared {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let Some(cookie) = &self.cookie else {
            return Box::pin(self.apps[self.turns.next()].run(exchange));
        };
        match cookie.app(exchange.headers()) {
            Some(app) => Box::pin(self.apps[app].run(exchange)),
            None => Box::pin(async {
                let is_secure = exchange.connection().scheme == Scheme::HTTPS;
                let app = self.turns.next();
                let mut response = self.apps[app].run(exchange).await;
                let value = cookie.values[app][usize::from(is_secure)].clone();
                response.headers_mut().append(SET_COOKIE, value);
                response
            }),
        }
    }
}

/// What keeps a client at its app.
struct Cookie {
    name: String,
    apps: Vec<String>,
    /// The `Set-Cookie` for each app, in clear text and over TLS.
    values: Vec<[HeaderValue; 2]>,
}

impl Cookie {
    fn new(
        name: String,
        apps: &[String],
        max_age: Option<Duration>,
    ) -> Result<Cookie, SettingError> {
        if !is_word(name.as_bytes()) {
            return Err(SettingError::new(
                "cookie",
                "must be of letters, digits, `-`, `_` and `.`",
            ));
        }
        if let Some(app) = apps.iter().find(|app| !is_word(app.as_bytes())) {
            let message = format!("`{app}` cannot be written in a cookie");
            return Err(SettingError::new("apps", message)
                .help("name a section whose name has only letters, digits, `-`, `_` and `.`"));
        }
        let max_age = match max_age.map(|it| std::time::Duration::from(it).as_secs()) {
            Some(0) => return Err(SettingError::new("max_age", "must be a second or more")),
            Some(seconds) => format!("; Max-Age={seconds}"),
            None => String::new(),
        };
        let value = |app: &String, secure: &str| {
            let text = format!("{name}={app}; Path=/; HttpOnly; SameSite=Lax{max_age}{secure}");
            HeaderValue::try_from(text)
                .map_err(|_| SettingError::new("cookie", "cannot be written in a header"))
        };
        let values = apps.iter().map(|app| Ok([value(app, "")?, value(app, "; Secure")?]));
        let values = values.collect::<Result<_, SettingError>>()?;
        Ok(Cookie { name, apps: apps.to_vec(), values })
    }

    /// The app that the client has a cookie for.
    fn app(&self, headers: &HeaderMap) -> Option<usize> {
        cookies(headers, &self.name)
            .find_map(|value| self.apps.iter().position(|app| app.as_bytes() == value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, get, named, send};
    use http::header::COOKIE;
    use impasto::Connection;
    use std::sync::Arc;

    fn settings(apps: &[&str], weights: &[u32]) -> Split {
        let apps = apps.iter().map(|name| name.to_string()).collect();
        Split { apps, weights: Some(weights.to_vec()), cookie: None, max_age: None }
    }

    fn build(settings: Split) -> anyhow::Result<App> {
        settings.build(|name| named(String::from(name).leak()))
    }

    fn sticky(weights: &[u32]) -> Split {
        Split { cookie: Some("to".to_owned()), ..settings(&["a", "b"], weights) }
    }

    #[tokio::test]
    async fn each_app_gets_its_share() {
        let app = build(settings(&["a", "b"], &[3, 1])).unwrap();
        let mut reached = String::new();
        for _ in 0..8 {
            reached.push_str(&answer_to(&app, "/").await.1[..1]);
        }
        assert_eq!((reached.matches('a').count(), reached.matches('b').count()), (6, 2));
    }

    #[tokio::test]
    async fn a_client_stays_where_it_was() {
        let app = build(sticky(&[1, 0])).unwrap();
        let first = send(&app, get("/")).await;
        assert_eq!(first.headers()[SET_COOKIE], "to=a; Path=/; HttpOnly; SameSite=Lax");
        for (cookie, body, is_set) in [
            ("to=a", "a |/", false),
            ("x=1; to=b;y", "b |/", false),
            ("to=c; to=b", "b |/", false),
            ("to=c", "a |/", true),
            ("tox=b; xto=b", "a |/", true),
        ] {
            let mut request = get("/");
            request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
            let response = send(&app, request).await;
            assert_eq!(response.body().as_bytes(), Some(body.as_bytes()), "{cookie}");
            assert_eq!(response.headers().contains_key(SET_COOKIE), is_set, "{cookie}");
        }
    }

    #[tokio::test]
    async fn over_tls_the_cookie_is_for_tls_only() {
        let max_age = Some(Duration::from_secs(60));
        let app = build(Split { max_age, ..sticky(&[1, 0]) }).unwrap();
        let mut connection = Connection::default();
        connection.scheme = Scheme::HTTPS;
        let response = app.handle(get("/"), Some(Arc::new(connection))).await;
        let cookie = "to=a; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure";
        assert_eq!(response.headers()[SET_COOKIE], cookie);
    }

    #[test]
    fn shares_that_cannot_be_are_refused() {
        let odd = Split { cookie: Some("a b".to_owned()), ..settings(&["a"], &[1]) };
        let uri = Split { cookie: Some("a".to_owned()), ..settings(&["egg:x"], &[1]) };
        let short = Split { max_age: Some(Duration::from_millis(10)), ..sticky(&[1, 1]) };
        for (settings, message) in [
            (settings(&[], &[]), "`apps` must name an app"),
            (settings(&["a"], &[1, 2]), "`weights` must be 1 numbers, one for each of `apps`"),
            (settings(&["a"], &[0]), "`weights` must have a sum from 1 to 1,000,000"),
            (settings(&["a"], &[1_000_001]), "`weights` must have a sum from 1 to 1,000,000"),
            (odd, "`cookie` must be of letters, digits, `-`, `_` and `.`"),
            (uri, "`apps`: `egg:x` cannot be written in a cookie"),
            (short, "`max_age` must be a second or more"),
        ] {
            assert_eq!(build(settings).unwrap_err().to_string(), message);
        }
    }
}
