//! Resolved trees as JSON, for tools and for comparison with PasteDeploy itself.

use serde_json::{Map, Value as Json, json};

use super::conf::Conf;
use super::context::{Context, Object};
use super::expand::{Children, Pipeline};
use super::load::Loader;
use super::value::Value;
use crate::problem::{Code, Problem, Problems, Severity};
use crate::registry::Group;

impl Loader {
    /// Every loadable section of the file as one object: `file`, `global` (the caller's) and
    /// `entries`, an object with a key `app:NAME`, `filter:NAME` or `server:NAME` for each, or the
    /// bare prefix of a section without a name. An entry has `ok`, the tree, and `create`, what would
    /// be built; or `error`. `expand` adds to URL maps, cascades and pipeline factories the
    /// `children` they would load.
    pub fn to_json(&self, expand: bool) -> Json {
        let mut entries = Map::new();
        for declared in self.declared() {
            let entry = entry(self.resolve_declared(&declared), expand);
            entries.insert(declared.key(), entry);
        }
        let path = self.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        object([("file", file.into()), ("global", self.global_json()), ("entries", entries.into())])
    }

    fn global_json(&self) -> Json {
        self.global_conf().map_or_else(|| json!({}), texts)
    }
}

/// What stands in the place of `entries` when the file cannot be read.
pub fn parse_error_json(problems: &Problems) -> Json {
    error(problems)
}

fn entry(resolved: Result<Context, Problems>, expand: bool) -> Json {
    match resolved {
        Ok(context) => object([("ok", context.to_json(expand)), ("create", create(&context))]),
        Err(problems) => object([("error", error(&problems))]),
    }
}

/// An object of parts that may be large: `json!` would copy them.
fn object<const N: usize>(parts: [(&str, Json); N]) -> Json {
    parts.into_iter().map(|(key, part)| (key.to_owned(), part)).collect::<Map<_, _>>().into()
}

/// What would be built. PasteDeploy wraps a `paste.server_runner` in a function of its own and has only
/// that one's name to show.
fn create(context: &Context) -> Json {
    match context.object() {
        Object::Factory { protocol: Some("paste.server_runner"), .. } => {
            "<function server_wrapper>".into()
        }
        _ => context.shape().into(),
    }
}

impl Context {
    /// The tree as JSON: `object_type`, `global_conf` and `local_conf`, and then `protocol`,
    /// `factory` and `loader` of a factory, or what is below. `provenance` tells where each setting
    /// of `local_conf` came from and by which rule, `global_provenance` the same of `global_conf`. Secrets are masked.
    pub fn to_json(&self, expand: bool) -> Json {
        super::deep(|| self.object_json(expand))
    }

    fn object_json(&self, expand: bool) -> Json {
        let mut tree = Map::new();
        let mut put = |key: &str, value: Json| tree.insert(key.to_owned(), value);
        put("global_conf", texts(self.global_conf()));
        put("local_conf", texts(self.local_conf()));
        put("provenance", self.provenance(self.local_conf()));
        put("global_provenance", self.provenance(self.global_conf()));
        let object_type = match self.object() {
            Object::Factory { group, protocol, reference } => {
                put("protocol", json!(protocol));
                put("factory", json!(reference.to_string()));
                put("loader", json!(self.leaf().map(|leaf| self.node().loader(leaf))));
                if expand && let Some(children) = self.children() {
                    put("children", children_json(children));
                }
                match group {
                    Group::App => "application",
                    Group::Filter => "filter",
                    Group::Server => "server",
                }
            }
            Object::Pipeline { filters, app } => {
                let filters = filters.iter().map(|filter| filter.to_json(expand));
                put("filters", filters.collect());
                put("app", app.to_json(expand));
                "pipeline"
            }
            Object::FilterApp { filter, next } => {
                put("filter", filter.to_json(expand));
                put("next", next.to_json(expand));
                "filter_app"
            }
            Object::FilteredWith { filter, next } => {
                put("filter", filter.to_json(expand));
                put("next", next.to_json(expand));
                "filtered_with"
            }
        };
        put("object_type", json!(object_type));
        Json::Object(tree)
    }

    fn provenance(&self, conf: &Conf) -> Json {
        let of = |value: &Value| {
            let place = value.origin().value_place();
            json!({
                "rule": self.rule_of(value).as_str(),
                "section": value.origin().section(),
                "file": place.as_ref().map(|place| place.file()),
                "line": place.as_ref().map(|place| place.line()),
                "column": place.as_ref().map(|place| place.column()),
            })
        };
        let each = conf.iter().map(|(name, value)| (name.to_string(), of(value)));
        each.collect::<Map<_, _>>().into()
    }
}

fn children_json(children: Children) -> Json {
    match children {
        Children::Mounts(mounts) => {
            let mounts = mounts.into_iter().map(|(path, app)| (path, entry(app, true)));
            object([("mounts", mounts.collect::<Map<_, _>>().into())])
        }
        Children::Pipelines(pipelines) => {
            let pipeline = |Pipeline { filters, app }| {
                let filters = filters.into_iter().map(|filter| entry(filter, true));
                object([("filters", filters.collect()), ("app", entry(app, true))])
            };
            let pipelines = pipelines.into_iter().map(|(name, found)| (name, pipeline(found)));
            object([("pipelines", pipelines.collect::<Map<_, _>>().into())])
        }
    }
}

fn texts(conf: &Conf) -> Json {
    conf.iter()
        .map(|(name, value)| (name.to_string(), json!(value.shown())))
        .collect::<Map<_, _>>()
        .into()
}

/// The first problem, with all of them behind it.
fn error(problems: &Problems) -> Json {
    let first = problems.iter().find(|problem| problem.severity == Severity::Error);
    json!({
        "kind": first.map(python_error),
        "message": first.map(|problem| &problem.message),
        "problems": problems.to_json(),
    })
}

/// The exception with which PasteDeploy answers the same mistake.
fn python_error(problem: &Problem) -> &'static str {
    match problem.code {
        Code::UnreadableFile => "OSError",
        Code::NotUtf8 => "UnicodeDecodeError",
        Code::NoSectionHeader => "MissingSectionHeaderError",
        Code::NoDelimiter | Code::EmptyName => "ParsingError",
        Code::DuplicateSection => "DuplicateSectionError",
        Code::DuplicateOption => "DuplicateOptionError",
        Code::InterpolationSyntax => "InterpolationSyntaxError",
        Code::InterpolationMissing => "InterpolationMissingOptionError",
        Code::InterpolationDepth | Code::InterpolationSize => "InterpolationDepthError",
        Code::MissingGlobal => "KeyError",
        Code::RelativeUri => "ValueError",
        Code::BadReference => "AttributeError",
        Code::EmptyPipeline => "IndexError",
        Code::Cycle | Code::TooDeep => "RecursionError",
        _ => "LookupError",
    }
}
