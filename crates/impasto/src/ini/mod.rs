//! The INI dialect: what Python's `configparser` reads as PasteDeploy sets it up.
//!
//! A file becomes a [`Source`](crate::Source), its lines become logical lines, each logical line
//! becomes a `serde_ini` item, and the items become a [`Document`]. Values stay raw until they are
//! read: what a `%(name)s` means is a matter of who asks.

pub(crate) mod budget;
mod document;
mod entries;
pub(crate) mod external;
pub(crate) mod interpolate;
mod item;
mod lines;
mod outline;
mod read;
mod scanner;
mod section;
mod space;
mod words;
mod write;

pub use document::Document;
pub use lines::lines;
pub use outline::{Outlined, outline};
pub use read::{MAX_FILE_SIZE, read};
pub use section::{Entry, Section};
pub use space::{is_space, split, strip};
pub use words::words;
pub use write::write;

pub(crate) use space::{find, lstrip};
pub(crate) use words::word_place;
