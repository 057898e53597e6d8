//! What both sides changed, in different ways.

use std::fmt;

use impasto::{Place, looks_secret};
use serde_json::{Value, json};

/// One of two sides of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The new age of the file.
    New,
    /// The file with one's own changes.
    Mine,
}

/// One thing that both sides changed, in different ways.
#[derive(Clone, Debug)]
pub struct Collision {
    /// The section, as written between the brackets.
    pub section: String,
    /// The option; `None` when it is about the whole section.
    pub key: Option<String>,
    /// The filter, where the option is a pipeline and only one of its filters is meant.
    pub filter: Option<String>,
    /// What the new age of the file has made of it, in words.
    pub new: String,
    /// What one's own file has made of it, in words.
    pub mine: String,
    /// Where it stands in the new age of the file; `None` where that has it no more.
    pub new_place: Option<Place>,
    /// Where it stands in one's own file.
    pub mine_place: Option<Place>,
}

impl Collision {
    /// This collision as a JSON object: `section`, `key`, `filter`, `new`, `mine`, `new_place` and `mine_place`
    /// (`FILE:LINE`); what it does not have is null.
    pub fn to_json(&self) -> Value {
        json!({
            "section": self.section,
            "key": self.key,
            "filter": self.filter,
            "new": self.new,
            "mine": self.mine,
            "new_place": line(&self.new_place),
            "mine_place": line(&self.mine_place),
        })
    }
}

/// `  [app:main] level: upstream has "2", you have "3"  (new.ini:3, mine.ini:4)`
impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  [{}]", self.section)?;
        for part in [&self.key, &self.filter].into_iter().flatten() {
            write!(f, " {part}")?;
        }
        write!(f, ": upstream {}, you {}", self.new, self.mine)?;
        let places = [line(&self.new_place), line(&self.mine_place)];
        let places: Vec<String> = places.into_iter().flatten().collect();
        write!(f, "  ({})", places.join(", "))
    }
}

/// What a side made of a value, as it may be shown.
pub(super) fn made(side: Side, key: &str, value: Option<&str>) -> String {
    let have = match side {
        Side::New => "has",
        Side::Mine => "have",
    };
    match value {
        None => format!("{have} removed it"),
        Some(value) if looks_secret(key, value) => format!("{have} changed it"),
        Some(value) => format!("{have} {value:?}"),
    }
}

fn line(place: &Option<Place>) -> Option<String> {
    place.as_ref().map(|place| format!("{}:{}", place.file(), place.line()))
}
