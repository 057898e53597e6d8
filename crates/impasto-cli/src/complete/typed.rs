//! What stands before the word that is completed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory};

use crate::command::Command;
use crate::locate::Directories;
use crate::words::FILE;

/// The words so far, as far as they mean something.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// From the program's own to those of the innermost command.
    levels: Vec<ArgMatches>,
    command: String,
}

impl Typed {
    /// What the shell hands over, which clap's engine does not pass on.
    pub(super) fn now() -> Typed {
        let words: Vec<OsString> = env::args_os().skip_while(|word| word != "--").skip(1).collect();
        let index = env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
        // Some shells hand over all up to the word, and no number.
        let index = index.unwrap_or(words.len().saturating_sub(1)).min(words.len());
        Typed::of(&words[..index])
    }

    pub(super) fn of(words: &[OsString]) -> Typed {
        let command = Command::command().ignore_errors(true);
        let mut typed = Typed::default();
        let mut next = command.try_get_matches_from(words).ok();
        while let Some(mut matches) = next {
            next = matches.remove_subcommand().map(|(name, matches)| {
                typed.command = name;
                matches
            });
            typed.levels.push(matches);
        }
        typed
    }

    /// The name of the innermost command.
    pub(super) fn command(&self) -> &str {
        &self.command
    }

    /// The words of an argument.
    pub(super) fn all(&self, id: &str) -> Vec<&OsStr> {
        let found = self.levels.iter().rev().find_map(|it| it.try_get_raw(id).ok().flatten());
        found.into_iter().flatten().collect()
    }

    /// The word of an argument.
    pub(super) fn one(&self, id: &str) -> Option<&str> {
        self.all(id).first()?.to_str()
    }

    /// The words behind the file, without `KEY=VALUE`.
    pub(super) fn names(&self) -> Vec<&OsStr> {
        self.bare().into_iter().skip(1).collect()
    }

    /// The file, where it is looked for.
    pub(super) fn file(&self) -> PathBuf {
        let directories = self.all("config_dir").into_iter().map(PathBuf::from);
        let file = self.bare().first().map_or(FILE.into(), PathBuf::from);
        Directories::of(directories.collect()).find(&file)
    }

    fn bare(&self) -> Vec<&OsStr> {
        let words = self.all("file").into_iter().chain(self.all("more"));
        words.filter(|word| !word.as_encoded_bytes().contains(&b'=')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Typed {
        Typed::of(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn half_a_command_line_has_a_meaning() {
        for (line, command, file, names) in [
            ("impasto", "", "api-paste.ini", &[][..]),
            ("impasto check", "check", "api-paste.ini", &[]),
            ("impasto serve a=b x.ini public", "serve", "x.ini", &["public"]),
            ("impasto explain --json x.ini app:main", "explain", "x.ini", &["app:main"]),
            ("impasto explain x.ini --app", "explain", "x.ini", &[]),
            ("impasto edit x.ini", "edit", "x.ini", &[]),
            ("impasto edit x.ini add", "add", "x.ini", &[]),
            ("impasto edit x.ini add main cors --before", "add", "x.ini", &[]),
            ("impasto no-such x.ini", "", "api-paste.ini", &[]),
        ] {
            let typed = typed(line);
            assert_eq!((typed.command(), typed.file()), (command, file.into()), "{line}");
            assert_eq!(typed.names(), names, "{line}");
        }
        let typed = typed("impasto edit x.ini add main cors --before");
        assert_eq!((typed.one("pipeline"), typed.one("filter")), (Some("main"), Some("cors")));
    }
}
