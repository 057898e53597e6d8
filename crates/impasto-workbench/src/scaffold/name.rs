//! Names of packages.

use thiserror::Error;

/// A name that a package of cargo may have whose library and program are called by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageName(String);

/// Why a package cannot be called so.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a package cannot be called {name:?}: {why}")]
pub struct WrongName {
    name: String,
    why: &'static str,
    /// A name like it that a package can have.
    pub near: Option<PackageName>,
}

/// The longest that crates.io takes, in characters.
const LONGEST: usize = 64;

/// Strict and reserved keywords of Rust 2024 (<https://doc.rust-lang.org/reference/keywords.html>); those in
/// upper case are no names either way.
#[rustfmt::skip]
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct",
    "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Crates that every package sees, or that this one depends on; `test` is one of Rust's.
const TAKEN: [&str; 8] =
    ["alloc", "anyhow", "core", "proc_macro", "schemars", "serde", "std", "test"];

/// Directories in which cargo keeps what it builds, beside the program.
const OF_CARGO: [&str; 4] = ["build", "deps", "examples", "incremental"];

impl PackageName {
    /// # Errors
    ///
    /// Why it is none.
    pub fn new(name: &str) -> Result<PackageName, WrongName> {
        match wrong(name) {
            None => Ok(PackageName(name.to_owned())),
            Some(why) => Err(WrongName { name: name.to_owned(), why, near: near(name) }),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What Rust calls the library.
    pub fn library(&self) -> String {
        self.0.replace('-', "_")
    }
}

fn wrong(name: &str) -> Option<&'static str> {
    let library = name.replace('-', "_");
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("it must begin with a letter from `a` to `z`");
    }
    if !name.chars().all(is_of_name) {
        return Some("only letters from `a` to `z`, digits, `-` and `_` may be in it");
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return Some("Rust wants names of crates in lower case");
    }
    if name.len() > LONGEST {
        return Some("it is longer than 64 characters");
    }
    if KEYWORDS.contains(&library.as_str()) {
        return Some("that is a keyword of Rust");
    }
    if TAKEN.contains(&library.as_str()) || library.split('_').next() == Some("impasto") {
        return Some("a crate that it needs is called so");
    }
    OF_CARGO.contains(&name).then_some("cargo has a directory of that name beside the program")
}

/// The same with what is allowed only.
fn near(name: &str) -> Option<PackageName> {
    let folded = name.to_lowercase();
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let joined = words.join("-");
    let plain = joined.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let short = plain.get(..LONGEST.min(plain.len()))?.trim_end_matches('-');
    let other = format!("my-{short}");
    let names = [short, &other].into_iter().filter(|_| !short.is_empty());
    names.map(str::to_owned).find(|name| wrong(name).is_none()).map(PackageName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_are_taken_as_they_are() {
        for name in ["a", "my-service", "my_service2", "async-api", &"a".repeat(64)] {
            assert_eq!(PackageName::new(name).unwrap().as_str(), name);
        }
        assert_eq!(PackageName::new("my-service").unwrap().library(), "my_service");
    }

    #[test]
    fn wrong_names_have_good_ones_near() {
        for (name, near) in [
            ("", None),
            ("42", None),
            ("日本", None),
            ("My Service", Some("my-service")),
            ("2fa", Some("fa")),
            ("a/b", Some("a-b")),
            ("naïve", Some("na-ve")),
            ("_x", Some("x")),
            ("async", Some("my-async")),
            ("proc-macro", Some("my-proc-macro")),
            ("serde", Some("my-serde")),
            ("impasto-cli", Some("my-impasto-cli")),
            ("impasto", Some("my-impasto")),
            ("build", Some("my-build")),
        ] {
            let error = PackageName::new(name).unwrap_err();
            assert_eq!(error.near.as_ref().map(PackageName::as_str), near, "{name}: {error}");
        }
        let long = PackageName::new(&"a".repeat(65)).unwrap_err();
        assert_eq!(long.near.unwrap().as_str(), "a".repeat(64));
    }
}
