//! `%(env:NAME)s`, `%(env:NAME:-default)s` and `%(file:PATH)s`: values from outside of the file.
//!
//! PasteDeploy has no such thing, and no option can have such a name, for `:` ends a name. What
//! comes from here is never interpolated again and is masked wherever a configuration is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::env::{self, VarError};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::read;
use crate::problem::{Code, Problem};

/// The largest secret file, in bytes.
const MAX_SECRET: u64 = 1 << 20;

/// The secret files of one load, each read once: all that a load makes has the same secrets, whatever
/// becomes of the files meanwhile.
#[derive(Default)]
pub(crate) struct Secrets {
    read: Mutex<BTreeMap<PathBuf, String>>,
    /// Those that could not be read.
    lacking: Mutex<BTreeSet<PathBuf>>,
    /// Texts that are taken instead of files.
    given: OnceLock<BTreeMap<PathBuf, String>>,
}

impl Secrets {
    /// Takes these texts instead of the files at these paths.
    pub(crate) fn give(&self, texts: BTreeMap<PathBuf, String>) {
        let _ = self.given.set(texts);
    }

    /// The texts of all secret files that were read or given, by their paths.
    pub(crate) fn texts(&self) -> BTreeMap<PathBuf, String> {
        let mut texts = self.given.get().cloned().unwrap_or_default();
        texts.extend(self.read.lock().unwrap_or_else(PoisonError::into_inner).clone());
        texts
    }

    /// The paths of all secret files, also of those that could not be read.
    pub(crate) fn sought(&self) -> BTreeSet<PathBuf> {
        let mut all = self.lacking.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.extend(self.texts().into_keys());
        all
    }

    fn text(&self, path: &Path) -> Result<String, Problem> {
        if let Some(text) = self.given.get().and_then(|given| given.get(path)) {
            return Ok(text.clone());
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = read.get(path) {
            return Ok(text.clone());
        }
        let text = secret_file(path).inspect_err(|_| {
            let mut lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
            lacking.insert(path.to_owned());
        })?;
        read.insert(path.to_owned(), text.clone());
        Ok(text)
    }
}

/// Breaks with the text or what is wrong with it; continues when `name` is none of these forms.
pub(super) fn look_up(
    name: &str,
    here: &Path,
    secrets: &Secrets,
) -> ControlFlow<Result<String, Problem>> {
    if let Some(variable) = name.strip_prefix("env:") {
        ControlFlow::Break(environment(variable))
    } else if let Some(path) = name.strip_prefix("file:") {
        ControlFlow::Break(secrets.text(&here.join(path)))
    } else {
        ControlFlow::Continue(())
    }
}

/// As in a shell, `:-` gives what to take when the variable is unset or empty.
fn environment(text: &str) -> Result<String, Problem> {
    let (variable, default) = match text.split_once(":-") {
        Some((variable, default)) => (variable, Some(default)),
        None => (text, None),
    };
    if variable.is_empty() || variable.contains(['=', '\0']) {
        let message = format!("`{variable}` cannot be the name of an environment variable");
        return Err(Problem::error(Code::MissingVariable, message)
            .help("write `%(env:NAME)s` or `%(env:NAME:-default)s`"));
    }
    match (env::var(variable), default) {
        (Ok(text), Some(default)) if text.is_empty() => Ok(default.to_owned()),
        (Ok(text), _) => Ok(text),
        (Err(VarError::NotPresent), Some(default)) => Ok(default.to_owned()),
        (Err(VarError::NotPresent), None) => {
            let message = format!("the environment variable {variable} is not set");
            Err(Problem::error(Code::MissingVariable, message)
                .help(format!("set it, or give a default: `%(env:{variable}:-default)s`")))
        }
        (Err(VarError::NotUnicode(_)), _) => {
            let message = format!("the environment variable {variable} is not UTF-8");
            Err(Problem::error(Code::MissingVariable, message))
        }
    }
}

/// The content of a file, without the line break that editors leave at its end.
fn secret_file(full: &Path) -> Result<String, Problem> {
    let fail = |reason: String| {
        let message = format!("cannot read the secret file {}: {reason}", full.display());
        Problem::error(Code::UnreadableSecret, message).help(
            "a secret is a file of at most 1 MiB; a relative path begins at the directory of the file that names it",
        )
    };
    let metadata = std::fs::metadata(full).map_err(|error| fail(read::reason(&error)))?;
    if !metadata.is_file() {
        return Err(fail("it is not a regular file".into()));
    }
    if metadata.len() > MAX_SECRET {
        return Err(fail("it is larger than 1 MiB".into()));
    }
    let mut text = std::fs::read_to_string(full).map_err(|error| fail(read::reason(&error)))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, here: &Path) -> Result<String, Code> {
        match look_up(name, here, &Secrets::default()) {
            ControlFlow::Break(found) => found.map_err(|problem| problem.code),
            ControlFlow::Continue(()) => panic!("{name} is external"),
        }
    }

    #[test]
    fn defaults_are_a_shells() {
        let here = Path::new("/");
        assert_eq!(text("env:IMPASTO_NO_SUCH_NAME:-a:-b", here).as_deref(), Ok("a:-b"));
        assert_eq!(text("env:IMPASTO_NO_SUCH_NAME:-", here).as_deref(), Ok(""));
        assert_eq!(text("env:IMPASTO_NO_SUCH_NAME", here), Err(Code::MissingVariable));
        assert_eq!(text("env:", here), Err(Code::MissingVariable));
        assert_eq!(text("env:CARGO_PKG_NAME", here).as_deref(), Ok("impasto"));
    }

    #[test]
    fn a_secret_file_loses_one_line_end() {
        let here = tempfile::tempdir().unwrap();
        std::fs::write(here.path().join("token"), "50%\n\n").unwrap();
        assert_eq!(text("file:token", here.path()).as_deref(), Ok("50%\n"));
        assert_eq!(text("file:nothing", here.path()), Err(Code::UnreadableSecret));
        assert_eq!(text("file:.", here.path()), Err(Code::UnreadableSecret));
    }

    #[test]
    fn a_secret_is_read_once_or_given() {
        let here = tempfile::tempdir().unwrap();
        let (path, secrets) = (here.path().join("token"), Secrets::default());
        let text = |secrets: &Secrets| secrets.text(&path).map_err(|problem| problem.code);
        assert_eq!(text(&secrets), Err(Code::UnreadableSecret));
        std::fs::write(&path, "one\n").unwrap();
        assert_eq!(text(&secrets).as_deref(), Ok("one"), "what could not be read is tried again");
        std::fs::write(&path, "two\n").unwrap();
        assert_eq!(text(&secrets).as_deref(), Ok("one"));
        let another = Secrets::default();
        another.give(secrets.texts());
        assert_eq!(text(&another).as_deref(), Ok("one"));
        assert_eq!(another.texts(), secrets.texts(), "they can be passed on");
        assert_eq!(text(&Secrets::default()).as_deref(), Ok("two"));
    }
}
