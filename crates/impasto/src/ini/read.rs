//! From bytes to text.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::problem::{Code, Place, Problem, Source};

/// The largest file that is read, in bytes: 64 MiB.
pub const MAX_FILE_SIZE: u64 = 64 << 20;

/// Reads a regular file of UTF-8, with or without a byte order mark. `name` is what it is called in
/// problems.
///
/// # Errors
///
/// The file is unreadable, not UTF-8 or larger than [`MAX_FILE_SIZE`].
pub fn read(path: &Path, name: &str) -> Result<Arc<Source>, Problem> {
    let unreadable = |reason: &dyn std::fmt::Display| {
        let problem = Problem::error(Code::UnreadableFile, format!("cannot read {name}: {reason}"));
        match name {
            "-" => problem.help("the standard input is not read: what a file names lies beside it"),
            _ => problem,
        }
    };
    // A FIFO would block in open, a device never end: look before opening.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&reason(&error)))?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "it is a directory" } else { "it is not a regular file" };
        return Err(unreadable(&what));
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(MAX_FILE_SIZE) as usize + 1);
    let file = File::open(path).map_err(|error| unreadable(&reason(&error)))?;
    file.take(MAX_FILE_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&reason(&error)))?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        let limit = MAX_FILE_SIZE >> 20;
        let message = format!("{name} is larger than {limit} MiB");
        return Err(Problem::error(Code::FileTooLarge, message));
    }
    decode(name, bytes)
}

/// PasteDeploy decodes by the locale and keeps a byte order mark as text; UTF-8 is what it reads
/// under every locale in use today.
pub(crate) fn decode(name: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Problem> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[at];
            let before = String::from_utf8_lossy(&error.as_bytes()[..at]).len();
            let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Source::new(name, lossy);
            let message = format!("byte 0x{byte:02x} at offset {at} is not UTF-8");
            return Err(Problem::error(Code::NotUtf8, message)
                .at(Place::new(&source, before..before + '\u{fffd}'.len_utf8()))
                .help("save the file as UTF-8"));
        }
    };
    Ok(Source::new(name, text))
}

/// The system's words without their number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_byte_has_a_place() {
        let problem = decode("x.ini", b"[app:main]\nname = caf\xe9\n".to_vec()).unwrap_err();
        let place = problem.place.unwrap();
        assert_eq!((place.line(), place.column()), (2, 11));
        assert_eq!(problem.message, "byte 0xe9 at offset 21 is not UTF-8");
    }

    #[test]
    fn a_device_is_not_read() {
        let problem = read(Path::new("/dev/zero"), "/dev/zero").unwrap_err();
        assert_eq!(problem.message, "cannot read /dev/zero: it is not a regular file");
        assert!(problem.help.is_empty());
        let problem = read(Path::new("-"), "-").unwrap_err();
        assert!(problem.help[0].starts_with("the standard input is not read"), "{problem:?}");
    }
}
