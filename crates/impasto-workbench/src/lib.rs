//! What an operator's tools know about a configuration, as functions.
//!
//! Each part is a walk over what [`impasto`] makes of a file: the text, the tree of contexts, or the
//! stack that runs. None of it is needed to serve, so a service links none of it; the commands of
//! `impasto` are thin shells around it.
//!
//! [`Way`] is what a request meets, or could meet; [`Explanation`] tells of it:
//!
//! ```
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("api-paste.ini");
//! # std::fs::write(&path, "[composite:main]\nuse = egg:Paste#urlmap\n/ = home\n/v2 = api\n\
//! # [pipeline:api]\npipeline = id backend\n[filter:id]\nuse = egg:acme#id\n\
//! # [app:backend]\nuse = egg:acme#backend\n[app:home]\nuse = egg:acme#home\n")?;
//! use impasto::Loader;
//! use impasto_workbench::{Explanation, Question};
//!
//! let loader = Loader::open(&path)?;
//! let question = Question::new("GET", "/v2/servers", &[])?;
//! let explanation = Explanation::of_request(&loader, None, &question)?;
//! let names: Vec<_> = explanation.way().layers().iter().map(|layer| layer.name()).collect();
//! assert_eq!(names, ["main", "id", "backend"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod question;
mod shown;

mod expect;
mod explain;
mod graph;
mod stack;
mod trial;

pub mod edit;
pub mod editor;
mod fix;
mod format;
mod locked;
mod merge;
#[cfg(test)]
mod random;
pub mod report;
mod scaffold;
mod text;
mod unified;
mod write;

pub use expect::{Case, Report, Tested, assert_tests, assertions, check_all, run_tests};
pub use explain::{Explanation, Where};
pub use fix::{Fixed, fix};
pub use format::format;
pub use graph::Graph;
pub use locked::{LockError, Locked};
pub use merge::{Collision, Merged, Side, merge};
pub use question::Question;
pub use scaffold::{Origin, PackageName, Scaffold, ScaffoldError, WrongName};
use shown::count;
pub use shown::{OneLine, source};
pub use stack::{Branch, End, Fork, Layer, Verdict, Way, entrance, entrances};
pub use text::{OptionText, SectionText, Text};
pub use trial::{Ending, Outcome, PATIENCE, Passage, Trial};
pub use unified::unified;
pub use write::replace;
