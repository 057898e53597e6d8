//! Standard output and error. Colours reach terminals only, and never where `NO_COLOR` is set.

mod indented;

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};

use clap::ValueEnum;
use impasto::Problems;
use serde::Serialize;
use serde_json::json;

use indented::write_indented;

/// For whom a command writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON value on standard output, also where something is refused.
    Json,
}

/// `--format` and its short form.
#[derive(clap::Args, Debug)]
pub(crate) struct FormatArgs {
    /// For whom to write.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    format: Format,

    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format", global = true)]
    json: bool,
}

impl FormatArgs {
    pub(crate) fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }

    /// What is wrong with a file.
    pub(crate) fn tell_of(&self, problems: &Problems) -> io::Result<()> {
        match self.is_json() {
            true => print_json(&json!({ "problems": problems.to_json() })),
            false => complain_of(problems),
        }
    }

    /// Why something is not done, and what would help.
    pub(crate) fn refuse(&self, why: impl Display, help: Option<&str>) -> io::Result<()> {
        if self.is_json() {
            return print_json(&json!({ "error": why.to_string(), "help": help }));
        }
        complain(format_args!("error: {why}"))?;
        help.map_or(Ok(()), |help| complain(format_args!("  = help: {help}")))
    }
}

/// A line, or several, on standard output.
pub(crate) fn print(text: impl Display) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()
}

/// A text on standard output, byte for byte.
pub(crate) fn print_text(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// A value on standard output.
pub(crate) fn print_json(value: &impl Serialize) -> io::Result<()> {
    write_indented(io::stdout().lock(), value)
}

/// A line, or several, on standard error.
pub(crate) fn complain(text: impl Display) -> io::Result<()> {
    writeln!(anstream::stderr().lock(), "{text}")
}

/// Problems on standard error, as people read them.
pub(crate) fn complain_of(problems: &Problems) -> io::Result<()> {
    complain(problems.render(true))
}

/// `1 error`, `2 errors`
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// Standard output for a command alone: as long as this lives, what factories print goes to standard error.
pub(crate) struct OwnOutput(File);

impl OwnOutput {
    pub(crate) fn take() -> io::Result<OwnOutput> {
        let own = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
        rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        Ok(OwnOutput(File::from(own)))
    }

    /// The same for somebody else to write to.
    pub(crate) fn file(&self) -> io::Result<File> {
        self.0.try_clone()
    }

    /// A line, or several.
    pub(crate) fn print(&mut self, text: impl Display) -> io::Result<()> {
        self.0.write_all(format!("{text}\n").as_bytes())
    }

    /// A value.
    pub(crate) fn print_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        write_indented(&self.0, value)
    }
}

impl Drop for OwnOutput {
    fn drop(&mut self) {
        // Where this fails, nothing is left that could tell.
        let _ = rustix::stdio::dup2_stdout(&self.0);
    }
}
