//! Typed settings: what a section says, as the struct that its factory wants.
//!
//! Every value in a file is a text. What it may say is decided by the type of its field:
//!
//! | type | text |
//! |---|---|
//! | `bool` | `true yes on y t 1` or `false no off n f 0`, as in PasteDeploy |
//! | `u8` ... `i128` | a decimal number in the type's range, and that of `#[schemars(range(min = 1, max = 9))]`; `1_000` is a thousand, as in Python |
//! | `f32`, `f64` | a finite number: `0.5`, `1e3`; with such a range, one within |
//! | `String`, `PathBuf` | itself |
//! | `char` | one character |
//! | an enum of words | the name of a variant, as serde knows it; case and `-` for `_` make no difference |
//! | `Option<T>` | as `T`; an empty text is `None`, unless it is a `T` (a `String`, a list) |
//! | `Vec<T>`, sets, tuples | items parted by white space, line ends or commas; none of them is in an item |
//! | a map, a struct | a line for each value: `header.X-Name = text` |
//! | [`Duration`] | `30s`, `1m 30s`, `500ms`; a bare number is seconds |
//! | [`Size`] | `512`, `64k`, `10MiB` |
//! | [`Secret`] | a text that is never shown |
//!
//! All but `String` and `char` ignore white space around the text. A map's names are all that stands
//! behind the first dot, so that they may have dots of their own.
//!
//! A field that a section does not give is taken from `global_conf`, where `[DEFAULT]`, `set` and the
//! caller put it; a field `here` therefore is the directory of the file. What neither gives is
//! serde's to decide: `serde(default)`, or an `Option`, or a problem. `serde(alias)` is another
//! spelling of a setting, and giving two is a problem.
//!
//! A key of the section that is no field is a problem, with the nearest field as a suggestion, unless
//! the struct takes any key with `#[serde(flatten)]` and a map. What goes through `flatten` stays
//! text: make it a map of `String`s.
//!
//! ```
//! use impasto::settings::{Duration, Options, Size};
//! use impasto::{Code, Conf};
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct Limits {
//!     max_body_size: Size,
//!     timeout: Option<Duration>,
//!     #[serde(default)]
//!     methods: Vec<String>,
//! }
//!
//! let global = Conf::from_iter([("timeout", "1m 30s"), ("debug", "true")]);
//! let read = |local: &Conf| {
//!     Options { local, global: &global, section: "filter:limits", place: None }.read::<Limits>()
//! };
//! let limits = read(&Conf::from_iter([("max_body_size", "10MiB"), ("methods", "GET, HEAD")]))?;
//! assert_eq!(limits.max_body_size, Size::from_mib(10));
//! assert_eq!(limits.timeout, Some(Duration::from_secs(90)));
//! assert_eq!(limits.methods, ["GET", "HEAD"]);
//!
//! let problems = read(&Conf::from_iter([("max_size", "1k"), ("timeout", "soon")])).err().unwrap();
//! let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
//! assert_eq!(codes, [Code::UnknownSetting, Code::BadValue, Code::MissingSetting]);
//! # Ok::<(), impasto::Problems>(())
//! ```

mod attempt;
mod duration;
mod entries;
mod error;
mod facts;
mod known;
mod limits;
mod list;
mod options;
mod refusal;
mod report;
mod secret;
mod size;
mod spellings;
mod table;
mod text;
mod word;

pub use duration::{Duration, NotADuration};
pub use facts::SettingFacts;
#[doc(hidden)]
pub use known::Known;
pub use options::Options;
pub use refusal::{SettingError, SettingErrors};
pub use secret::Secret;
pub use size::{NotASize, Size};
pub(crate) use text::truth;

#[cfg(test)]
mod tests;
