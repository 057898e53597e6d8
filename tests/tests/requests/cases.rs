use std::fs;
use std::path::{Path, PathBuf};

use crate::escape;

/// A file of cases. Each is a line with its name, the request, and what comes of it:
///
/// ```text
/// a body with a length
/// | POST / HTTP/1.1
/// | host: test
/// | content-length: 2
/// |
/// | ok\
/// = 200 kept
/// > POST /
/// > content-length: 2
/// >
/// > ok
/// ```
///
/// A line of the request ends with CRLF, unless a `\` is its last character; [`escape`] has the other
/// escapes. `$` behind it is a client that ends its side then. `=` has the statuses of all answers, and
/// whether the connection is `kept` or `closed`. `>` is what the app saw, but for
/// `host: test`. Lines with `#` are comments.
pub(crate) struct Family {
    path: PathBuf,
    pub(crate) cases: Vec<Case>,
}

#[derive(Clone)]
pub(crate) struct Case {
    name: String,
    pub(crate) request: Vec<u8>,
    /// Whether the client has nothing to say after it.
    pub(crate) ends: bool,
    pub(crate) expected: String,
}

impl Family {
    /// All that there are.
    pub(crate) fn all() -> Vec<Family> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/requests");
        let files = directory.read_dir().expect("the directory of the cases can be read");
        let mut paths: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
        paths.sort();
        paths.into_iter().map(Family::read).collect()
    }

    fn read(path: PathBuf) -> Family {
        let text = fs::read_to_string(&path).expect("readable");
        let mut cases: Vec<Case> = Vec::new();
        for line in text.lines() {
            let (kind, rest) = line.split_at(line.len().min(1));
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            match (kind, cases.last_mut()) {
                ("" | "#", _) => {}
                ("|", Some(case)) => case.add(rest),
                ("$", Some(case)) => case.ends = true,
                ("=" | ">", Some(case)) => case.expected += &format!("{line}\n"),
                ("|" | "$" | "=" | ">", None) => panic!("{path:?}: `{line}` belongs to no case"),
                _ => cases.push(Case::named(line)),
            }
        }
        Family { path, cases }
    }

    /// How what is found for a case differs from what is expected, if it does.
    pub(crate) fn differs(&self, place: usize, found: &str) -> Option<String> {
        let Case { name, expected, .. } = &self.cases[place];
        let family = self.path.file_stem().unwrap_or_default().display();
        (expected != found)
            .then(|| format!("{family}: {name}\nexpected:\n{expected}found:\n{found}"))
    }

    /// Writes what is found in the place of what is expected.
    pub(crate) fn rewrite<'f>(&self, found: impl Iterator<Item = &'f str>) {
        let (mut text, mut found) = (String::new(), found);
        let old = fs::read_to_string(&self.path).expect("readable");
        let mut is_open = false;
        for line in old.lines() {
            let is_request = line.starts_with(['|', '$']);
            if is_open && !is_request {
                text += found.next().expect("one for each case");
            }
            is_open = is_request;
            if !line.starts_with(['=', '>']) {
                text += &format!("{line}\n");
            }
        }
        if is_open {
            text += found.next().expect("one for each case");
        }
        fs::write(&self.path, text).expect("writable");
    }
}

impl Case {
    fn named(name: &str) -> Case {
        let (name, expected) = (name.to_owned(), String::new());
        Case { name, request: Vec::new(), ends: false, expected }
    }

    /// One that the server is to end the connection behind, whatever it answers.
    pub(crate) fn closing(request: Vec<u8>) -> Case {
        Case { request, ..Case::named("") }
    }

    fn add(&mut self, line: &str) {
        // A backslash that ends a line is one that no other escapes.
        let slashes = line.len() - line.trim_end_matches('\\').len();
        match slashes % 2 {
            1 => self.request.extend(escape::bytes(&line[..line.len() - 1])),
            _ => self.request.extend(escape::bytes(&format!("{line}\\r\\n"))),
        }
    }

    /// The number of answers that are expected.
    pub(crate) fn answers(&self) -> usize {
        let line = self.expected.lines().next().unwrap_or_default();
        let is_status = |word: &&str| word.parse().is_ok_and(|status: u16| status >= 200);
        line.split(' ').filter(is_status).count()
    }

    /// Whether the connection is expected to outlive them.
    pub(crate) fn is_kept(&self) -> bool {
        self.expected.lines().next().is_some_and(|line| line.ends_with(" kept"))
    }
}
