//! `impasto new`

use std::io;
use std::path::{Path, PathBuf, absolute};

use clap::Args;
use impasto_workbench::{Origin, PackageName, Scaffold};
use serde_json::json;

use crate::asked::wrong;
use crate::complete;
use crate::exit::Exit;
use crate::output::{FormatArgs, print, print_json};

/// Writes an `api-paste.ini` to begin with, or a package that has a filter of its own.
///
/// The file has a pipeline, an app, a server and tests. The package is a program with all that comes with
/// impasto and one filter more; it has such a file too. Nothing is written where anything is in the way.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    /// Where to write; it is made where it is not there.
    #[arg(default_value = ".", hide_default_value = true, value_name = "DIR", add = complete::directories())]
    directory: PathBuf,

    /// Write a package of cargo.
    #[arg(long = "crate")]
    package: bool,

    /// What the package is called; by default as its directory is.
    #[arg(long, value_name = "NAME", requires = "package")]
    name: Option<String>,

    /// A checkout of impasto's repository whose crates the package uses, instead of those of the registry; by
    /// default the one in which this program lies, if it does.
    #[arg(long, value_name = "PATH", requires = "package", add = complete::directories())]
    checkout: Option<PathBuf>,

    #[command(flatten)]
    format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  impasto new                    an api-paste.ini in this directory
  impasto new --crate notes-api  a package with a filter of its own

Exit codes: 0 when all is written, 1 when a file is in the way or cannot be written.";

impl New {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let scaffold = match self.package {
            false => Ok(Scaffold::file()),
            true => self.scaffold(),
        };
        let scaffold = match scaffold {
            Ok(scaffold) => scaffold,
            Err(message) => return wrong("new", message).print().map(|()| Exit::Usage),
        };
        let directory = self.directory.strip_prefix(".").unwrap_or(&self.directory);
        if let Err(error) = scaffold.write(directory) {
            return self.format.refuse(error, None).map(|()| Exit::Cut);
        }
        let written = scaffold.paths().map(|path| directory.join(path).display().to_string());
        let written: Vec<String> = written.collect();
        if self.format.is_json() {
            print_json(&json!({ "written": written }))?;
        } else {
            written.iter().try_for_each(|path| print(format_args!("wrote {path}")))?;
        }
        Ok(Exit::Fine)
    }

    fn scaffold(&self) -> Result<Scaffold, String> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => named(&self.directory)?,
        };
        let name = PackageName::new(&name).map_err(|error| match &error.near {
            Some(near) => {
                format!("{error}\n\n  tip: `--name {}` calls it otherwise", near.as_str())
            }
            None => format!("{error}\n\n  tip: `--name` calls it otherwise"),
        })?;
        let origin = match &self.checkout {
            None => own_checkout().map_or(Origin::Registry, Origin::Checkout),
            Some(path) => Origin::Checkout(checkout(path)?),
        };
        Ok(Scaffold::package(&name, &origin))
    }
}

/// What a directory is called, which need not be there.
fn named(directory: &Path) -> Result<String, String> {
    let whole = directory.canonicalize().or_else(|_| absolute(directory));
    let whole = whole.map_err(|error| format!("{}: {error}", directory.display()))?;
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
    name.ok_or_else(|| format!("{} has no name; say one with `--name`", whole.display()))
}

/// The one that this program was built in, and has not been taken out of.
fn own_checkout() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program.ancestors().skip(1).find_map(|top| checkout(top).ok())
}

fn checkout(path: &Path) -> Result<PathBuf, String> {
    let top = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
    match top.join("crates/impasto-cli/Cargo.toml").is_file() && top.to_str().is_some() {
        true => Ok(top),
        false => Err(format!("{} is no checkout of impasto", path.display())),
    }
}
