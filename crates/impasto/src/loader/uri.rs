//! References with a scheme: `config:`, `egg:` and `call:`.

use percent_encoding::percent_decode_str;

use crate::problem::{Code, Problem, nearest};

/// A reference that leads out of the file it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// `config:PATH#NAME`: a section of a file. The path is as written.
    Config {
        /// The file, relative to the directory of the file that refers to it.
        path: String,
        /// The section's name; `main` when the reference has none.
        name: Option<String>,
    },
    /// `egg:PACKAGE#NAME`: a factory that a package provides.
    Egg {
        /// The package.
        package: String,
        /// The factory's name; `main` when the reference has none.
        name: Option<String>,
    },
    /// `call:MODULE:ATTR`: a factory by its place in a program.
    Call {
        /// What follows `call:`, without a fragment.
        spec: String,
    },
}

const SCHEMES: [&str; 3] = ["config", "egg", "call"];

impl Uri {
    /// Reads a URI. Its fragment (from the first `#`) is a name.
    ///
    /// # Errors
    ///
    /// No scheme, an unknown one, or a `call:` that is not `MODULE:ATTR`; without place.
    pub fn parse(text: &str) -> Result<Uri, Problem> {
        let (text, name) = match text.split_once('#') {
            Some((text, name)) => (text, Some(name.to_owned())),
            None => (text, None),
        };
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(Problem::error(Code::NoScheme, format!("`{text}` has no scheme"))
                .help("write `config:FILE`, `egg:PACKAGE#NAME` or `call:MODULE:ATTR`"));
        };
        if scheme.eq_ignore_ascii_case("config") {
            return Ok(Uri::Config { path: rest.to_owned(), name });
        }
        if scheme.eq_ignore_ascii_case("egg") {
            return Ok(Uri::Egg { package: rest.to_owned(), name });
        }
        if !scheme.eq_ignore_ascii_case("call") {
            return Err(unknown_scheme(scheme));
        }
        match rest.matches(':').count() {
            1 => Ok(Uri::Call { spec: rest.to_owned() }),
            _ => Err(Problem::error(Code::BadReference, format!("`{text}` is no reference"))
                .help("write `call:MODULE:ATTR`")),
        }
    }

    /// Whether PasteDeploy takes a name for a URI: letters and a colon at its start.
    pub fn is_uri(name: &str) -> bool {
        let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
        letters > 0 && name[letters..].starts_with(':')
    }
}

fn unknown_scheme(scheme: &str) -> Problem {
    let problem = Problem::error(Code::UnknownScheme, format!("`{scheme}:` is no known scheme"));
    match nearest(scheme, SCHEMES) {
        Some(near) => problem.help(format!("did you mean `{near}:`?")),
        None => problem.help(
            "schemes are `config:`, `egg:` and `call:`; a name that begins with letters and a \
             colon is always taken for one",
        ),
    }
}

/// The file that a `config:` path means: seen from the directory `relative_to`, backslashes turned,
/// and then percent-decoded, directory and all.
pub(crate) fn config_path(path: &str, relative_to: &str) -> Result<String, Problem> {
    let absolute = path.starts_with('/');
    let mut path = path.replace('\\', "/");
    // PasteDeploy decodes the directory as well, and so cannot load from one with a `%` in its name.
    let mut directory = String::new();
    if !absolute {
        if relative_to.is_empty() {
            let message = format!("`config:{path}` is relative, and nothing says to what");
            return Err(Problem::error(Code::RelativeUri, message)
                .help("write the whole path: `config:/etc/...`"));
        }
        directory = relative_to.replace('\\', "/");
        if !directory.ends_with('/') {
            directory.push('/');
        }
        if directory.starts_with("///") {
            directory.drain(..2);
        }
    } else if path.starts_with("///") {
        path.drain(..2);
    }
    directory.push_str(&percent_decode_str(&path).decode_utf8_lossy());
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_and_schemes() {
        let config = |path: &str, name: Option<&str>| Uri::Config {
            path: path.into(),
            name: name.map(str::to_owned),
        };
        assert_eq!(Uri::parse("config:x.ini").unwrap(), config("x.ini", None));
        assert_eq!(Uri::parse("CONFIG:x.ini#a#b").unwrap(), config("x.ini", Some("a#b")));
        assert_eq!(Uri::parse("config:x.ini#").unwrap(), config("x.ini", Some("")));
        assert_eq!(Uri::parse("call:m:f#x").unwrap(), Uri::Call { spec: "m:f".into() });
        assert_eq!(Uri::parse("call:m").unwrap_err().code, Code::BadReference);
        assert_eq!(Uri::parse("call:m:f:g").unwrap_err().code, Code::BadReference);
        assert_eq!(Uri::parse("plain").unwrap_err().code, Code::NoScheme);
        assert_eq!(Uri::parse("eggs:x").unwrap_err().help, ["did you mean `egg:`?"]);
        assert!(Uri::is_uri("C:\\x") && Uri::is_uri("a:") && !Uri::is_uri("1:b"));
        assert!(!Uri::is_uri("a-b:c") && !Uri::is_uri(":c") && !Uri::is_uri("app"));
    }

    #[test]
    fn paths() {
        assert_eq!(config_path("a%20b.ini", "/d").unwrap(), "/d/a b.ini");
        assert_eq!(config_path("a.ini", "/d%20x/").unwrap(), "/d%20x/a.ini");
        assert_eq!(config_path("///etc/a.ini", "/d").unwrap(), "/etc/a.ini");
        assert_eq!(config_path("//etc/a.ini", "/d").unwrap(), "//etc/a.ini");
        assert_eq!(config_path("i\\a.ini", "/d").unwrap(), "/d/i/a.ini");
        assert!(config_path("a.ini", "").is_err());
    }
}
