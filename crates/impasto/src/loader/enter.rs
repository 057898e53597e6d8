//! From a name to the section that it means.

use std::sync::Arc;

use super::directives::Directive;
use super::level::Level;
use super::limits::Limits;
use super::resolve::Resolver;
use super::trail::{self, Trail};
use super::visit::{Visit, Visited};
use super::wanted::Wanted;
use super::{classify, missing, section};
use crate::problem::{Code, Problem};

impl Resolver<'_> {
    /// Finds the section that the name means, and reads it. Takes what it needs of `wanted`.
    pub(super) fn read(&mut self, wanted: &mut Wanted) -> Result<Level, Vec<Problem>> {
        let (frame, group) = (wanted.frame.take(), wanted.group);
        let name = wanted.name();
        let Some(frame) = frame else {
            let name = name.unwrap_or("main");
            let message = format!("`{name}` is a name, and there is no file to look it up in");
            let problem = Problem::error(Code::MissingSection, message);
            return Err(vec![problem.cited_by(wanted.trail.as_ref())]);
        };
        let file = &frame.file;
        let at = match file.index.find(&file.document, group, name)[..] {
            [at] => at,
            [] => {
                let key = wanted.trail.as_ref().map(Trail::key);
                let problem = missing::missing(&frame, group, name, key, &self.load.budget);
                return Err(vec![problem.cited_by(wanted.trail.as_ref())]);
            }
            ref several => {
                let problem = missing::ambiguous(&frame, name, several);
                return Err(vec![problem.cited_by(wanted.trail.as_ref())]);
            }
        };
        let passed = wanted.passed.take().map(|passed| passed.conf);
        let visit = Visit::new(frame, at, group, passed, wanted.trail.take());
        self.enter(&visit)?;
        let reading = section::read(&visit, &mut self.interpolator).map_err(|found| {
            let trail = visit.trail.as_ref();
            found.into_iter().map(|problem| problem.needed_by(trail)).collect::<Vec<_>>()
        })?;
        let needed = |problem: Problem| problem.needed_by(visit.trail.as_ref());
        self.problems.extend(reading.wrong.into_iter().map(needed));
        self.warn_of_hidden(&visit, &reading.hidden);
        let referring = !reading.directives.is_empty();
        let global = self.tree.add_global(reading.global);
        let mut level = Level {
            visit: if referring { Visited::Shared(Arc::new(visit)) } else { Visited::Own(visit) },
            global,
            passed_on: global,
            local: self.tree.add_local(reading.local),
            additions: (!reading.additions.is_empty()).then(|| Arc::new(reading.additions)),
            directives: reading.directives,
            requires: Vec::new(),
        };
        if let Some(required) = level.take(Directive::Require) {
            level.requires = classify::requires(&level, &required);
        }
        Ok(level)
    }

    /// Sees that the way to a section is neither a circle nor too long.
    fn enter(&mut self, visit: &Visit) -> Result<(), Vec<Problem>> {
        let trail = visit.trail.as_ref();
        let again = !self.visited.insert(visit.visited());
        self.repeated += usize::from(again && Limits::counts(trail));
        if again && let Some(way) = trail::cycle(visit) {
            let message = format!("this leads back to where it came from: {way}");
            let problem = Problem::error(Code::Cycle, message)
                .help("one of these has to name another section, or a factory");
            return Err(vec![problem.cited_by(trail)]);
        }
        let limits = &self.load.limits;
        let is_long = trail::depth(trail) >= trail::MAX_DEPTH;
        if is_long {
            limits.note_deep(trail);
        }
        if is_long || (trail.is_none() && limits.is_deep(visit)) {
            let message = format!("references nest deeper than {}", trail::MAX_DEPTH);
            return Err(vec![Problem::error(Code::TooDeep, message).cited_by(trail)]);
        }
        Ok(())
    }
}
