use impasto::{App, BoxFuture, CompositeLoader, Exchange, Handler, Response, register};
use impasto_routing::Conditions;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;
use crate::text::not_found;

/// Sends each request to the first app whose conditions it meets, in the order of the file.
///
/// Every option but `default` is what a request must be like, and the name of the app for it:
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#match
/// header X-Canary yes = canary
/// method GET,HEAD path /v2/* = readers
/// query version 1 not header Authorization * = old
/// default = api
///
/// [app:canary]
/// use = egg:impasto#respond
/// body = new
///
/// [app:readers]
/// use = egg:impasto#debug
///
/// [app:old]
/// use = egg:impasto#respond
/// status = 410
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
///
/// The conditions of an option must all hold:
///
/// | words | hold when |
/// |---|---|
/// | `method GET,HEAD` | the method is one of these |
/// | `path PATTERN` | this is the whole path below the mount point |
/// | `header NAME PATTERN` | this is one of the values of the header |
/// | `query NAME PATTERN` | this is one of the values of the parameter |
/// | `not` and one of these | it does not |
///
/// In a pattern `*` is any text, also an empty one and one with slashes, and `?` is any one byte, as
/// for the `:`, `=` and spaces that the name of an option cannot have. Everything else means itself,
/// with case. Paths and parameters are compared percent-decoded, a `+` in a parameter as a space.
///
/// The app sees the path as it is; it is not mounted. What a client sends decides, so this is no
/// protection: an app that is not for everybody asks who is there itself.
#[derive(Deserialize, JsonSchema)]
struct Match {
    /// The name of the app for requests that meet no option's conditions. By default the answer is a
    /// 404.
    default: Option<String>,
    /// Conditions, and the name of the app for requests that meet them.
    #[serde(flatten)]
    mounts: OtherOptions,
}

register!("match" => first_match);

fn first_match(settings: Match, loader: &CompositeLoader) -> anyhow::Result<App> {
    settings.build(|name| loader.app(name))
}

impl Match {
    fn build(self, mut load: impl FnMut(&str) -> App) -> anyhow::Result<App> {
        let default = self.default.map(|name| load(&name));
        let default = default.unwrap_or_else(|| App::at_once(|_| not_found()));
        let mut mounts = Vec::new();
        self.mounts.mount(load, |option, app| {
            mounts.push((Conditions::parse(option)?, app));
            Ok(())
        })?;
        Ok(App::new(First { mounts, default }))
    }
}

struct First {
    mounts: Vec<(Conditions, App)>,
    default: App,
}

impl Handler for First {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let mut mounts = self.mounts.iter();
        let first = mounts.find(|(conditions, _)| conditions.hold(exchange));
        let app = first.map_or(&self.default, |(_, app)| app);
        Box::pin(app.run(exchange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_to, load, named, with_body};

    fn build(mounts: &[(&str, &str)], default: Option<&str>) -> App {
        let mounts = mounts.iter().map(|(key, name)| (key.to_string(), name.to_string()));
        let mounts = OtherOptions(mounts.collect());
        let settings = Match { default: default.map(str::to_owned), mounts };
        settings.build(|name| named(String::from(name).leak())).unwrap()
    }

    #[tokio::test]
    async fn the_first_that_holds_takes_a_request() {
        let mounts = [("path /a*", "first"), ("method GET", "second"), ("path /b", "third")];
        let app = build(&mounts, Some("rest"));
        assert_eq!(answer_to(&app, "/ab").await.1, "first |/ab");
        assert_eq!(answer_to(&app, "/b").await.1, "second |/b");
        assert_eq!(answer(&app, with_body("PUT", "/b", "")).await.1, "third |/b");
        assert_eq!(answer(&app, with_body("PUT", "/c", "")).await.1, "rest |/c");
        assert_eq!(answer_to(&build(&[], None), "/").await.0, 404);
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let problems = load(
            "[composite:main]\nuse = egg:impasto#match\npath /a = none\nGET / = app\n\
             [app:app]\nuse = egg:impasto#respond\n",
        );
        let problems = problems.unwrap_err().to_string();
        for (line, message) in [(3, "`none`"), (4, "`GET` is no condition")] {
            let is_said =
                |said: &str| said.contains(&format!(":{line}:")) && said.contains(message);
            assert!(problems.split("error").any(is_said), "{line} {message}: {problems}");
        }
    }
}
