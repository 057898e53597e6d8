//! Cases as text: an INI file, and beside it what is to be said of it.

use std::fs;
use std::path::{Path, PathBuf};

use impasto::{Loader, Problems};

/// Set to write what is expected anew from what is found.
pub const REWRITE: &str = "IMPASTO_REWRITE";

/// An INI file of a directory of cases. `NAME.args` beside it may hold a caller's globals, a
/// `key=value` on each line.
pub struct Case {
    path: PathBuf,
}

impl Case {
    /// The INI files of a directory, sorted by name. Directories in it hold what cases include.
    pub fn all(directory: &Path) -> Vec<Case> {
        ini_files(directory).into_iter().map(|path| Case { path }).collect()
    }

    /// The file's name without its ending.
    pub fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).expect("names are UTF-8")
    }

    /// All that is wrong with the file: what `impasto check` finds.
    pub fn problems(&self) -> Problems {
        let words = fs::read_to_string(self.path.with_extension("args")).unwrap_or_default();
        let globals = words.lines().map(|word| word.split_once('=').expect("key=value"));
        match Loader::open_with(&self.path, globals) {
            Ok(loader) => loader.check(),
            Err(problems) => problems,
        }
    }

    /// Text without the place of the directory, as it reads for whoever works in it.
    pub fn relative(&self, text: &str) -> String {
        let directory = self.path.parent().expect("cases are in a directory");
        text.replace(&format!("{}/", directory.display()), "")
    }

    /// What `NAME.expected` holds; nothing when it is not there.
    pub fn expected(&self) -> String {
        fs::read_to_string(self.path.with_extension("expected")).unwrap_or_default()
    }

    /// How `found` differs from what is expected, if it does. Writes it instead where that is asked.
    pub fn compare(&self, found: &str) -> Option<String> {
        let found = format!("{}\n", self.relative(found));
        if std::env::var_os(REWRITE).is_some() {
            fs::write(self.path.with_extension("expected"), found).expect("writable");
            return None;
        }
        let expected = self.expected();
        let name = self.name();
        (found != expected).then(|| format!("{name} expected:\n{expected}\nfound:\n{found}"))
    }
}

/// Names a directory with `edgecases` (INI files, `expected/*.json`, `ARGS.tsv`) and `corpus`
/// (INI files of real projects, which may not be copied).
const SHARED: &str = "IMPASTO_SHARED";

/// A directory of files from outside the project: of the directory that `IMPASTO_SHARED` names, else of
/// `shared` beside the checkout. `None` where that is not there, and then it is said.
pub fn shared(part: &str) -> Option<PathBuf> {
    let directory = std::env::var_os(SHARED)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let directory = directory.join(part).canonicalize().ok();
    match &directory {
        Some(directory) => println!("comparing {}", directory.display()),
        None => println!("not compared: no {part} in the directory that {SHARED} names"),
    }
    directory
}

/// The INI files of a directory, sorted by name.
pub fn ini_files(directory: &Path) -> Vec<PathBuf> {
    let files = directory.read_dir().expect("readable");
    let mut files: Vec<_> = files
        .map(|file| file.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ini"))
        .collect();
    files.sort();
    files
}
