//! The factories that are linked into a program, and the names by which files reach them.
//!
//! [`register!`](crate::register) puts a [`Factory`] into a list that the linker assembles; the
//! [`Registry`] is an index over that list, built once, in an order that does not depend on the
//! linker.

mod absent;
mod check;
mod effect;
mod factory;
mod index;
mod kind;
mod macros;
mod made;
mod not_found;
mod order;
mod reference;
mod relay;

pub use absent::Absent;
pub use effect::Effect;
pub use factory::{Egg, Factory, Location};
#[doc(hidden)]
pub use factory::{call, kind_of, known_of};
pub use kind::{Group, Kind};
pub use made::{FactoryFn, IntoProduct, Made, Product, Serve};
pub use not_found::NotFound;
pub use order::{Order, OrderRule, Role};
pub use reference::Reference;
pub use relay::Relay;

use std::sync::LazyLock;

use crate::loader::Conf;
use crate::problem::Problem;
use index::Index;

inventory::collect!(Factory);
inventory::collect!(Egg);
inventory::collect!(Role);
inventory::collect!(Absent);
inventory::collect!(Relay);

/// The index of factories.
pub struct Registry {
    factories: Vec<&'static Factory>,
    /// The names that crates gave themselves.
    eggs: Vec<&'static Egg>,
    /// The names of crates, as files use them.
    linked: Vec<&'static str>,
    index: Index,
    problems: Vec<Problem>,
}

impl Registry {
    /// The factories that are linked into this program. A crate that nothing names is not linked: a
    /// program says `use my_filters as _;` for each crate it wants the factories of.
    pub fn linked() -> &'static Registry {
        static LINKED: LazyLock<Registry> =
            LazyLock::new(|| Registry::of(inventory::iter::<Factory>, inventory::iter::<Egg>));
        &LINKED
    }

    /// An index over some factories.
    pub(crate) fn of(
        factories: impl IntoIterator<Item = &'static Factory>,
        eggs: impl IntoIterator<Item = &'static Egg>,
    ) -> Registry {
        let mut factories: Vec<_> = factories.into_iter().collect();
        factories.sort_by_key(|factory| {
            (factory.kind().group(), factory.package(), factory.name(), factory.location())
        });
        let mut eggs: Vec<_> = eggs.into_iter().collect();
        eggs.sort_by_key(|egg| (egg.name, egg.package, egg.location));
        let mut registry = Registry {
            linked: check::linked(&factories, &eggs),
            factories,
            eggs: Vec::new(),
            index: Index::default(),
            problems: Vec::new(),
        };
        check::eggs(&eggs, &mut registry.problems);
        for factory in &registry.factories {
            check::claim(factory, &eggs, &mut registry.index, &mut registry.problems);
        }
        registry.eggs = eggs;
        registry
    }

    /// Every factory, sorted by what it makes, its crate and its name.
    pub fn factories(&self) -> &[&'static Factory] {
        &self.factories
    }

    /// How files best name a factory: `egg:NAME#...` with the name that its crate gave itself, else the
    /// crate's own. A factory that the registry has a [problem](Registry::problems) with may not be
    /// what the reference means.
    pub fn reference(&self, factory: &Factory) -> Reference<'static> {
        let own = self.eggs.iter().find(|egg| egg.package == factory.package());
        let package = own.map_or(factory.package(), |egg| egg.name);
        Reference::Egg { package, name: factory.name() }
    }

    /// What is wrong with the factories themselves: two under one reference, names that no file can
    /// write. They have no place in a file; their texts say where in which crate.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether a crate of this name is linked, one that [names itself](crate::egg) so, or one with a
    /// factory that stands in for something in a package of this name.
    pub fn is_linked(&self, package: &str) -> bool {
        let mut eggs = Group::ALL.into_iter().flat_map(|group| self.index.eggs(group));
        eggs.any(|(known, _)| index::same_name(known, package))
    }

    /// What `reference` means in `group`.
    ///
    /// # Errors
    ///
    /// When nothing linked provides it: what is near, see [`NotFound::problem`].
    pub fn find(
        &self,
        group: Group,
        reference: &Reference<'_>,
    ) -> Result<&'static Factory, NotFound> {
        self.look_up(group, reference).ok_or_else(|| NotFound::new(self, group, reference))
    }

    /// The option of a section with these options that names what `reference` means there, and what it names;
    /// `None` where the reference itself has a meaning.
    pub(crate) fn relayed<'a>(
        &self,
        group: Group,
        reference: &Reference<'_>,
        options: &'a Conf,
    ) -> Option<(&'static str, Reference<'a>)> {
        if self.look_up(group, reference).is_some() {
            return None;
        }
        let option = relay::option_of(inventory::iter::<Relay>, reference)?;
        Some((option, Reference::registered(options.text(option)?.trim())?))
    }

    /// Whether `reference` has a role that [`role!`](crate::role) gave it.
    pub(crate) fn has_role(&self, reference: &Reference<'_>, name: &str) -> bool {
        inventory::iter::<Role>.into_iter().any(|role| role.is_of(name, reference))
    }

    pub(crate) fn look_up(
        &self,
        group: Group,
        reference: &Reference<'_>,
    ) -> Option<&'static Factory> {
        self.index.get(group, reference).or_else(|| match *reference {
            Reference::Object { module, attr } => {
                self.index.get(group, &Reference::Egg { package: module, name: attr })
            }
            Reference::Egg { .. } => None,
        })
    }
}

#[cfg(test)]
mod tests;
