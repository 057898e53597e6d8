//! The page that shows what is in a directory.

use std::fmt::Write;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use impasto::{Body, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use rustix::fs::{AtFlags, Dir, FileType, statat};

use super::beneath::Beneath;

/// More are not shown: such a page helps nobody, and costs.
const MANY: usize = 10_000;

/// What stands in a link as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The page of the directory at `path`, as the request has it; `None` where there is none.
pub(super) async fn page(beneath: &Beneath, path: &str) -> Option<Response> {
    let directory = decoded(path)?;
    let beneath = beneath.clone();
    let names =
        tokio::task::spawn_blocking(move || names(&beneath, &directory)).await.ok()?.ok()?;
    let mut response = Response::new(Body::from(html(&names)));
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    Some(response)
}

/// The path below the root that a request names, where every segment is the name of something.
fn decoded(path: &str) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let name: Vec<u8> = percent_decode_str(segment).collect();
        let is_name = !name.contains(&b'/') && !name.contains(&0) && name != b"." && name != b"..";
        found.push(std::ffi::OsStr::from_bytes(Some(&*name).filter(|_| is_name)?));
    }
    Some(found)
}

/// The names in a directory, those of directories with a `/` behind. Hidden ones are not among them, nor is
/// what is not served.
fn names(beneath: &Beneath, path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let directory = beneath.directory(path)?;
    let flags = if beneath.follows() { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    let mut names = Vec::new();
    for entry in Dir::read_from(&directory)?.take(MANY) {
        let entry = entry?;
        let name = entry.file_name();
        // A link to nothing, and what was removed just now.
        let Ok(found) = statat(&directory, name, flags) else { continue };
        let mut name = name.to_bytes().to_vec();
        match FileType::from_raw_mode(found.st_mode) {
            _ if name.starts_with(b".") => continue,
            FileType::RegularFile => {}
            FileType::Directory => name.push(b'/'),
            _ => continue,
        }
        names.push(name);
    }
    names.sort_by_key(|name| (!name.ends_with(b"/"), name.clone()));
    Ok(names)
}

fn html(names: &[Vec<u8>]) -> String {
    let mut page =
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Files</title>\n<ul>\n".to_owned();
    for name in names {
        let (bare, slash) = match name.strip_suffix(b"/") {
            Some(bare) => (bare, "/"),
            None => (&**name, ""),
        };
        let shown = String::from_utf8_lossy(bare);
        // Writing to memory does not fail. The `./` keeps `a:b` from being a scheme.
        let _ = writeln!(
            page,
            "<li><a href=\"./{}{slash}\">{}{slash}</a>",
            percent_encode(bare, PLAIN),
            escaped(&shown),
        );
    }
    page.push_str("</ul>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_only_names_on_the_page() {
        let page = html(&[b"<b>&\"/".to_vec(), b"a b:\xff".to_vec()]);
        assert!(page.contains("<a href=\"./%3Cb%3E%26%22/\">&lt;b&gt;&amp;&quot;/</a>"), "{page}");
        assert!(page.contains("<a href=\"./a%20b%3A%FF\">a b:\u{fffd}</a>"), "{page}");
    }

    #[test]
    fn a_path_leads_downwards_only() {
        assert_eq!(decoded("/a//b%20c/"), Some(PathBuf::from("a/b c")));
        for path in ["/..", "/%2e%2e/", "/a%2fb", "/a%00", "/a/./b", "/%2E"] {
            assert_eq!(decoded(path), None, "{path}");
        }
    }
}
