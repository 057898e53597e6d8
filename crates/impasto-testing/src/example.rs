//! The filter that the documentation of a factory shows.

use std::fs;

use anyhow::{Context, ensure};
use impasto::{Factory, Filter, Kind, Loader};
use tempfile::TempDir;

/// The filter of a factory's documented example.
pub struct Example {
    filter: Filter,
    /// The file's `%(here)s`.
    _directory: TempDir,
}

impl Example {
    /// Loads the first `[filter:...]` section of the example from a file, which is there as long as this is.
    ///
    /// # Errors
    ///
    /// When the factory makes no filter, shows none, or its example does not load.
    pub fn of(factory: &Factory) -> anyhow::Result<Example> {
        let (filter, directory) = load(factory)?;
        Ok(Example { filter, _directory: directory })
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }
}

fn load(factory: &Factory) -> anyhow::Result<(Filter, TempDir)> {
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
