//! What to say of a reference that means nothing.

use super::index::same_name;
use super::{Factory, Group, Reference, Registry};
use crate::problem::{Code, Problem, nearest};

/// A reference that no linked factory has, with what is near it.
#[derive(Debug)]
pub struct NotFound {
    group: Group,
    other: Option<&'static Factory>,
    nearest: Option<String>,
    linked: Vec<&'static str>,
}

impl NotFound {
    pub(super) fn new(registry: &Registry, group: Group, reference: &Reference<'_>) -> NotFound {
        let mut others = Group::ALL.into_iter().filter(|other| *other != group);
        NotFound {
            group,
            other: others.find_map(|other| registry.look_up(other, reference)),
            nearest: near(registry, group, reference),
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
            return Problem::error(Code::WrongKind, message);
        }
        let message = format!("nothing linked provides {wanted} `{written}`");
        let mut problem = Problem::error(Code::UnknownFactory, message).reference(written);
        if let Some(near) = &self.nearest {
            problem = problem.help(format!("did you mean `{near}`?"));
        }
        let linked = match self.linked.is_empty() {
            true => "nothing".to_owned(),
            false => self.linked.join(", "),
        };
        problem
            .help(format!("linked: {linked}"))
            .help("a crate that nothing names is not linked: `use my_filters as _;`")
    }
}

/// The nearest in the package that is meant; else the same name in another crate; else the nearest in
/// the package with the nearest name.
fn near(registry: &Registry, group: Group, reference: &Reference<'_>) -> Option<String> {
    let index = &registry.index;
    let (package, name) = match *reference {
        Reference::Egg { package, name } => (package, name),
        Reference::Object { module, attr } => (module, attr),
    };
    if matches!(reference, Reference::Object { .. }) {
        let known: Vec<String> = index.of(group).map(|known| known.to_string()).collect();
        let near = nearest(&reference.to_string(), known.iter().map(String::as_str));
        if let Some(near) = near {
            return Some(near.to_owned());
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
