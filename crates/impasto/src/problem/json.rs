//! Problems for tools.

use serde_json::{Value, json};

use super::{Need, Place, Problem, Problems};

impl Problems {
    /// The problems as a JSON array, `[]` when there are none. Each is an object with `severity`,
    /// `code`, `file`, `line`, `column`, `section`, `key`, `message`, `help` (an array of lines),
    /// `needed_by` (an array of objects, nearest first) and `reference`; what is not known is null.
    pub fn to_json(&self) -> Value {
        self.0.iter().map(Problem::to_json).collect()
    }
}

impl Problem {
    /// This problem as a JSON object, see [`Problems::to_json`].
    pub fn to_json(&self) -> Value {
        let (file, line, column) = locate(self.place.as_ref());
        json!({
            "severity": self.severity.as_str(),
            "code": self.code.as_str(),
            "file": file,
            "line": line,
            "column": column,
            "section": self.section,
            "key": self.key,
            "message": self.message,
            "help": self.help,
            "needed_by": self.needed_by.iter().map(need).collect::<Value>(),
            "reference": self.reference,
        })
    }
}

fn need(need: &Need) -> Value {
    let (file, line, column) = locate(need.place.as_ref());
    json!({
        "file": file,
        "line": line,
        "column": column,
        "section": need.section,
        "key": need.key,
    })
}

fn locate(place: Option<&Place>) -> (Option<&str>, Option<usize>, Option<usize>) {
    (place.map(Place::file), place.map(Place::line), place.map(Place::column))
}
