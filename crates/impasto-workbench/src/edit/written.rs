//! What the lines of a file can say.

use impasto::ini::strip;

use super::EditError;

/// The lines of a value as the dialect reads them: without the white space around each, and without
/// blank ones at the end.
pub(super) fn lines(value: &str) -> Result<Vec<String>, EditError> {
    let value = value.replace("\r\n", "\n");
    let mut lines: Vec<String> = value.split('\n').map(|line| strip(line).to_owned()).collect();
    while lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.iter().any(|line| line.contains('\r')) {
        return Err(EditError::unwritable("this value", "a carriage return ends a line"));
    }
    if lines.iter().skip(1).any(|line| line.starts_with(['#', ';'])) {
        let why = "a line that begins with `#` or `;` is a comment";
        return Err(EditError::unwritable("this value", why));
    }
    Ok(lines)
}

/// The name of an option, without the white space around it.
pub(super) fn key(key: &str) -> Result<&str, EditError> {
    let name = strip(key);
    let why = if name.is_empty() {
        "it is empty"
    } else if name.contains(['\n', '\r']) {
        "it has several lines"
    } else if name.contains(['=', ':']) {
        "the name of an option ends at the first `=` or `:`"
    } else if name.starts_with(['#', ';']) {
        "a line that begins so is a comment"
    } else if name.starts_with('[') {
        "a line that begins so is the name of a section"
    } else {
        return Ok(name);
    };
    Err(EditError::unwritable(format!("the option `{key}`"), why))
}

/// The name of a section.
pub(super) fn section(name: &str) -> Result<&str, EditError> {
    let why = if strip(name).is_empty() {
        "it is empty"
    } else if name.contains(['\n', '\r']) {
        "it has several lines"
    } else {
        return Ok(name);
    };
    Err(EditError::unwritable(format!("the section [{name}]"), why))
}

/// A word of a pipeline.
pub(super) fn word(word: &str) -> Result<&str, EditError> {
    let why = if word.is_empty() {
        "it is empty"
    } else if word.contains(impasto::ini::is_space) {
        "white space parts the filters of a pipeline"
    } else if word.starts_with(['#', ';']) {
        "a line that begins so is a comment"
    } else {
        return Ok(word);
    };
    Err(EditError::unwritable(format!("the filter `{word}`"), why))
}
