//! The loader of one file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;

use super::conf::Conf;
use super::context::Context;
use super::frame::Frame;
use super::index::{Declared, declared};
use super::paths::abspath;
use super::resolve::{Load, resolve, resolve_partly};
use super::value::Value;
use super::visit::VisitedSection;
use super::wanted::Wanted;
use crate::ini::Document;
use crate::problem::{Place, Problems, Source};
use crate::registry::{Group, Registry};

/// Opens a file and finds things in it: PasteDeploy's `ConfigLoader`. Cheap to clone.
///
/// A file is read once in the life of a loader, however many sections refer to it; to see an edited
/// file, open another loader.
///
/// ```
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("api-paste.ini");
/// # std::fs::write(&path, "[app:main]\nuse = egg:hello\n").unwrap();
/// use impasto::{Group, Loader, Object};
///
/// let loader = Loader::open(&path)?;
/// let context = loader.context(Group::App, "main")?;
/// assert!(matches!(context.object(), Object::Factory { .. }));
/// assert_eq!(context.shape(), "egg:hello#main");
/// # Ok::<(), impasto::Problems>(())
/// ```
#[derive(Clone)]
pub struct Loader {
    pub(super) load: Arc<Load>,
    pub(super) frame: Option<Arc<Frame>>,
    pub(super) passed: Option<Arc<Conf>>,
    pub(super) registry: &'static Registry,
    path: PathBuf,
}

/// A section of a loadable kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// What it declares.
    pub group: Group,
    /// Its name; `None` for a bare `[app]`, which only a look-up without a name finds.
    pub name: Option<String>,
    /// The first section that declares it, as written between the brackets.
    pub section: String,
    prefix: &'static str,
}

impl Declaration {
    /// What a section of this name declares, if it is of a loadable kind.
    pub fn of(section: &str) -> Option<Declaration> {
        let Declared { group, prefix, name } = declared(section)?;
        let name = name.map(str::to_owned);
        Some(Declaration { group, name, section: section.to_owned(), prefix })
    }

    /// What the sections of a file declare, each name of a group once.
    pub(super) fn all(document: &Document) -> Vec<Declaration> {
        let mut seen = HashSet::default();
        let declared = document.sections().filter_map(|section| Declaration::of(section.name()));
        declared.filter(|declaration| seen.insert(declaration.key())).collect()
    }

    /// The kind of the section: what stands before the colon of its name, `pipeline` for one.
    pub fn kind(&self) -> &'static str {
        self.prefix
    }

    /// `app:NAME`, `filter:NAME`, `server:NAME`, or a bare prefix.
    pub fn key(&self) -> String {
        match &self.name {
            Some(name) => format!("{}:{name}", self.group),
            None => self.prefix.to_owned(),
        }
    }
}

impl Loader {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or its lines are wrong: all that are.
    pub fn open(path: impl AsRef<Path>) -> Result<Loader, Problems> {
        Loader::open_with(path, std::iter::empty::<(&str, &str)>())
    }

    /// Opens a file with a caller's `global_conf`: options of `[DEFAULT]` beat it where values are
    /// interpolated, it beats them in what factories see, and it hides options of sections as they do.
    ///
    /// # Errors
    ///
    /// As [`open`](Loader::open).
    pub fn open_with<N: AsRef<str>, V: Into<Value>>(
        path: impl AsRef<Path>,
        global_conf: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Loader, Problems> {
        Loader::begin(Load::default(), path.as_ref(), global_conf.into_iter().collect())
    }

    pub(super) fn begin(load: Load, path: &Path, passed: Conf) -> Result<Loader, Problems> {
        let passed = (!passed.is_empty()).then(|| Arc::new(passed));
        let load = Arc::new(load);
        let shown = path.to_string_lossy();
        let opened = abspath(&shown);
        load.files.show_as(&opened, &shown);
        let frame = load.frames.open(&load.files, &opened, passed.as_ref());
        let frame = Some(frame.map_err(|problems| of_file(&shown, problems))?);
        Ok(Loader { load, frame, passed, registry: Registry::linked(), path: path.to_owned() })
    }

    /// A loader of URIs: it has no file, and a relative `config:` means a file of the current
    /// directory.
    pub(super) fn of_uris() -> Loader {
        let load = Arc::new(Load::default());
        Loader {
            load,
            frame: None,
            passed: None,
            registry: Registry::linked(),
            path: PathBuf::new(),
        }
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's sections.
    pub fn document(&self) -> Option<&Document> {
        self.frame.as_ref().map(|frame| &*frame.file.document)
    }

    /// The caller's globals, if there are any.
    pub fn global_conf(&self) -> Option<&Conf> {
        self.passed.as_deref()
    }

    /// The absolute paths of all files that were read so far: the file itself and those that
    /// `config:` references led to.
    pub fn files(&self) -> Vec<PathBuf> {
        self.load.files.all().iter().map(|file| PathBuf::from(&*file.path)).collect()
    }

    /// What `name` means: the name of a section or a URI.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what the name needs.
    pub fn context(&self, group: Group, name: &str) -> Result<Context, Problems> {
        let wanted = Wanted::new(group, Some(name), self.frame.clone(), self.passed.clone(), None);
        Ok(Context::root(&self.load, resolve(&self.load, wanted)?))
    }

    /// The sections of loadable kinds, in the order of the file, each name of a group once.
    pub fn declared(&self) -> Vec<Declaration> {
        self.document().map(Declaration::all).unwrap_or_default()
    }

    /// What a section that is [declared](Loader::declared) means.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what the section needs.
    pub fn resolve_declared(&self, declared: &Declaration) -> Result<Context, Problems> {
        let opened = (self.frame.as_ref(), self.passed.as_ref());
        match self.resolve_declared_in(opened, declared, &mut HashSet::default()) {
            (context, problems) if problems.is_empty() => Ok(context),
            (_, problems) => Err(problems),
        }
    }

    /// The same of a file that was opened with these globals; where something is wrong, the tree has what could be
    /// resolved beside that. `visited` are the sections that it came upon.
    pub(super) fn resolve_declared_in(
        &self,
        (frame, passed): (Option<&Arc<Frame>>, Option<&Arc<Conf>>),
        declared: &Declaration,
        visited: &mut HashSet<VisitedSection>,
    ) -> (Context, Problems) {
        let name = declared.name.as_deref();
        self.load.limits.another_name();
        let wanted = Wanted::new(declared.group, name, frame.cloned(), passed.cloned(), None);
        let (tree, mut problems) = resolve_partly(&self.load, wanted, visited);
        // A name that looks like a URI is taken for one, and then no file has said it.
        let document = frame.map(|frame| &frame.file.document);
        let section = document.and_then(|document| document.section(&declared.section));
        for problem in problems.0.iter_mut().filter(|problem| problem.place.is_none()) {
            problem.place = section.map(|section| section.place());
            problem.labels.retain(|(place, _)| Some(place) != problem.place.as_ref());
            problem.section = Some(declared.section.clone());
        }
        (Context::root(&self.load, tree), problems)
    }

    pub(super) fn wanted(&self, group: Group, name: Option<&str>) -> Wanted {
        self.load.limits.another_name();
        Wanted::new(group, name, self.frame.clone(), self.passed.clone(), None)
    }
}

/// Problems of a file that has no text to point into still say which file.
fn of_file(name: &str, mut problems: Problems) -> Problems {
    for problem in problems.0.iter_mut().filter(|problem| problem.place.is_none()) {
        problem.place = Some(Place::new(&Source::new(name, ""), 0..0));
    }
    problems
}
