//! From a URI to another file, or to a factory.

use std::sync::Arc;

use super::conf::Conf;
use super::named::Named;
use super::resolve::Resolver;
use super::tree::{Cited, Leaf, Node, Shape};
use super::uri::{Uri, config_path};
use super::wanted::{Name, Passed};
use super::work::Walk;
use super::{kind, paths};
use crate::problem::Problem;

impl Resolver<'_> {
    /// Follows a URI.
    pub(super) fn follow(
        &mut self,
        walk: &mut Walk,
        text: &str,
    ) -> Result<Option<Node>, Vec<Problem>> {
        let wanted = &mut walk.wanted;
        let uri = Uri::parse(text).map_err(|problem| vec![problem])?;
        let (named, protocol) = match uri {
            Uri::Config { path, name } => {
                let opened = wanted.frame.as_ref().map_or("", |frame| &frame.opened);
                let path = config_path(&path, paths::dirname(opened)).map_err(|p| vec![p])?;
                let passed = wanted.passed.as_ref().map(|passed| &passed.conf);
                let frame = self.load.frames.open(&self.load.files, &path, passed);
                let frame = frame.map_err(|problems| problems.0)?;
                if let Some(lost) = &frame.file.lost {
                    let wrong = lost.lines.iter().cloned();
                    let trail = wanted.trail.as_ref();
                    self.problems.extend(wrong.map(|problem| problem.needed_by(trail)));
                }
                wanted.frame = Some(frame);
                wanted.name = Name::from(name.as_deref().unwrap_or("main"));
                return Ok(None);
            }
            Uri::Egg { package, name } => {
                let name = name.unwrap_or_else(|| "main".into());
                if Uri::is_uri(&name) {
                    wanted.frame = None;
                    wanted.name = Name::from(&*name);
                    return Ok(None);
                }
                let user = walk.levels.last().map(|level| level.section().name());
                let protocol = kind::egg_protocol(wanted.group, user);
                (Named::Egg { package: package.into(), name: name.into() }, Some(protocol))
            }
            Uri::Call { spec } => (Named::Call { spec: spec.into() }, None),
        };
        // The factory shares the globals of the section that names it.
        let global = match wanted.passed.take() {
            Some(Passed { id: Some(id), .. }) => id,
            Some(Passed { id: None, conf }) => self.tree.add_global(conf),
            None => self.tree.add_global(Arc::default()),
        };
        let local = self.tree.add_local(Conf::default());
        let cited = wanted.trail.take().map_or(Cited::Nobody, |trail| Cited::By(Box::new(trail)));
        let leaf = Leaf { group: wanted.group, protocol, named, cited };
        let shape = Shape::Factory(leaf);
        Ok(Some(Node { shape, global, local, visit: None, requires: Vec::new() }))
    }
}
