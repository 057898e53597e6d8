use bytes::Bytes;
use http::StatusCode;
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use impasto::settings::Size;
use impasto::{
    App, Body, BoxFuture, CompositeLoader, Exchange, Handler, Response, SettingError,
    SettingErrors, register,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;
use crate::text;

/// Asks one app after the other, until one has an answer.
///
/// This is Paste's cascade: an answer whose status is in `catch` sends the request to the next app,
/// and the last app's answer is taken whatever it is. The usual cascade looks for a file first:
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#cascade
/// app1 = files
/// app2 = api
///
/// [app:files]
/// use = egg:impasto#respond
/// status = 404
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
///
/// Every option but the settings begins with `app` and names an app; the apps are asked in the order
/// of the option names as text, so `app10` before `app2`. All but the last get a copy of the request:
/// what they change in it, the next app does not see.
///
/// A request's body must be there for every app, so it is read into memory before the first is asked,
/// up to `max_body_size`. The last app gets it too, but it is no stream any more: an app for large
/// uploads does not belong in a cascade. A cascade of one app asks nothing twice, and leaves the body
/// alone.
#[derive(Deserialize, JsonSchema)]
struct Cascade {
    /// The statuses that send the request to the next app, from 100 to 599. 404 by default.
    #[serde(default = "not_found")]
    #[schemars(inner(range(min = 100, max = 599)))]
    catch: Vec<u16>,
    /// The size of the largest body that is read into memory; a larger one is answered with a 413.
    /// 1MiB by default.
    #[serde(default = "one_mib")]
    max_body_size: Size,
    /// The name of an app; the option's own name begins with `app`.
    #[serde(flatten)]
    apps: OtherOptions,
}

fn not_found() -> Vec<u16> {
    vec![404]
}

fn one_mib() -> Size {
    Size::from_mib(1)
}

register!("cascade" => cascade, for "egg:Paste#cascade", "paste.cascade:make_cascade");

fn cascade(settings: Cascade, loader: &CompositeLoader) -> anyhow::Result<App> {
    settings.build(|name| loader.app(name))
}

impl Cascade {
    fn build(self, mut load: impl FnMut(&str) -> App) -> anyhow::Result<App> {
        let mut errors = SettingErrors::default();
        let catch = self.catch.iter().map(|code| StatusCode::from_u16(*code));
        let catch = catch.collect::<Result<_, _>>()?;
        let mut apps = self.apps.0;
        for (key, _) in apps.iter().filter(|(key, _)| !key.starts_with("app")) {
            let error = SettingError::new(key, "is neither a setting of a cascade nor an app");
            let help = "the apps of a cascade are named by `app1`, `app2` and so on";
            errors.check::<()>(Err(error.help(help).of_name()));
        }
        apps.sort();
        let mut apps: Vec<App> = apps.iter().map(|(_, name)| load(name)).collect();
        errors.finish(())?;
        let Some(last) = apps.pop() else {
            anyhow::bail!("a cascade needs an app: `app1 = NAME`");
        };
        let limit = usize::try_from(self.max_body_size.bytes()).unwrap_or(usize::MAX);
        Ok(match apps.is_empty() {
            true => last,
            false => App::new(OneOf { apps, last, catch, limit }),
        })
    }
}

struct OneOf {
    apps: Vec<App>,
    last: App,
    catch: Vec<StatusCode>,
    limit: usize,
}

impl Handler for OneOf {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(self.answer(exchange))
    }
}

impl OneOf {
    async fn answer(&self, exchange: &mut Exchange) -> Response {
        if let Err(refusal) = self.read_body(exchange).await {
            return refusal;
        }
        for app in &self.apps {
            let Some(mut copy) = exchange.try_clone() else { break };
            let response = app.run(&mut copy).await;
            if !self.catch.contains(&response.status()) {
                return response;
            }
        }
        self.last.run(exchange).await
    }

    /// Makes sure that the body can be copied.
    async fn read_body(&self, exchange: &mut Exchange) -> Result<(), Response> {
        if exchange.body().as_bytes().is_some() {
            return Ok(());
        }
        let too_large =
            || text(StatusCode::PAYLOAD_TOO_LARGE, "The body of the request is too large.\n");
        if exchange.body().size_hint().lower() > self.limit as u64 {
            return Err(too_large());
        }
        match Limited::new(exchange.take_body(), self.limit).collect().await {
            Ok(body) => {
                let bytes: Bytes = body.to_bytes();
                exchange.set_body(Body::from(bytes));
                Ok(())
            }
            Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
            Err(_) => {
                Err(text(StatusCode::BAD_REQUEST, "The body of the request ended too early.\n"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_to, broken_body, named, streamed, with_body};

    fn apps(names: &[&str]) -> anyhow::Result<App> {
        let options = names.iter().map(|name| (name.to_string(), name.to_string())).collect();
        let settings = Cascade {
            catch: vec![404, 501],
            max_body_size: Size::from_bytes(8),
            apps: OtherOptions(options),
        };
        settings.build(|name| match name {
            "app-echo" => App::from_fn(echo),
            "app0-eats" => App::from_fn(eats),
            "app1-501" => App::from_fn(not_implemented),
            name => named(String::from(name).leak()),
        })
    }

    async fn echo(exchange: &mut Exchange) -> Response {
        Response::new(exchange.take_body())
    }

    async fn eats(exchange: &mut Exchange) -> Response {
        exchange.mount_at(exchange.path().len());
        exchange.take_request();
        text(StatusCode::NOT_FOUND, "")
    }

    async fn not_implemented(_: &mut Exchange) -> Response {
        text(StatusCode::NOT_IMPLEMENTED, "last")
    }

    #[tokio::test]
    async fn the_first_answer_is_taken() {
        let app = apps(&["app2", "app1-501", "app0-eats"]).unwrap();
        assert_eq!(answer_to(&app, "/x").await.1, "app2 |/x");
        let app = apps(&["app1-501", "app0-eats"]).unwrap();
        assert_eq!(answer_to(&app, "/x").await, (StatusCode::NOT_IMPLEMENTED, "last".to_owned()));
        let app = apps(&["app10", "app2"]).unwrap();
        assert_eq!(answer_to(&app, "/x").await.1, "app10 |/x");
    }

    #[tokio::test]
    async fn every_app_gets_the_body() {
        let app = apps(&["app0-eats", "app-echo"]).unwrap();
        assert!(matches!(&*answer(&app, with_body("POST", "/", "body")).await.1, "body"));
        let app = apps(&["app-echo", "app0-eats"]).unwrap();
        for (body, status, text) in [
            (streamed("12345678"), StatusCode::OK, "12345678"),
            (
                streamed("123456789"),
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body of the request is too large.\n",
            ),
            (broken_body(), StatusCode::BAD_REQUEST, "The body of the request ended too early.\n"),
        ] {
            assert_eq!(answer(&app, with_body("POST", "/", body)).await, (status, text.to_owned()));
        }
    }

    #[test]
    fn a_cascade_without_apps_is_refused() {
        assert!(apps(&[]).unwrap_err().to_string().contains("needs an app"));
        assert!(apps(&["other"]).unwrap_err().to_string().contains("nor an app"));
        let error = crate::testing::refused::<Cascade>(&[("catch", "404 0")]);
        assert_eq!(error, "an item of `catch` must be a whole number from 100 to 599, not `0`");
    }
}
