//! What is known of the factories that are linked, gathered once.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use impasto::{Factory, Group, Kind, Reference, Registry, SettingFacts};

/// A factory, as an editor tells of it.
pub(crate) struct Known {
    pub(super) kind: Kind,
    /// How files best name it.
    pub(super) reference: String,
    /// Foreign references that it answers to.
    pub(super) aliases: &'static [&'static str],
    pub(super) summary: String,
    /// All there is to say, in Markdown.
    pub(super) page: String,
    pub(super) settings: Vec<SettingFacts>,
}

impl Known {
    /// All that are linked, in the order of the registry.
    pub(super) fn all() -> &'static [Known] {
        &FACTORIES.0
    }

    /// What a factory is.
    pub(super) fn of(factory: &'static Factory) -> Option<&'static Known> {
        FACTORIES.1.get(&std::ptr::from_ref(factory).addr()).map(|at| &FACTORIES.0[*at])
    }

    /// What the value of `use` or of a `paste.*_factory` option means.
    pub(crate) fn named(group: Group, option: &str, value: &str) -> Option<&'static Known> {
        let reference = match value.split_once(':') {
            Some((scheme, rest)) if option == "use" && scheme.eq_ignore_ascii_case("egg") => {
                let (package, name) = rest.split_once('#').unwrap_or((rest, "main"));
                Reference::Egg { package, name }
            }
            Some((scheme, rest)) if option == "use" => {
                let (module, attr) = rest.split_once(':')?;
                if !scheme.eq_ignore_ascii_case("call") {
                    return None;
                }
                Reference::Object { module, attr }
            }
            Some((module, attr)) => Reference::Object { module, attr },
            None => return None,
        };
        Known::of(Registry::linked().find(group, &reference).ok()?)
    }

    /// The setting of this name, under whichever of its names.
    pub(crate) fn setting(&self, name: &str) -> Option<&SettingFacts> {
        self.settings.iter().find(|fact| fact.is_set_by(name))
    }
}

/// Gathers what is known of factories, which the first question would do otherwise.
pub fn prepare() {
    LazyLock::force(&FACTORIES);
}

type Factories = (Vec<Known>, HashMap<usize, usize>);

static FACTORIES: LazyLock<Factories> = LazyLock::new(|| {
    let registry = Registry::linked();
    let known = registry.factories().iter().map(|factory| known(registry, factory)).collect();
    let positions = registry.factories().iter().enumerate();
    let positions = positions.map(|(at, factory)| (std::ptr::from_ref(*factory).addr(), at));
    (known, positions.collect())
});

fn known(registry: &Registry, factory: &Factory) -> Known {
    let reference = registry.reference(factory).to_string();
    let mut page = format!("`{reference}`: {} of `{}`", factory.kind(), factory.package());
    // Writing to a string does not fail.
    if !factory.aliases().is_empty() {
        let aliases: Vec<_> = factory.aliases().iter().map(|alias| format!("`{alias}`")).collect();
        let _ = write!(page, "\n\nAlso {}", aliases.join(", "));
    }
    let _ = write!(page, "\n\n{}", factory.docs().trim());
    Known {
        kind: factory.kind(),
        reference,
        aliases: factory.aliases(),
        summary: factory.summary(),
        page,
        settings: factory.settings().to_vec(),
    }
}

/// A setting in Markdown: what it is, its type, its default.
pub(super) fn describe(fact: &SettingFacts) -> String {
    let mut text = format!("`{}`: {}", fact.name, fact.kind);
    match &fact.default {
        _ if fact.required => text.push_str(", required"),
        Some(default) if !default.is_empty() => {
            let _ = write!(text, ", default `{default}`");
        }
        _ => {}
    }
    if !fact.docs.is_empty() {
        let _ = write!(text, "\n\n{}", fact.docs.trim());
    }
    if !fact.aliases.is_empty() {
        let aliases: Vec<_> = fact.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let _ = write!(text, "\n\nAlso {}.", aliases.join(", "));
    }
    text
}
