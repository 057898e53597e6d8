//! Comparing with the real PasteDeploy.
//!
//! The oracle is `tests/oracle/oracle.py`: PasteDeploy itself, in a Python environment that
//! [`python`] makes on first use. Both sides are asked the same [`Question`] and answer with
//! JSON of the same shape; [`differences`] says where they disagree.

mod answers;
mod compare;
mod gunicorn;
mod live;
mod placeholders;
mod python;
mod services;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use impasto::{Loader, parse_error_json};
use serde::Serialize;
use serde_json::{Value, json};

pub use answers::answers;
pub use compare::{Difference, composed, differences};
pub use gunicorn::{ForeignCase, ForeignRequest, gunicorn_requests, latin1};
pub use live::Oracle;
pub use placeholders::with_placeholders;
pub use python::{python, python_with_middleware};
pub use services::{nova_sources, service_files};

/// Which file is to be resolved, and how.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Question {
    /// The INI file.
    pub path: PathBuf,
    /// The caller's `global_conf`.
    pub globals: BTreeMap<String, String>,
    /// Whether the apps that known composites name are resolved too.
    pub expand: bool,
}

impl Question {
    /// A question without a caller's `global_conf`, not expanded.
    pub fn about(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Reads what the words after the file say: `--expand` and `key=value`.
    ///
    /// # Panics
    ///
    /// On any other word.
    pub fn with_words<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        for word in words {
            if word == "--expand" {
                self.expand = true;
            } else {
                let (key, value) = word.split_once('=').expect("--expand or key=value");
                self.globals.insert(key.to_owned(), value.to_owned());
            }
        }
        self
    }

    /// The directory of the file, as PasteDeploy's `here`.
    pub fn here(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// What impasto answers.
pub fn ours(question: &Question) -> Value {
    match Loader::open_with(&question.path, question.globals.clone()) {
        Ok(loader) => json!(loader.json(question.expand)),
        Err(problems) => json!({
            "file": question.path.file_name().map(|name| name.to_string_lossy()),
            "global": question.globals,
            "parse_error": parse_error_json(&problems),
        }),
    }
}
