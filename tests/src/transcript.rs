//! Cases that are transcripts: commands, and what each of them prints.
//!
//! ```text
//! $ impasto resolve api-paste.ini
//! [app:main]
//!   app egg:impasto#respond
//! $ impasto resolve none.ini
//! error[unreadable-file]: ...
//! [exit 4]
//! ```
//!
//! A guide of the documentation is one, too: its `console` blocks are the commands, its `ini NAME` blocks the
//! files as they are from there on.
//!
//! What differs from run to run is shown as `TIME`, `DATE` and `UUID`.
//!
//! `NAME.term` is the transcript, `NAME.ini` beside it the file `api-paste.ini` of the directory in which
//! the commands run; what is in a directory `NAME` is there too. `$ cat FILE` shows a file in between.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use crate::fixtures::REWRITE;

/// A transcript.
pub struct Transcript {
    path: PathBuf,
}

impl Transcript {
    /// The transcripts of a directory, sorted by name.
    pub fn all(directory: &Path) -> Vec<Transcript> {
        Transcript::with_extension(directory, "term")
    }

    /// The files of a directory that have this extension, sorted by name.
    pub fn with_extension(directory: &Path, extension: &str) -> Vec<Transcript> {
        let files = directory.read_dir().expect("the directory of the cases can be read");
        let paths = files.map(|file| file.expect("readable").path());
        let mut paths: Vec<_> =
            paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
        paths.sort();
        paths.into_iter().map(|path| Transcript { path }).collect()
    }

    /// Runs its commands with `program` for `impasto`. How what they print differs from what is expected,
    /// if it does; writes that anew instead where it is asked.
    pub fn compare(&self, program: &Path) -> Option<String> {
        self.compare_with(|expected, directory| {
            let mut found = String::new();
            for line in expected.lines().filter(|line| line.starts_with("$ ")) {
                let _ = writeln!(found, "{line}");
                found.push_str(&run(&line[2..], program, directory));
            }
            found
        })
    }

    /// The same for what `found` makes of what is expected, in a directory that is laid out.
    pub fn compare_with(&self, found: impl FnOnce(&str, &Path) -> String) -> Option<String> {
        let expected = fs::read_to_string(&self.path).expect("readable");
        let directory = tempfile::tempdir().expect("a directory");
        self.lay_out(directory.path());
        let found = found(&expected, directory.path());
        assert!(!found.is_empty(), "{} has no command", self.path.display());
        settle(&self.path, &expected, found)
    }

    /// Makes the directory what the commands expect.
    fn lay_out(&self, directory: &Path) {
        let input = self.path.with_extension("ini");
        if input.exists() {
            fs::copy(input, directory.join("api-paste.ini")).expect("writable");
        }
        let more = self.path.with_extension("");
        for file in more.read_dir().into_iter().flatten() {
            let path = file.expect("readable").path();
            let name = path.file_name().expect("a file");
            fs::copy(&path, directory.join(name)).expect("writable");
        }
    }
}

/// Runs what a guide in Markdown shows. How what is printed differs from what it says, if it does; writes
/// that anew instead where it is asked.
pub fn compare_guide(path: &Path, program: &Path) -> Option<String> {
    let expected = fs::read_to_string(path).expect("readable");
    let directory = tempfile::tempdir().expect("a directory");
    let mut found = String::new();
    let mut parts = expected.split("```");
    while let Some(prose) = parts.next() {
        found.push_str(prose);
        let Some(block) = parts.next() else { break };
        let (info, text) = block.split_once('\n').expect("a block has lines");
        let _ = writeln!(found, "```{info}");
        match info.split_once(' ') {
            Some(("ini", name)) => {
                fs::write(directory.path().join(name), text).expect("writable");
                found.push_str(text);
            }
            None if info == "console" => {
                for line in text.lines().filter(|line| line.starts_with("$ ")) {
                    let _ = writeln!(found, "{line}");
                    found.push_str(&run(&line[2..], program, directory.path()));
                }
            }
            _ => found.push_str(text),
        }
        found.push_str("```");
    }
    settle(path, &expected, found)
}

/// Compares, or writes anew.
fn settle(path: &Path, expected: &str, found: String) -> Option<String> {
    if std::env::var_os(REWRITE).is_some() {
        fs::write(path, found).expect("writable");
        return None;
    }
    let name = path.display();
    (found != expected).then(|| format!("{name} expected:\n{expected}\nfound:\n{found}"))
}

/// What a command prints, standard output before error, and how it ends when not well.
fn run(line: &str, program: &Path, directory: &Path) -> String {
    let mut words = words(line).into_iter();
    match words.next().as_deref() {
        Some("cat") => {
            let name = words.next().expect("`cat` has a file");
            let text = fs::read_to_string(directory.join(&name));
            constant(&ended(&text.unwrap_or_else(|error| panic!("{name}: {error}"))))
        }
        Some("impasto") => {
            let mut command = Command::new(program);
            command.args(words).current_dir(directory);
            for name in ["IMPASTO_LOG", "RUST_LOG", "RUST_BACKTRACE", "CLICOLOR_FORCE"] {
                command.env_remove(name);
            }
            let output = command.output().expect("it runs");
            let texts = [output.stdout, output.stderr].map(|bytes| {
                let text = String::from_utf8(bytes).expect("UTF-8");
                let text = text.replace(&format!("{}/", directory.display()), "");
                // The program of the tests has some factories of its own.
                ended(&text.replace(": impasto, impasto-tests\n", ": impasto\n"))
            });
            let mut found = constant(&texts.concat());
            match output.status.code() {
                Some(0) => {}
                Some(code) => writeln!(found, "[exit {code}]").expect("memory"),
                None => writeln!(found, "[{}]", output.status).expect("memory"),
            }
            found
        }
        _ => panic!("`{line}` is neither `impasto` nor `cat`"),
    }
}

/// Without what differs from run to run.
fn constant(text: &str) -> String {
    let times = Regex::new(r" +[0-9]+\.[0-9]+ (µs|ms|s)\b").expect("an expression");
    // Where the program of the tests lies decides where a new package has its crates from.
    let crates =
        Regex::new(r#"\{ path = "[^"]*/crates/impasto[a-z-]*" \}"#).expect("an expression");
    let numbers = Regex::new(r#"(_us":|"time":|time=) ?"?[0-9.e-]+"?"#).expect("an expression");
    let ids = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("an expression");
    let dates = Regex::new(r"\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[^]]*\]").expect("an expression");
    let seconds = Regex::new(r"\b[0-9]\.[0-9]{6}\b").expect("an expression");
    let logged = Regex::new(r"(?m)^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z").expect("an expression");
    let text = crates.replace_all(text, concat!('"', env!("CARGO_PKG_VERSION"), '"'));
    let text = dates.replace_all(&text, "[DATE]");
    let text = logged.replace_all(&text, "TIME");
    let text = seconds.replace_all(&text, "TIME");
    let text = times.replace_all(&text, "  TIME");
    let text = numbers.replace_all(&text, "$1 TIME");
    ids.replace_all(&text, "UUID").into_owned()
}

/// With a line end behind the last line.
fn ended(text: &str) -> String {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{end}")
}

/// The words of a line, as a shell reads them where there are only single quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_may_be_quoted() {
        assert_eq!(words("impasto -H 'a: b'c  ''"), ["impasto", "-H", "a: bc", ""]);
    }
}
