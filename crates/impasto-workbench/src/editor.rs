//! What an editor asks about files while they are typed.
//!
//! A [`Workspace`] has the texts of all that is open. An edit makes another [`Document`], which is scanned when
//! the first question comes: where things stand and what names what is all that most answers need. Only what a
//! value comes to is resolved, one section at a time; everything that is wrong with a file is found by
//! [`check`](crate::check_all) and is no part of an answer.
//!
//! Nothing here knows the protocol: places are bytes, answers are plain values.
//!
//! ```
//! use std::path::Path;
//! use impasto_workbench::editor::Workspace;
//!
//! let mut workspace = Workspace::default();
//! let path = Path::new("/x/api-paste.ini");
//! workspace.open(path, "[pipeline:main]\npipeline = id app\n[filter:id]\nuse = egg:acme#id\n");
//! let places = workspace.definitions(path, 27);
//! assert_eq!((places[0].text(), places[0].line()), ("filter:id", 3));
//! ```

mod actions;
mod closed;
mod complete;
mod definitions;
mod diagnostics;
mod document;
mod formatting;
mod hover;
mod index;
pub(crate) mod known;
mod place;
#[cfg(test)]
mod random;
mod rename;
mod symbols;
mod words;
mod workspace;

pub use actions::{Action, actions};
pub use complete::{Completion, Item, ItemKind};
pub use diagnostics::{Diagnostic, diagnostics};
pub use document::Document;
pub use hover::Hover;
pub use known::prepare;
pub use rename::{Change, Renamed};
pub use symbols::Symbol;
pub use workspace::Workspace;
