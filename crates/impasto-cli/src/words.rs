//! The words after a command: a file, names, and globals.

use std::path::{Path, PathBuf};

use clap::Args;
use impasto::{Declared, Loader, Problems, Snapshot};

use crate::asked::{is_request, wrong};
use crate::complete;
use crate::locate::Directories;

/// The file that is meant when none is named.
pub(crate) const FILE: &str = "api-paste.ini";

/// `[FILE] [NAME]... [KEY=VALUE]...`, for commands that load by name.
#[derive(Args, Debug)]
pub(crate) struct Named {
    /// The file; `api-paste.ini` when no word is one. It is the first word without `=`.
    #[arg(default_value = FILE, hide_default_value = true, add = complete::files())]
    file: String,

    /// The apps, `main` when none is named; and the caller's global settings, which factories see as if
    /// `[DEFAULT]` had them.
    #[arg(value_name = "NAME|KEY=VALUE", add = complete::apps_and_globals())]
    more: Vec<String>,

    #[command(flatten)]
    directories: Directories,
}

/// `[FILE] [KEY=VALUE]...`, for commands that look at the whole file.
#[derive(Args, Debug)]
pub(crate) struct Whole {
    /// The file; `api-paste.ini` when no word is one. It is the first word without `=`.
    #[arg(default_value = FILE, hide_default_value = true, add = complete::files())]
    file: String,

    /// The caller's global settings, which factories see as if `[DEFAULT]` had them.
    #[arg(value_name = "KEY=VALUE", add = complete::only_globals())]
    more: Vec<String>,

    #[command(flatten)]
    directories: Directories,
}

/// `[FILE] [WORD]... [KEY=VALUE]...`, for commands that ask about something in a file. A word may be a URL,
/// which has `=` of its own.
#[derive(Args, Debug)]
pub(crate) struct Asking {
    /// The file; `api-paste.ini` when no word is one. It is the first word without `=`, unless that is no file
    /// and asks about something: METHOD URL, or a section such as `app:main`.
    #[arg(default_value = FILE, hide_default_value = true, add = complete::files())]
    file: String,

    /// What is asked about; and the caller's global settings (KEY=VALUE), which factories see as if
    /// `[DEFAULT]` had them.
    #[arg(value_name = "WORD", add = complete::asked())]
    more: Vec<String>,

    #[command(flatten)]
    directories: Directories,
}

/// The same words, told apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Words {
    pub(crate) file: PathBuf,
    pub(crate) names: Vec<String>,
    pub(crate) globals: Vec<(String, String)>,
}

impl Named {
    pub(crate) fn words(self) -> Words {
        let words = Words::sort(std::iter::once(self.file).chain(self.more));
        words.found_in(&self.directories)
    }
}

impl Whole {
    /// The words of the command `of`.
    ///
    /// # Errors
    ///
    /// A word that is neither the file nor `KEY=VALUE`.
    pub(crate) fn words(self, of: &str) -> Result<Words, clap::Error> {
        let words = Words::sort(std::iter::once(self.file).chain(self.more));
        match words.names.first() {
            None => Ok(words.found_in(&self.directories)),
            Some(name) => {
                let message =
                    format!("unexpected word `{name}`: only KEY=VALUE may follow the file");
                Err(wrong(of, message))
            }
        }
    }
}

impl Asking {
    pub(crate) fn words(self) -> Words {
        let mut words = Words { file: FILE.into(), ..Words::default() };
        let mut bare = Vec::new();
        for word in std::iter::once(self.file).chain(self.more) {
            match word.split_once('=') {
                Some((name, value)) if !name.contains('/') => {
                    words.globals.push((name.to_owned(), value.to_owned()));
                }
                _ => bare.push(word),
            }
        }
        let is_file = |word: &String| self.directories.find(Path::new(word)).exists();
        let names_a_file = bare.first().is_some_and(|word| is_file(word) || !is_question(&bare));
        if names_a_file {
            words.file = bare.remove(0).into();
        }
        words.names = bare;
        words.found_in(&self.directories)
    }
}

/// Whether words can only be what is asked about, without a file before it: `METHOD URL`, or `KIND:NAME`.
fn is_question(words: &[String]) -> bool {
    match words {
        [method, url] if is_request(method, url) => true,
        [section, ..] => Declared::of(section).is_some_and(|it| it.name.is_some()),
        [] => false,
    }
}

impl Words {
    fn sort(words: impl Iterator<Item = String>) -> Words {
        let mut sorted = Words { file: FILE.into(), ..Words::default() };
        let mut bare = Vec::new();
        for word in words {
            match word.split_once('=') {
                Some((name, value)) => sorted.globals.push((name.to_owned(), value.to_owned())),
                None => bare.push(word),
            }
        }
        let mut bare = bare.into_iter();
        if let Some(file) = bare.next() {
            sorted.file = file.into();
        }
        for name in bare {
            // Serving an app twice means nothing more than serving it once.
            if !sorted.names.contains(&name) {
                sorted.names.push(name);
            }
        }
        sorted
    }

    fn found_in(mut self, directories: &Directories) -> Words {
        self.file = directories.find(&self.file);
        self
    }

    /// # Errors
    ///
    /// The file cannot be read, or its lines are wrong.
    pub(crate) fn open(&self) -> Result<Loader, Problems> {
        Loader::open_with(&self.file, self.globals.clone()).map_err(|found| self.told(found))
    }

    /// The same for who tells everything that is wrong, lines among it.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn open_partly(&self) -> Result<Loader, Problems> {
        let loader = Loader::open_partly(Snapshot::default(), &self.file, self.globals.clone());
        loader.map_err(|found| self.told(found))
    }

    fn told(&self, mut problems: Problems) -> Problems {
        if self.file.exists() || self.file.is_absolute() {
            return problems;
        }
        // `impasto serve admin`
        let looks_so = !self.file.to_string_lossy().contains(['.', '/']);
        let is_name = looks_so && self.names.is_empty() && Path::new(FILE).exists();
        if let Some(problem) = problems.0.first_mut() {
            problem.help.push(match is_name {
                true => format!("the first word is the file: `{FILE} {}`", self.file.display()),
                false => Directories::STANDARD.to_owned(),
            });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::{Words, is_question};

    fn sort(words: &[&str]) -> Words {
        Words::sort(words.iter().map(|word| word.to_string()))
    }

    #[test]
    fn the_first_word_without_an_equals_sign_is_the_file() {
        let words =
            sort(&["debug=true", "a.ini", "public", "url=http://x/?a=b", "admin", "public"]);
        assert_eq!(words.file.to_str(), Some("a.ini"));
        assert_eq!(words.names, ["public", "admin"]);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(words.globals, [pair("debug", "true"), pair("url", "http://x/?a=b")]);
        assert_eq!(sort(&["debug=true"]).file.to_str(), Some("api-paste.ini"));
    }

    #[test]
    fn a_question_is_known_without_a_file() {
        let asks = |words: &[&str]| {
            is_question(&words.iter().map(|word| word.to_string()).collect::<Vec<_>>())
        };
        assert!(asks(&["GET", "/v2"]) && asks(&["app:main", "debug"]) && asks(&["pipeline:api"]));
        assert!(!asks(&["GET"]) && !asks(&["main"]) && !asks(&["a.ini", "GET", "/"]) && !asks(&[]));
        assert!(!asks(&["main", "debug"]) && !asks(&["c:file.ini"]));
    }
}
