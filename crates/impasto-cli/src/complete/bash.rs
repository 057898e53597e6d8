//! Bash. Its readline takes `filter:cors` for three words, which clap's own lines for it do not know.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap_complete::env::{self, EnvCompleter};

pub(super) struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        binary: &str,
        program: &str,
        to: &mut dyn io::Write,
    ) -> io::Result<()> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name: String = name.chars().map(|c| if is_word(c) { c } else { '_' }).collect();
        let lines = include_str!("bash.sh")
            .replace("@NAME@", &name)
            .replace("@VARIABLE@", variable)
            .replace("@BINARY@", &quoted(binary))
            .replace("@PROGRAM@", &quoted(program));
        to.write_all(lines.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        words: Vec<OsString>,
        directory: Option<&Path>,
        to: &mut dyn io::Write,
    ) -> io::Result<()> {
        env::Bash.write_complete(command, words, directory, to)
    }
}

/// One word, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
