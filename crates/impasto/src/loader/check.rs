//! Everything that is wrong with a file, whether or not anything loads it.

use std::collections::HashSet;
use std::sync::Arc;

use super::allow;
use super::conf::Conf;
use super::context::Context;
use super::found::{Found, Seen};
use super::frame::Frame;
use super::frames::Opened;
use super::late;
use super::load::{Declaration, Loader};
use super::lost;
use super::misread::{comments, nothing_to_load, text, unreachable};
use super::order;
use super::proven::Proven;
use super::resolve::resolve_partly;
use super::superseded;
use super::surprises;
use super::unused::Named;
use super::uri::Uri;
use super::visit::VisitedSection;
use crate::ini::Document;
use crate::problem::{Problem, Problems};
use crate::registry::Group;

impl Loader {
    /// Resolves and creates every loadable section, also of the files that are included, and collects what is wrong
    /// with them, with the linked factories, and with what the text suggests but does not do. Nothing that was
    /// created is kept.
    ///
    /// Of a file that was [opened partly](Loader::open_partly), the lines that are wrong come first, and what
    /// is [doubtful](Loader::is_doubtful) because of them is left out.
    pub fn check(&self) -> Problems {
        let mut found = Found::default();
        found.extend(self.registry.problems().iter().cloned());
        let own = self.frame.as_ref().and_then(|frame| frame.file.lost.as_ref());
        found.extend(own.into_iter().flat_map(|lost| lost.lines.iter().cloned()));
        if let Some(document) = self.document() {
            found.extend(text(document));
        }
        let declared = self.declared();
        if found.problems.is_empty() && declared.is_empty() {
            found.extend(self.document().map(nothing_to_load));
        }
        let served = late::Served::of(&declared);
        let mut named = Named::new(self);
        let proven = Proven::default();
        for declared in &declared {
            if declared.name.as_deref().is_some_and(Uri::is_uri) {
                found.extend(self.document().and_then(|document| unreachable(document, declared)));
                continue;
            }
            let opened = (self.frame.as_ref(), self.passed.as_ref());
            let (seen, visited) = self.look_at(declared, opened, &proven);
            if let Some(named) = &mut named {
                named.note(declared, &seen, visited);
            }
            let is_late = |problem: &Problem| late::lacks_app(problem) && !served.reaches(declared);
            found.take(declared, seen, is_late);
        }
        self.look_at_others(&mut found, &proven);
        found.extend(named.into_iter().flat_map(Named::problems));
        self.load.limits.another_name();
        let apps = std::mem::take(&mut found.apps);
        found.extend(order::problems(&apps, self.registry));
        found.extend(surprises::problems(&self.load.frames));
        let is_own =
            |document: &Document| self.document().is_some_and(|it| std::ptr::eq(it, document));
        let files = self.load.files.all();
        let others: Vec<_> = files.into_iter().filter(|file| !is_own(&file.document)).collect();
        for file in &others {
            found.extend(text(&file.document));
            found.extend(file.document.sections().flat_map(comments));
        }
        found.extend_late();
        // Where a comment makes a load fail, that is an error already.
        found.extend(self.document().into_iter().flat_map(Document::sections).flat_map(comments));
        for file in &others {
            // What only a check of that file finds is allowed there, and not found here.
            allow::apply(&file.document, &mut found.problems);
        }
        if let Some(document) = self.document() {
            let useless = allow::apply(document, &mut found.problems);
            found.extend(useless);
        }
        lost::leave_out_doubtful(&self.load.files, &mut found.problems);
        found.in_order(self.document())
    }

    /// Resolves and creates a section of a file that was opened with these globals. Tells also which sections it
    /// came upon.
    fn look_at(
        &self,
        declared: &Declaration,
        opened: (Option<&Arc<Frame>>, Option<&Arc<Conf>>),
        proven: &Proven,
    ) -> (Seen, Visits) {
        let mut visited = Visits::default();
        let (context, mut wrong) = self.resolve_declared_in(opened, declared, &mut visited);
        if wrong.is_empty() {
            let mut wrong = context.problems_of_all(self.registry, declared.group, proven);
            wrong.0.extend(superseded::problems(&context, self.registry));
            return (Seen { wrong, context: Some(context) }, visited);
        }
        wrong.0.extend(context.problems_beside(self.registry, &declared.section));
        (Seen { wrong, context: None }, visited)
    }

    /// Looks at all sections of the files that are included, also at those to which nothing leads. Whoever includes
    /// a file gives it globals: a section is wrong that is so with the globals of all.
    fn look_at_others(&self, found: &mut Found, proven: &Proven) {
        let mut done: HashSet<Arc<str>> = HashSet::new();
        done.extend(self.frame.iter().map(|own| Arc::clone(&own.file.path)));
        // What is looked at may lead to more files.
        while let Some(opened) = self.opened_beside(&done) {
            let Some((_, first)) = opened.first() else { return };
            done.insert(Arc::clone(&first.file.path));
            for declared in Declaration::all(&first.file.document) {
                if declared.name.as_deref().is_some_and(Uri::is_uri) {
                    continue;
                }
                let look = |(passed, frame): &Opened| {
                    self.look_at(&declared, (Some(frame), passed.as_ref()), proven).0
                };
                let mut all: Vec<Seen> = opened.iter().map(look).collect();
                let at = all.iter().position(|seen| !seen.wrong.has_errors()).unwrap_or(0);
                found.take(&declared, all.swap_remove(at), late::lacks_app);
            }
        }
    }

    /// Every opening of a file whose path is not among these.
    fn opened_beside(&self, done: &HashSet<Arc<str>>) -> Option<Vec<Opened>> {
        let opened = self.load.frames.opened().into_iter();
        let mut others = opened.filter(|(_, frame)| !done.contains(&frame.file.path)).peekable();
        let path = Arc::clone(&others.peek()?.1.file.path);
        Some(others.filter(|(_, frame)| frame.file.path == path).collect())
    }

    /// Everything that is wrong with what an app needs: as [`check`](Loader::check) finds it, each once, without what
    /// is wrong elsewhere in the file. The app is created as far as it can be, and not kept. No name means the main
    /// app, which may be in a section without a name.
    pub fn check_app(&self, name: Option<&str>) -> Problems {
        let wanted = self.wanted(Group::App, name);
        let (tree, problems) = resolve_partly(&self.load, wanted, &mut Default::default());
        let context = Context::root(&self.load, tree);
        let mut found = Found::default();
        found.extend(match problems.is_empty() {
            true => context.create_app(self.registry).err().unwrap_or_default(),
            false => context.problems_of_parts(self.registry),
        });
        found.extend(problems);
        found.in_order(self.document())
    }
}

/// The sections that were come upon.
type Visits = foldhash::HashSet<VisitedSection>;
