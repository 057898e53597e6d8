//! Sections that nothing leads to.

use std::sync::Arc;

use foldhash::HashSet;

use super::context::Context;
use super::found::Seen;
use super::index::{Declared, declared};
use super::load::{Declaration, Loader};
use super::tree::{Leaf, Shape};
use super::uri::Uri;
use super::visit::VisitedSection;
use crate::ini::{Document, Section, split};
use crate::problem::{Code, Problem, nearest};
use crate::registry::{Group, Kind};

/// Which sections of the file that is checked are named, as the check comes upon them.
pub(super) struct Named<'a> {
    loader: &'a Loader,
    document: &'a Document,
    /// A file without one is there for others, which name its parts.
    has_apps: bool,
    /// Positions in the document.
    sections: HashSet<u32>,
    /// Whether a section could not be resolved, so that what its references come to is not known.
    is_any_wrong: bool,
}

impl<'a> Named<'a> {
    pub(super) fn new(loader: &'a Loader) -> Option<Named<'a>> {
        let document = loader.document()?;
        let mut declared = document.sections().filter_map(|section| declared(section.name()));
        let has_apps = declared.any(|declared| declared.group == Group::App);
        let sections = HashSet::default();
        Some(Named { loader, document, has_apps, sections, is_any_wrong: false })
    }

    /// Notes what the section `by` names: what resolving it `visited`, what its composites may ask for, and what is
    /// suggested for names that are wrong.
    pub(super) fn note(&mut self, by: &Declaration, seen: &Seen, visited: HashSet<VisitedSection>) {
        let own = self.document.section(&by.section);
        let own_at = own.map(|section| section.at());
        for (file, at, _) in visited {
            if self.is_own(file) && Some(at) != own_at {
                self.sections.insert(at);
            }
        }
        seen.wrong.iter().for_each(|problem| self.note_meant(problem));
        match &seen.context {
            Some(context) => self.note_composites(context),
            // What was not come to may be named by anything that is written there.
            None => {
                let defaults = (!self.is_any_wrong).then(|| self.document.defaults());
                self.is_any_wrong = true;
                let written = own.into_iter().chain(defaults).flat_map(|part| part.entries());
                written.for_each(|entry| self.note_words(entry.raw()));
            }
        }
    }

    /// A name with a typing error, and the section that it means, are told of once.
    fn note_meant(&mut self, problem: &Problem) {
        let near = problem.lacks.as_ref().and_then(|lacks| lacks.near.as_ref());
        let here = near.filter(|place| Arc::ptr_eq(place.source(), self.document.source()));
        let section = here.and_then(|place| self.document.section(place.text()));
        self.sections.extend(section.map(|section| section.at()));
    }

    fn note_composites(&mut self, context: &Context) {
        let tree = &context.tree;
        for node in tree.nodes.iter().flatten() {
            let Shape::Factory(leaf) = &node.shape else { continue };
            let is_here = node.frame().is_some_and(|frame| self.is_own(&raw const *frame.file));
            if !is_here || !self.asks_for_names(leaf) {
                continue;
            }
            let (local, global) = (&tree.locals[node.local], &tree.globals[node.global]);
            local.iter().for_each(|(_, value)| self.note_words(value.text()));
            // The one that Paste's URL map takes from there.
            global.text("not_found_app").into_iter().for_each(|name| self.note_name(name));
        }
    }

    /// Whether it is a composite: by its protocol, or because a factory that is linked says so.
    fn asks_for_names(&self, leaf: &Leaf) -> bool {
        leaf.protocol.is_some_and(|protocol| protocol.contains("composit"))
            || self
                .loader
                .registry
                .look_up(leaf.group, &leaf.named.to_registry())
                .is_some_and(|factory| factory.kind() == Kind::Composite)
    }

    fn note_words(&mut self, text: &str) {
        self.note_name(text);
        split(text).for_each(|word| self.note_name(word));
    }

    fn note_name(&mut self, name: &str) {
        let name = in_a_file(name).unwrap_or(name);
        for group in Group::ALL {
            self.sections.extend(self.find(group, name));
        }
    }

    fn find(&self, group: Group, name: &str) -> impl IntoIterator<Item = u32> + use<> {
        let index = self.loader.frame.as_ref().map(|frame| &frame.file.index);
        index.map(|index| index.find(self.document, group, Some(name))).unwrap_or_default()
    }

    fn has(&self, group: Group, name: &str) -> bool {
        self.find(group, name).into_iter().next().is_some()
    }

    fn is_own(&self, file: *const super::files::File) -> bool {
        self.loader.frame.as_ref().is_some_and(|frame| std::ptr::eq(&raw const *frame.file, file))
    }

    /// What is wrong with the sections that were not noted.
    pub(super) fn problems(mut self) -> Vec<Problem> {
        self.note_entrances();
        let sections = self.document.sections();
        let unused = sections.filter(|section| !self.sections.contains(&section.at()));
        unused.filter_map(|section| self.unused(section)).collect()
    }

    /// Apps that something else than a section of the loader's kinds names: they are served by their names, or
    /// asserted of.
    fn note_entrances(&mut self) {
        let document = self.document;
        let enabled = document.defaults().entry("enabled_apis").into_iter();
        let enabled =
            enabled.flat_map(|entry| entry.raw().split(|c: char| c == ',' || c.is_whitespace()));
        let tools = document.sections().filter(|section| is_of_tools(section.name()));
        let asked = tools.filter_map(|section| section.entry("app")).map(|entry| entry.raw());
        let servers = document.sections().filter_map(|section| declared(section.name()));
        let servers = servers.filter(|declared| declared.group == Group::Server);
        // An app that a server was meant for is told of there, once.
        let served = servers.filter_map(|declared| declared.name);
        let served = served.map(|name| self.meant(name).unwrap_or(name));
        let names: Vec<&str> = enabled.chain(asked).chain(served).collect();
        for name in names {
            self.sections.extend(self.find(Group::App, name));
        }
    }

    /// The app that the server of this name was meant for, where there is none of the very name.
    fn meant(&self, name: &str) -> Option<&'a str> {
        if self.has(Group::App, name) {
            return None;
        }
        let index = &self.loader.frame.as_ref()?.file.index;
        let apps = || index.names(self.document, Group::App);
        nearest(name, self.loader.load.budget.names(name, apps).unwrap_or_default())
    }

    /// Whoever is served by name alone is seen by nobody who reads the file; so apps are told of only where
    /// another one is `main`, and composites never: each is a service of its own.
    fn unused(&self, section: Section<'_>) -> Option<Problem> {
        let Declared { group, prefix, name: Some(name) } = declared(section.name())? else {
            return None;
        };
        if name == "main" && group != Group::Filter || Uri::is_uri(name) {
            return None;
        }
        // Of two that have one name, the other one is told of for that.
        let mut found = self.find(group, name).into_iter();
        if found.next() != Some(section.at()) || found.next().is_some() {
            return None;
        }
        let title = section.name();
        let told = |message: String| {
            Problem::warning(Code::UnusedSection, message).at(section.place()).section(title)
        };
        match group {
            _ if !self.has_apps => None,
            Group::Filter => Some(
                told(format!("nothing names [{title}]"))
                    .help("name it in a `pipeline`, a `filter-with` or a `use`, or remove it"),
            ),
            Group::App if matches!(prefix, "composite" | "composit") => None,
            Group::App => (self.has(Group::App, "main") || self.document.section("app").is_some())
                .then(|| {
                    told(format!("nothing names [{title}], and `main` is another app")).help(format!(
                        "name it in a composite or a pipeline, give it a [server:{name}] if it is served \
                         by its name, or remove it"
                    ))
                }),
            Group::Server if self.has(Group::App, name) => None,
            Group::Server => {
                let problem =
                    told(format!("nothing is served by [{title}]: there is no app `{name}`"));
                Some(match self.meant(name) {
                    Some(near) => problem.help(format!("did you mean [server:{near}]?")),
                    None => problem.help(
                        "[server:NAME] is for the app NAME, [server:main] for those that have none",
                    ),
                })
            }
        }
    }
}

/// `[test:x]` and `[check:x]`, which nothing loads, and which the workbench reads.
pub(super) fn is_of_tools(section: &str) -> bool {
    section.starts_with("test:") || section.starts_with("check:")
}

/// `config:this.ini#name` names it, too.
pub(super) fn in_a_file(word: &str) -> Option<&str> {
    let (file, name) = word.split_once('#')?;
    file.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("config:")).map(|_| name)
}
