//! Resolved trees as JSON, for tools and for comparison with PasteDeploy itself.

mod below;
mod tree;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value as Json, json};

use super::conf::Conf;
use super::context::{Context, Object};
use super::load::Loader;
use crate::problem::{Code, Problem, Problems, Severity};
use tree::{Texts, Tree};

impl Loader {
    /// Every loadable section of the file as one object: `file`, `global` (the caller's) and
    /// `entries`, an object with a key `app:NAME`, `filter:NAME` or `server:NAME` for each, or the
    /// bare prefix of a section without a name. An entry has `ok`, the tree, and `create`, what would
    /// be built; or `error`. `expand` adds to URL maps, cascades and pipeline factories the
    /// `children` they would load.
    ///
    /// Sections are resolved one after the other, while this is serialized, and none is kept: of a long chain, each
    /// link has a tree with all that is below it.
    pub fn json(&self, expand: bool) -> impl Serialize + '_ {
        File { loader: self, expand }
    }
}

/// What stands in the place of `entries` when the file cannot be read.
pub fn parse_error_json(problems: &Problems) -> Json {
    error(problems)
}

struct File<'a> {
    loader: &'a Loader,
    expand: bool,
}

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let path = self.loader.path();
        let mut file = serializer.serialize_map(None)?;
        file.serialize_entry("file", &path.file_name().unwrap_or_default().to_string_lossy())?;
        let global = self.loader.global_conf();
        file.serialize_entry("global", &Texts(global.unwrap_or(&Conf::default())))?;
        file.serialize_entry("entries", &Entries(self))?;
        file.end()
    }
}

struct Entries<'a>(&'a File<'a>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let File { loader, expand } = *self.0;
        let mut entries = serializer.serialize_map(None)?;
        for declared in loader.declared() {
            let resolved = &loader.resolve_declared(&declared);
            entries.serialize_entry(&declared.key(), &Entry { resolved, expand })?;
        }
        entries.end()
    }
}

struct Entry<'a> {
    resolved: &'a Result<Context, Problems>,
    expand: bool,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_map(None)?;
        match self.resolved {
            Ok(context) => {
                entry.serialize_entry("ok", &Tree { context, expand: self.expand })?;
                entry.serialize_entry("create", &create(context))?;
            }
            Err(problems) => entry.serialize_entry("error", &error(problems))?,
        }
        entry.end()
    }
}

/// What would be built. PasteDeploy wraps a `paste.server_runner` in a function of its own and has only
/// that one's name to show.
fn create(context: &Context) -> String {
    match context.object() {
        Object::Factory { protocol: Some("paste.server_runner"), .. } => {
            "<function server_wrapper>".into()
        }
        _ => context.shape(),
    }
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
