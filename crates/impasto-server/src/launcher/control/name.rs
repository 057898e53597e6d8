//! The name of a socket, from the file that its master serves.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// How the names of sockets end.
pub(super) const SUFFIX: &str = ".sock";

/// As much of a file's name as keeps the whole path within the 107 bytes that a socket's may have.
const READABLE: usize = 32;

/// `api-paste-` and 16 digits that only this path has.
///
/// Links are not followed: a path means the same file tomorrow, wherever it leads then. The digits are
/// the same for every build, so that one version finds the master of another.
pub(super) fn of(file: &Path) -> io::Result<String> {
    let path = std::path::absolute(file)?;
    let stem = path.file_stem().map(OsStr::to_string_lossy).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let readable: String = stem.chars().take(READABLE).map(plain).collect();
    Ok(format!("{readable}-{:016x}{SUFFIX}", fnv(path.as_os_str().as_bytes())))
}

/// Whether a socket is one of ours by its name.
pub(super) fn is_one(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_suffix(SUFFIX)?.rsplit_once('-'));
    digits.is_some_and(|(_, digits)| {
        digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// FNV-1a.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_one_absolute_path() {
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
        let name = of(Path::new("/etc/app/api-paste.ini")).unwrap();
        assert_eq!(name, format!("api-paste-{:016x}.sock", fnv(b"/etc/app/api-paste.ini")));
        assert_eq!(of(Path::new("/etc//app/./api-paste.ini")).unwrap(), name);
        assert_ne!(of(Path::new("/etc/api-paste.ini")).unwrap(), name);
        let here = std::env::current_dir().unwrap();
        assert_eq!(of(Path::new("a.ini")).unwrap(), of(&here.join("a.ini")).unwrap());
    }

    #[test]
    fn any_file_has_a_short_plain_name() {
        for file in ["/", "/ä ö/\u{1b}[2J.ini", "/.ini", &format!("/{}", "x".repeat(4000))] {
            let name = of(Path::new(file)).unwrap();
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            assert!(name.chars().all(plain) && name.len() <= READABLE + 22, "{name}");
            assert!(is_one(OsStr::new(&name)));
        }
        assert!(of(Path::new("")).is_err());
        for other in ["api.sock", "api-8080.sock", "api-0123456789abcdef", ".lock"] {
            assert!(!is_one(OsStr::new(other)), "{other}");
        }
    }
}
