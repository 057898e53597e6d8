//! The checks that oslo.middleware calls backends, with its words.

use std::borrow::Cow;
use std::path::PathBuf;

use impasto::SettingError;

/// What decides whether the server should be sent requests.
///
/// `exists` asks the operating system and waits for its answer. That is a matter of microseconds for a
/// file on a disk of one's own, far less than handing the question to another thread.
pub(super) enum Check {
    DisableByFile(Option<PathBuf>),
    DisableByFilesPorts(Vec<(u16, PathBuf)>),
    EnableByFiles(Vec<PathBuf>),
}

/// What a check came to.
pub(super) struct Outcome {
    pub(super) is_available: bool,
    pub(super) reason: &'static str,
    pub(super) details: Cow<'static, str>,
}

impl Outcome {
    pub(super) fn ok(details: impl Into<Cow<'static, str>>) -> Outcome {
        Outcome { is_available: true, reason: "OK", details: details.into() }
    }

    fn failed(reason: &'static str, details: impl Into<Cow<'static, str>>) -> Outcome {
        Outcome { is_available: false, reason, details: details.into() }
    }
}

impl Check {
    /// Makes the check for a request that came to `port`.
    pub(super) fn outcome(&self, port: Option<u16>) -> Outcome {
        const DISABLED: &str = "DISABLED BY FILE";
        match self {
            Check::DisableByFile(None) => {
                Outcome::ok("No 'disable_by_file_path' configuration value specified")
            }
            Check::DisableByFile(Some(path)) => match path.exists() {
                true => Outcome::failed(DISABLED, format!("Path '{}' was found", path.display())),
                false => Outcome::ok(format!("Path '{}' was not found", path.display())),
            },
            Check::DisableByFilesPorts(files) => {
                let mut own = files.iter().filter(|(own, _)| Some(*own) == port);
                match own.next_back() {
                    Some((_, path)) if path.exists() => Outcome::failed(DISABLED, ""),
                    _ => Outcome::ok(""),
                }
            }
            Check::EnableByFiles(paths) => match paths.iter().find(|path| !path.exists()) {
                Some(path) => {
                    let details = format!("File path {} is missing", path.display());
                    Outcome::failed("FILE PATH MISSING", details)
                }
                None => Outcome::ok("Specified file paths are available"),
            },
        }
    }
}

/// An item of `disable_by_file_paths`.
pub(super) fn port_and_path(item: &str) -> Result<(u16, PathBuf), SettingError> {
    let parsed = item.split_once(':').and_then(|(port, path)| {
        let port = port.parse().ok()?;
        (!path.is_empty()).then(|| (port, PathBuf::from(path)))
    });
    parsed.ok_or_else(|| {
        SettingError::new("disable_by_file_paths", format!("`{item}` is not a port and a path"))
            .help("an item is written `PORT:PATH`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_decide() {
        let directory = tempfile::tempdir().unwrap();
        let (here, gone) = (directory.path().to_owned(), directory.path().join("gone"));
        let ports =
            vec![(80, here.clone()), (81, gone.clone()), (82, gone.clone()), (82, here.clone())];
        let ports = Check::DisableByFilesPorts(ports);
        for (port, expected) in
            [(Some(80), false), (Some(81), true), (Some(82), false), (Some(83), true), (None, true)]
        {
            assert_eq!(ports.outcome(port).is_available, expected, "{port:?}");
        }
        let reason = |check: Check| check.outcome(None).reason;
        assert_eq!(reason(Check::DisableByFile(None)), "OK");
        assert_eq!(reason(Check::DisableByFile(Some(here.clone()))), "DISABLED BY FILE");
        assert_eq!(reason(Check::EnableByFiles(vec![here.clone()])), "OK");
        assert_eq!(reason(Check::EnableByFiles(vec![here, gone])), "FILE PATH MISSING");
    }

    #[test]
    fn what_is_no_port_and_path_is_refused() {
        for item in ["/run/x", "80", "80:", "x:/run/x", "65536:/run/x"] {
            let message = format!("`disable_by_file_paths`: `{item}` is not a port and a path");
            assert_eq!(port_and_path(item).unwrap_err().to_string(), message);
        }
    }
}
