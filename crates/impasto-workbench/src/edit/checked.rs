//! Whether a change makes a file worse.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use impasto::{Code, Loader, Problem, Problems, Severity, Snapshot, Source};

use super::{Command, EditError};
use crate::text::Text;

/// A change that was found to break nothing.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The text with the change.
    pub text: Text,
    /// Whether it differs from the old one.
    pub changed: bool,
}

/// Makes a change and looks at what the file would be with it. What it includes is read from the disk.
///
/// Factories are called where they are linked, as [`Loader::check`] does, and may ask for a tokio runtime.
/// That some are not linked, and warnings of all kinds, stand in the way of nothing.
///
/// # Errors
///
/// The change cannot be made, or the new text has an error that the old has not.
pub fn check(path: &Path, text: &Text, edit: &Command) -> Result<Checked, EditError> {
    let new = edit.apply(text)?;
    if new == *text {
        return Ok(Checked { text: new, changed: false });
    }
    let new_errors = errors(path, &new);
    if new_errors.found.is_empty() {
        return Ok(Checked { text: new, changed: true });
    }
    let old_errors = errors(path, text);
    let mut known: HashMap<Key, usize> = HashMap::new();
    for error in &old_errors.found {
        *known.entry(key(error, Some(edit))).or_default() += 1;
    }
    let is_new = |error: &Problem| match known.get_mut(&key(error, None)) {
        Some(count @ 1..) => {
            *count -= 1;
            false
        }
        // Nobody knows what else was wrong where lines could not be read.
        _ => !old_errors.may_have_had(error),
    };
    let worse: Vec<Problem> = new_errors.found.into_iter().filter(is_new).collect();
    match worse.is_empty() {
        true => Ok(Checked { text: new, changed: true }),
        false => Err(EditError::Worse(Problems(worse))),
    }
}

/// The errors that the file at `path` would have with `text`, and would have with none of `others`. As with
/// [`check`], factories that are not linked are none.
pub fn new_errors(path: &Path, text: &Text, others: &[&Text]) -> Problems {
    let text = &Text::new(Source::new(path.display().to_string(), text.as_str()));
    let mut found = errors(path, text).found;
    for other in others {
        if found.is_empty() {
            break;
        }
        let other = errors(path, other);
        let known: HashSet<Key> = other.found.iter().map(|error| key(error, None)).collect();
        found.retain(|error| !known.contains(&key(error, None)) && !other.may_have_had(error));
    }
    Problems(found)
}

struct Errors {
    /// None where the file cannot be read.
    loader: Option<Loader>,
    found: Vec<Problem>,
}

impl Errors {
    /// Whether wrong lines may have hidden an error.
    fn may_have_had(&self, error: &Problem) -> bool {
        self.loader.as_ref().is_some_and(|loader| loader.is_doubtful(error))
    }
}

fn errors(path: &Path, text: &Text) -> Errors {
    let snapshot = Snapshot::default().with(path, text.as_str());
    let loader = Loader::open_partly(snapshot, path, std::iter::empty::<(&str, &str)>());
    let (loader, problems) = match loader {
        Ok(loader) => {
            let problems = loader.check();
            (Some(loader), problems)
        }
        Err(problems) => (None, problems),
    };
    let counts = |problem: &Problem| {
        let not_linked = matches!(problem.code, Code::UnknownFactory | Code::MissingPackage);
        problem.severity == Severity::Error && !not_linked
    };
    Errors { loader, found: problems.into_iter().filter(counts).collect() }
}

/// What is the same of an error before and after, wherever it stands.
type Key = (Code, String, Option<String>, Option<String>);

/// `edit` tells what an old error is called when sections have other names.
fn key(problem: &Problem, edit: Option<&Command>) -> Key {
    let Problem { code, message, section, key, .. } = problem.clone();
    let Some(Command::Rename { section: old, to }) = edit else {
        return (code, message, section, key);
    };
    let declared = impasto::Declaration::of(old);
    let new = super::rename::new_name(old, declared.as_ref(), to);
    let message = message.replace(&format!("[{old}]"), &format!("[{new}]"));
    let section = section.map(|section| if section == *old { new } else { section });
    (code, message, section, key)
}

#[cfg(test)]
mod tests {
    use impasto::Source;

    use super::*;

    fn set(file: &str, section: &str, key: &str, value: &str) -> Result<Checked, EditError> {
        let text = Text::new(Source::new("no-such.ini", file));
        let command = Command::Set {
            section: section.into(),
            key: key.into(),
            value: value.into(),
            create: false,
        };
        check(Path::new("no-such.ini"), &text, &command)
    }

    #[test]
    fn only_new_errors_are_in_the_way() {
        let file = "[pipeline:main]\npipeline = nobody app\n[app:app]\nuse = egg:unlinked\n";
        assert!(set(file, "app:app", "level", "1").unwrap().changed);
        assert!(set(file, "app:app", "use", "egg:other").unwrap().changed);
        let Err(EditError::Worse(Problems(worse))) = set(file, "app:app", "use", "nothing") else {
            panic!("a name that leads nowhere is an error");
        };
        let found: Vec<_> = worse.iter().map(|problem| problem.code).collect();
        assert_eq!(found, [Code::MissingSection]);
    }

    #[test]
    fn a_file_that_cannot_be_read_can_be_put_right() {
        let file = "[app:app]\nuse = nothing\nlevel = 1\nlevel = 2\n";
        let text = Text::new(Source::new("no-such.ini", file));
        let unset = Command::Unset { section: "app:app".into(), key: "level".into() };
        assert!(check(Path::new("no-such.ini"), &text, &unset).unwrap().changed);
    }

    #[test]
    fn wrong_lines_hide_no_new_error() {
        let file =
            "[app:app]\nlevel = 1\nword\n[filter:f]\nuse = egg:unlinked\n[app:b]\nuse = nobody\n";
        let missing = |set: Result<Checked, EditError>| match set {
            Err(EditError::Worse(Problems(worse))) => worse.len(),
            _ => 0,
        };
        assert_eq!(missing(set(file, "filter:f", "use", "nosuch")), 1);
        assert_eq!(missing(set(file, "filter:f", "use", "word")), 0, "a line may have it");
        assert!(set(file, "app:b", "level", "1").is_ok());
        // What else is wrong with a section that lost a line, nobody knows.
        assert!(set(file, "app:app", "use", "nosuch").is_ok());
    }

    #[test]
    fn an_old_error_has_the_new_name() {
        let file = "[pipeline:a]\npipeline = nobody app\n[app:app]\nuse = egg:unlinked\n";
        let text = Text::new(Source::new("no-such.ini", file));
        let rename = Command::Rename { section: "pipeline:a".into(), to: "b".into() };
        assert!(check(Path::new("no-such.ini"), &text, &rename).unwrap().changed);
    }
}
