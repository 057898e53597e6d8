//! What composites load their parts with.

use std::fmt;
use std::sync::Arc;

use crate::compose::{App, Filter};

/// Loads the parts of a composite by name, as PasteDeploy's `loader` does: names are looked up in the
/// file that the composite stands in, URIs relative to it, and the composite's `global_conf` is
/// passed on.
#[derive(Clone)]
pub struct CompositeLoader {
    parts: Arc<dyn Parts>,
}

/// What knows how to load a part.
pub(crate) trait Parts: Send + Sync {
    /// Loads an app.
    fn app(&self, name: &str) -> anyhow::Result<App>;

    /// Loads a filter.
    fn filter(&self, name: &str) -> anyhow::Result<Filter>;
}

impl CompositeLoader {
    #[allow(dead_code, reason = "the loader makes them")]
    pub(crate) fn new(parts: Arc<dyn Parts>) -> CompositeLoader {
        CompositeLoader { parts }
    }

    /// Loads the app `name`: a section's name, or a URI.
    ///
    /// # Errors
    ///
    /// [`Problems`](crate::Problems), with their places. A composite only passes them on.
    pub fn app(&self, name: &str) -> anyhow::Result<App> {
        self.parts.app(name)
    }

    /// Loads the filter `name`: a section's name, or a URI.
    ///
    /// # Errors
    ///
    /// [`Problems`](crate::Problems), with their places. A composite only passes them on.
    pub fn filter(&self, name: &str) -> anyhow::Result<Filter> {
        self.parts.filter(name)
    }
}

impl fmt::Debug for CompositeLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompositeLoader")
    }
}
