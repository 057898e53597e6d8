//! Problems for tools.

use serde_json::{Value, json};

use super::{Edit, Need, Place, Problem, Problems};

impl Problems {
    /// The problems as a JSON array, `[]` when there are none. Each is an object with `severity`,
    /// `code`, `file`, `line`, `column`, `end_line` and `end_column` (behind the last character),
    /// `section`, `key`, `message`, `help` (an array of lines), `related` (an array of places with a
    /// `message`), `needed_by` (an array of objects, nearest first), `reference` and `fix` (an array
    /// of places and the `text` that would be right there, empty where none is certain); what is not
    /// known is null.
    pub fn to_json(&self) -> Value {
        self.0.iter().map(Problem::to_json).collect()
    }
}

impl Problem {
    /// This problem as a JSON object, see [`Problems::to_json`].
    pub fn to_json(&self) -> Value {
        let (file, line, column) = locate(self.place.as_ref());
        let (end_line, end_column) = self.place.as_ref().map(end).unzip();
        json!({
            "severity": self.severity.as_str(),
            "code": self.code.as_str(),
            "file": file,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "section": self.section,
            "key": self.key,
            "message": self.message,
            "help": self.help,
            "related": self.labels.iter().map(related).collect::<Value>(),
            "needed_by": self.needed_by.iter().map(need).collect::<Value>(),
            "reference": self.reference,
            "fix": self.fix().iter().map(edit).collect::<Value>(),
        })
    }
}

fn related((place, message): &(Place, String)) -> Value {
    let (file, line, column) = locate(Some(place));
    json!({ "file": file, "line": line, "column": column, "message": message })
}

fn edit(Edit { place, text }: &Edit) -> Value {
    let (file, line, column) = locate(Some(place));
    let (end_line, end_column) = end(place);
    json!({
        "file": file,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": text,
    })
}

/// Where it ends, behind its last character.
fn end(place: &Place) -> (usize, usize) {
    let end = place.span().end;
    let end = Place::new(place.source(), end..end);
    (end.line(), end.column())
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
