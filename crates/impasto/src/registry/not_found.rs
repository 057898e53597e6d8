//! What to say of a reference that means nothing.

use super::absent::{Absent, Said, said_of};
use super::index::same_name;
use super::{Factory, Group, Reference, Registry};
use crate::problem::{Code, Problem, certain, first_line, nearest};

/// More names than this are no help.
const MANY: usize = 40;

/// A reference that no linked factory has, with what is near it.
#[derive(Debug)]
pub struct NotFound {
    group: Group,
    other: Option<&'static Factory>,
    nearest: Option<String>,
    /// Whether the nearest is what is meant without a doubt.
    is_certain: bool,
    /// The package, and what it has of this kind, where it is linked and has nothing near.
    siblings: Option<(String, Vec<String>)>,
    /// What is known of the reference.
    said: Option<Said>,
    is_linked: bool,
    linked: Vec<&'static str>,
}

impl NotFound {
    pub(super) fn new(registry: &Registry, group: Group, reference: &Reference<'_>) -> NotFound {
        let mut others = Group::ALL.into_iter().filter(|other| *other != group);
        let said = said_of(inventory::iter::<Absent>, reference);
        // Whoever wrote what is known meant nothing else.
        let nearest = match said {
            Some(Said::Exactly(_)) => None,
            _ => near(registry, group, reference),
        };
        let package = match *reference {
            Reference::Egg { package, .. } => package,
            Reference::Object { module, .. } => module,
        };
        let siblings = || {
            let eggs = registry.index.eggs(group).filter(|(known, _)| same_name(known, package));
            let names: Vec<_> = eggs.map(|(_, name)| name.to_owned()).collect();
            (1..=MANY).contains(&names.len()).then(|| (package.to_owned(), names))
        };
        NotFound {
            group,
            other: others.find_map(|other| registry.look_up(other, reference)),
            siblings: if nearest.is_some() || said.is_some() { None } else { siblings() },
            said,
            nearest,
            is_certain: is_certain(registry, group, reference),
            is_linked: registry.is_linked(package),
            linked: registry.linked.clone(),
        }
    }

    /// The factory of another kind that has this very reference.
    pub fn other_kind(&self) -> Option<&'static Factory> {
        self.other
    }

    /// The nearest reference of the kind that was looked for.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }

    /// The problem of a file in which the reference is `written` so; the place is the caller's to
    /// give.
    pub fn problem(&self, written: &str) -> Problem {
        let wanted = self.group.a();
        if let Some(other) = self.other {
            let found = other.kind().group().a();
            let message = format!("`{written}` is {found}, and {wanted} is needed");
            let group = other.kind().group();
            let help = match group {
                Group::App => "an app is for an [app:...] section; a pipeline names it last",
                Group::Filter => {
                    "a filter is for a [filter:...] section; a `pipeline` or a `filter-with` names it"
                }
                Group::Server => "a server is for a [server:...] section",
            };
            return Problem::error(Code::WrongKind, message).help(help);
        }
        let line = first_line(written);
        let message = format!("nothing linked provides {wanted} `{line}`");
        let mut problem = Problem::error(Code::UnknownFactory, message).reference(written);
        if let Some(near) = &self.nearest {
            problem = problem.meant(written, near, self.is_certain);
        }
        if let Some((package, names)) = &self.siblings {
            let has = format!("the {}s of `egg:{package}` are {}", self.group, names.join(", "));
            problem = problem.help(has);
        }
        match self.said {
            Some(Said::Exactly(words)) => return problem.help(words),
            Some(Said::OfAll(words)) if self.nearest.is_none() => return problem.help(words),
            _ => {}
        }
        let linked = match self.linked.is_empty() {
            true => "nothing".to_owned(),
            false => self.linked.join(", "),
        };
        let problem = problem.help(format!("linked into this program: {linked}"));
        match self.is_linked {
            true => problem,
            false => problem.help(
                "a crate that the program does not name is not linked: `use my_filters as _;`",
            ),
        }
    }
}

/// Whether only one name of the very package is near.
fn is_certain(registry: &Registry, group: Group, reference: &Reference<'_>) -> bool {
    let Reference::Egg { package, name } = *reference else { return false };
    let eggs = registry.index.eggs(group).filter(|(known, _)| same_name(known, package));
    certain(name, eggs.map(|(_, known)| known)).is_some()
}

/// The nearest in the package that is meant; else the same name in another crate; else the nearest in
/// the package with the nearest name.
fn near(registry: &Registry, group: Group, reference: &Reference<'_>) -> Option<String> {
    let index = &registry.index;
    let (package, name) = match *reference {
        Reference::Egg { package, name } => (package, name),
        Reference::Object { module, attr } => (module, attr),
    };
    // What is behind white space is a comment, or a line that was not meant to go on.
    let name = name.split(char::is_whitespace).next().unwrap_or_default();
    if matches!(reference, Reference::Object { .. }) {
        // Both parts must be near: many modules have a `filter_factory`.
        let is_near = |name: &str, known| name == known || nearest(name, [known]).is_some();
        let mut objects = index.of(group).filter(|known| match known {
            Reference::Object { module, attr } => is_near(package, module) && is_near(name, attr),
            Reference::Egg { .. } => false,
        });
        if let Some(near) = objects.next() {
            return Some(near.to_string());
        }
    }
    let within = |package: &str| {
        let eggs: Vec<_> =
            index.eggs(group).filter(|(known, _)| same_name(known, package)).collect();
        let exact = eggs.iter().find(|(_, known)| same_name(known, name));
        let near = || nearest(name, eggs.iter().map(|(_, known)| *known));
        let name = exact.map(|(_, known)| *known).or_else(near)?;
        Some(format!("egg:{package}#{name}"))
    };
    let elsewhere = || {
        let mut eggs = index.eggs(group).filter(|(known, _)| registry.linked.contains(known));
        let (package, name) = eggs.find(|(_, known)| same_name(known, name))?;
        Some(format!("egg:{package}#{name}"))
    };
    let near_by = || within(nearest(package, index.eggs(group).map(|(package, _)| package))?);
    within(package).or_else(elsewhere).or_else(near_by)
}
