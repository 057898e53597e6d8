//! The filter that the documentation of a factory shows.

use std::fs;

use anyhow::{Context, ensure};
use impasto::{Factory, Filter, Kind, Loader};
use tempfile::TempDir;

/// The filter, and the directory that the file's `%(here)s` is.
pub(crate) fn filter(factory: &Factory) -> anyhow::Result<(Filter, TempDir)> {
    ensure!(factory.kind() == Kind::Filter, "{factory:?} makes no filter");
    let example = factory.example().context("the documentation shows no example")?;
    let name = section(&example).context("the example has no section for a filter")?;
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("example.ini");
    fs::write(&path, &example)?;
    let filter = Loader::open(&path)?.filter(name)?;
    Ok((filter, directory))
}

/// The first `[filter:NAME]`.
fn section(example: &str) -> Option<&str> {
    example.lines().find_map(|line| line.trim().strip_prefix("[filter:")?.strip_suffix(']'))
}
