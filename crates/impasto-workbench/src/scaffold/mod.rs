//! The files that a new service begins with.

mod name;
mod write;

use std::path::{Path, PathBuf};

pub use name::{PackageName, WrongName};
pub use write::ScaffoldError;

/// Files that are to be written. They come from `templates` of this crate.
#[derive(Clone, Debug)]
pub struct Scaffold {
    files: Vec<(&'static str, String)>,
}

/// Where a package finds the crates of impasto.
#[derive(Clone, Debug)]
pub enum Origin {
    /// In the registry, in the version of this crate.
    Registry,
    /// In a checkout of impasto's repository, by its absolute path.
    Checkout(PathBuf),
}

/// What the package depends on; its manifest has each between two `@`.
const CRATES: [&str; 5] =
    ["impasto", "impasto-cli", "impasto-filters", "impasto-testing", "impasto-workbench"];

impl Scaffold {
    /// An `api-paste.ini`.
    pub fn file() -> Scaffold {
        Scaffold {
            files: vec![(
                "api-paste.ini",
                include_str!("../../templates/api-paste.ini").to_owned(),
            )],
        }
    }

    /// A package of cargo: a filter, a program that has it, and an `api-paste.ini` that uses it, with tests of both.
    pub fn package(name: &PackageName, origin: &Origin) -> Scaffold {
        let templates = [
            ("Cargo.toml", include_str!("../../templates/package/Cargo.toml.in")),
            (".gitignore", include_str!("../../templates/package/gitignore")),
            ("README.md", include_str!("../../templates/package/README.md")),
            ("api-paste.ini", include_str!("../../templates/package/api-paste.ini")),
            ("src/lib.rs", include_str!("../../templates/package/src/lib.rs")),
            ("src/main.rs", include_str!("../../templates/package/src/main.rs")),
            ("tests/file.rs", include_str!("../../templates/package/tests/file.rs")),
        ];
        let files = templates.map(|(path, template)| {
            let text = template
                .replace("@NAME@", name.as_str())
                .replace("@LIB@", &name.library())
                .replace("@RUST@", env!("CARGO_PKG_RUST_VERSION"));
            let with = |text: String, it: &&str| text.replace(&format!("@{it}@"), &origin.of(it));
            (path, CRATES.iter().fold(text, with))
        });
        Scaffold { files: files.into() }
    }

    /// The files, by their paths within the directory.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.files.iter().map(|(path, _)| *path)
    }

    /// Writes all files into a directory, which is made where it is not there.
    ///
    /// # Errors
    ///
    /// A file that is there already, or cannot be written. Then nothing has been written.
    pub fn write(&self, directory: &Path) -> Result<(), ScaffoldError> {
        write::all(directory, &self.files)
    }
}

impl Origin {
    /// What a manifest says of a dependency.
    fn of(&self, name: &str) -> String {
        match self {
            Origin::Registry => quoted(env!("CARGO_PKG_VERSION")),
            Origin::Checkout(top) => {
                let path = top.join("crates").join(name);
                format!("{{ path = {} }}", quoted(&path.to_string_lossy()))
            }
        }
    }
}

/// A string of TOML, which escapes as JSON does.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'a>(scaffold: &'a Scaffold, path: &str) -> &'a str {
        let (_, text) = scaffold.files.iter().find(|(it, _)| *it == path).unwrap();
        text
    }

    #[test]
    fn a_package_is_named_wherever_its_name_is_needed() {
        let name = PackageName::new("my-service").unwrap();
        let scaffold = Scaffold::package(&name, &Origin::Registry);
        for (path, text) in &scaffold.files {
            let is_left = text.split('@').any(|it| it == "LIB" || it == "NAME" || it == "RUST");
            assert!(!is_left && !text.contains("@impasto"), "{path}:\n{text}");
        }
        assert!(text(&scaffold, "src/main.rs").contains("\nuse my_service as _;\n"));
        assert!(text(&scaffold, "api-paste.ini").contains("\nuse = egg:my-service#api_version\n"));
        let version = concat!("\nimpasto-cli = \"", env!("CARGO_PKG_VERSION"), "\"\n");
        assert!(text(&scaffold, "Cargo.toml").contains(version));
    }

    #[test]
    fn a_path_is_quoted() {
        let name = PackageName::new("a").unwrap();
        let scaffold = Scaffold::package(&name, &Origin::Checkout("/a \"b\\c".into()));
        let line = r#"impasto-cli = { path = "/a \"b\\c/crates/impasto-cli" }"#;
        assert!(text(&scaffold, "Cargo.toml").contains(line));
    }
}
