//! What composites would load.

use std::collections::HashSet;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Entry;
use crate::loader::context::Context;
use crate::loader::expand::{Children, Pipeline};
use crate::problem::Problems;

pub(super) struct Below(pub(super) Children);

impl Serialize for Below {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut below = serializer.serialize_map(Some(1))?;
        match &self.0 {
            Children::Mounts(mounts) => below.serialize_entry("mounts", &Mounts(mounts))?,
            Children::Pipelines(all) => below.serialize_entry("pipelines", &Pipelines(all))?,
        }
        below.end()
    }
}

struct Mounts<'a>(&'a [(String, Result<Context, Problems>)]);

impl Serialize for Mounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seen = HashSet::new();
        // A split may name an app twice.
        let mounts = self.0.iter().filter(|(path, _)| seen.insert(path));
        serializer.collect_map(mounts.map(|(path, app)| (path, expanded(app))))
    }
}

struct Pipelines<'a>(&'a [(String, Pipeline)]);

impl Serialize for Pipelines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, pipeline)| (name, Line(pipeline))))
    }
}

struct Line<'a>(&'a Pipeline);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Pipeline { filters, app } = self.0;
        let mut line = serializer.serialize_map(Some(2))?;
        line.serialize_entry("filters", &filters.iter().map(expanded).collect::<Vec<_>>())?;
        line.serialize_entry("app", &expanded(app))?;
        line.end()
    }
}

fn expanded(resolved: &Result<Context, Problems>) -> Entry<'_> {
    Entry { resolved, expand: true }
}
