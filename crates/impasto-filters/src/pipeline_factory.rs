use impasto::{App, CompositeLoader, Filter, SettingError, nearest, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;

/// One of several pipelines, chosen by a setting.
///
/// This is the `pipeline_factory` of nova and the services made after it. Every option but the
/// settings is a pipeline: the names of filters, from the outermost, and of an app. `auth_strategy`
/// says which of them runs; it may stand in `[DEFAULT]`, so that one line switches them all.
///
/// ```ini
/// [DEFAULT]
/// auth_strategy = noauth
///
/// [composite:main]
/// use = egg:impasto#pipeline_factory
/// keystone = request_id timeout api
/// noauth = request_id api
///
/// [filter:request_id]
/// use = egg:impasto#request_id
///
/// [filter:timeout]
/// use = egg:impasto#timeout
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
///
/// Only the pipeline that runs is loaded: the names in the others are not even looked up. As with
/// nova's, what it loads does not see the globals of the section, only those of the file.
#[derive(Deserialize, JsonSchema)]
struct PipelineFactory {
    /// The option that holds the pipeline. By default `keystone`, or `default` where there is no
    /// `keystone`.
    auth_strategy: Option<String>,
    /// The same, as glance and heat call it. It has no effect beside `auth_strategy`.
    flavor: Option<String>,
    /// Whether `keystone_nolimit` is not to be preferred to `keystone`, where there is one: nova's old
    /// way of leaving out a `ratelimit` filter. `false` by default.
    #[serde(default)]
    api_rate_limit: bool,
    /// A pipeline: names of filters and of an app, parted by white space.
    #[serde(flatten)]
    pipelines: OtherOptions,
}

register!("pipeline_factory" => pipeline_factory, for
    "nova.api.auth:pipeline_factory",
    "nova.api.auth:pipeline_factory_v21",
    "cinder.api.auth:pipeline_factory",
    "cinder.api.middleware.auth:pipeline_factory",
    "congress.auth:pipeline_factory",
    "designate.api.middleware:auth_pipeline_factory",
    "glance.api:pipeline_factory",
    "heat.api:pipeline_factory",
    "karbor.api.middleware.auth:pipeline_factory",
    "manila.api.auth:pipeline_factory",
    "manila.api.middleware.auth:pipeline_factory",
    "masakari.api.auth:pipeline_factory_v1",
    "neutron.auth:pipeline_factory",
    "rack.api.auth:pipeline_factory",
    "tacker.auth:pipeline_factory",
);

fn pipeline_factory(settings: PipelineFactory, loader: &CompositeLoader) -> anyhow::Result<App> {
    let (filters, app) = settings.chosen()?;
    let filters: Vec<Filter> =
        filters.iter().map(|name| loader.filter_without_globals(name)).collect();
    Ok(loader.app_without_globals(app).filtered(&filters))
}

impl PipelineFactory {
    /// The filters and the app of the pipeline that runs.
    fn chosen(&self) -> Result<(Vec<&str>, &str), SettingError> {
        let named = self.auth_strategy.as_ref().or(self.flavor.as_ref());
        let (name, pipeline) = match named {
            Some(name) => (&**name, self.pipeline(name)),
            None => match self.pipeline("keystone") {
                None => ("default", self.pipeline("default")),
                keystone => ("keystone", keystone),
            },
        };
        let Some(pipeline) = pipeline else { return Err(self.unknown(name)) };
        let mut names: Vec<&str> = pipeline.split_whitespace().collect();
        match names.pop() {
            Some(app) => Ok((names, app)),
            None => Err(SettingError::new(name, "is a pipeline without an app")),
        }
    }

    fn pipeline(&self, name: &str) -> Option<&str> {
        let find = |name: &str| {
            let mut pipelines = self.pipelines.0.iter();
            pipelines.find_map(|(key, pipeline)| (key == name).then_some(&**pipeline))
        };
        let unlimited = || find(&format!("{name}_nolimit"));
        let pipeline = find(name)?;
        Some(if self.api_rate_limit { pipeline } else { unlimited().unwrap_or(pipeline) })
    }

    fn unknown(&self, name: &str) -> SettingError {
        let setting = match (&self.auth_strategy, &self.flavor) {
            (None, Some(_)) => "flavor",
            _ => "auth_strategy",
        };
        let message = format!("no option of this section is the pipeline `{name}`");
        let error = SettingError::new(setting, message);
        let names = || self.pipelines.0.iter().map(|(name, _)| &**name);
        match (nearest(name, names()), names().count()) {
            (Some(near), _) => error.help(format!("did you mean `{near}`?")),
            (None, 0) => error.help(format!("add `{name} = FILTER ... APP`")),
            (None, _) => error.help(format!("there is {}", names().collect::<Vec<_>>().join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, load};

    fn settings(strategy: Option<&str>, pipelines: &[(&str, &str)]) -> PipelineFactory {
        let owned = |(name, pipeline): &(&str, &str)| (name.to_string(), pipeline.to_string());
        PipelineFactory {
            auth_strategy: strategy.map(str::to_owned),
            flavor: None,
            api_rate_limit: false,
            pipelines: OtherOptions(pipelines.iter().map(owned).collect()),
        }
    }

    #[test]
    fn the_strategy_chooses_the_pipeline() {
        let pipelines = [("keystone", "a\n b c"), ("noauth", "d"), ("noauth_nolimit", "e")];
        assert_eq!(settings(None, &pipelines).chosen().unwrap(), (vec!["a", "b"], "c"));
        let mut noauth = settings(Some("noauth"), &pipelines);
        assert_eq!(noauth.chosen().unwrap(), (vec![], "e"));
        noauth.api_rate_limit = true;
        assert_eq!(noauth.chosen().unwrap(), (vec![], "d"));
        assert_eq!(settings(None, &[("default", "x y")]).chosen().unwrap(), (vec!["x"], "y"));
    }

    #[tokio::test]
    async fn only_the_pipeline_that_runs_is_loaded() {
        let file = "[composite:main]\nuse = call:nova.api.auth:pipeline_factory_v21\n\
                    keystone = healthcheck app\nnoauth = nothing of this exists\n\
                    [filter:healthcheck]\nuse = egg:impasto#healthcheck\n\
                    [app:app]\nuse = egg:impasto#respond\nbody = app\n";
        let app = load(file).unwrap();
        assert_eq!(answer_to(&app, "/").await.1, "app");
        assert_eq!(answer_to(&app, "/healthcheck").await.1, "OK");
        assert!(load(&format!("[DEFAULT]\nauth_strategy = noauth\n{file}")).is_err());
    }

    #[tokio::test]
    async fn a_flavor_chooses_too_wherever_it_is_said() {
        let body = |defaults: &str, option: &str| {
            format!(
                "[DEFAULT]\n{defaults}\n[composite:main]\nuse = call:glance.api:pipeline_factory\n\
                 {option}\nkeystone = one\ncaching = two\n\
                 [app:one]\nuse = egg:impasto#respond\nbody = one\n\
                 [app:two]\nuse = egg:impasto#respond\nbody = two\n"
            )
        };
        for (defaults, option, answer) in [
            ("", "", "one"),
            ("flavor = caching", "", "two"),
            ("", "flavor = caching", "two"),
            ("", "set flavor = caching", "two"),
            ("flavor = caching\nauth_strategy = keystone", "", "one"),
        ] {
            let app = load(&body(defaults, option)).unwrap();
            assert_eq!(answer_to(&app, "/").await.1, answer, "{defaults} {option}");
        }
        let problems = load(&body("flavor = cachng", "")).unwrap_err().to_string();
        assert!(problems.contains("`flavor`"), "{problems}");
    }

    #[test]
    fn a_pipeline_that_cannot_run_is_refused() {
        for (strategy, pipelines, message) in [
            (Some("keystne"), &[("keystone", "app")][..], "`keystne`"),
            (None, &[("noauth", "app")], "`default`"),
            (None, &[("keystone", " ")], "without an app"),
        ] {
            let error = settings(strategy, pipelines).chosen().unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
