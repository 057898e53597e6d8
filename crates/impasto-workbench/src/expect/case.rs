//! A `[test:NAME]` section.

use http::HeaderName;
use impasto::ini::{Section, split};
use impasto::{Loader, Place, Problem, Problems};

use super::compare::Text;
use super::section::{Reader, statuses};
use crate::Question;

/// A request, and what is expected of the answer.
///
/// ```ini
/// [test:cors]
/// request = GET /v2.1/servers
/// header.Origin = https://horizon.example.org
/// status = 200
/// expect.header.Access-Control-Allow-Origin = https://horizon.example.org
/// expect.body = /^\{"servers"/
/// answered_by = backend
/// passes = request_id cors
/// ```
///
/// | option | meaning |
/// |---|---|
/// | `request` | the method and the URL |
/// | `header.NAME` | a header of the request |
/// | `body` | its body |
/// | `app` | the app that is asked; by default that of [`entrance`](crate::entrance) |
/// | `status` | the statuses that are right: `200`, `401 403`, `2xx` |
/// | `expect.header.NAME` | a value of the answer's header, or `/regex/`; nothing where it must not be there |
/// | `expect.body` | the answer's body, white space around it aside, or `/regex/` |
/// | `answered_by` | the name of the layer whose answer it is |
/// | `passes` | filters that the request comes to, in this order; others may lie between |
pub struct Case {
    name: String,
    place: Place,
    pub(super) app: Option<String>,
    pub(super) question: Question,
    pub(super) expected: Expected,
}

/// What is expected of an answer.
#[derive(Default)]
pub(super) struct Expected {
    /// From and to.
    pub(super) status: Option<Vec<(u16, u16)>>,
    /// `None` for one that must not be there.
    pub(super) headers: Vec<(HeaderName, Option<Text>)>,
    pub(super) body: Option<Text>,
    pub(super) answered_by: Option<String>,
    pub(super) passes: Vec<String>,
}

const KNOWN: [&str; 9] = [
    "request",
    "header.",
    "body",
    "app",
    "status",
    "expect.header.",
    "expect.body",
    "answered_by",
    "passes",
];

impl Case {
    /// The tests of a file, in its order.
    ///
    /// # Errors
    ///
    /// All that is wrong with their sections.
    pub fn all(loader: &Loader) -> Result<Vec<Case>, Problems> {
        let sections = loader.document().into_iter().flat_map(|document| document.sections());
        let named = sections.filter_map(|section| {
            Some((section.name().strip_prefix("test:")?.trim().to_owned(), section))
        });
        let (mut cases, mut problems) = (Vec::new(), Vec::new());
        for (name, section) in named {
            match Case::read(name, section) {
                Ok(case) => cases.push(case),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(cases) } else { Err(Problems(problems)) }
    }

    /// Its name: what stands behind `test:`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its section is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    fn read(name: String, section: Section<'_>) -> Result<Case, Vec<Problem>> {
        let mut reader = Reader::new(section, &KNOWN);
        let mut expected = Expected {
            answered_by: reader.text("answered_by").map(|name| name.trim().to_owned()),
            passes: reader.words("passes"),
            ..Expected::default()
        };
        if let Some(entry) = reader.entry("status") {
            match statuses(entry.raw()) {
                Ok(statuses) if !statuses.is_empty() => expected.status = Some(statuses),
                Ok(_) => reader.wrong(entry, "a status is missing"),
                Err(wrong) => reader.wrong(entry, wrong),
            }
        }
        if let Some(entry) = reader.entry("expect.body") {
            match Text::read(entry.raw()) {
                Ok(body) => expected.body = Some(body),
                Err(wrong) => reader.wrong(entry, wrong),
            }
        }
        for (name, entry) in reader.below("expect.header.").collect::<Vec<_>>() {
            let text = match entry.raw() {
                "" => Ok(None),
                raw => Text::read(raw).map(Some),
            };
            match (HeaderName::try_from(name), text) {
                (Ok(name), Ok(text)) => expected.headers.push((name, text)),
                (Err(_), _) => reader.wrong(entry, format!("`{name}` is not the name of a header")),
                (_, Err(wrong)) => reader.wrong(entry, wrong),
            }
        }
        let question = question(&mut reader, "test");
        match question {
            Some(question) if reader.problems.is_empty() => Ok(Case {
                name,
                place: section.place(),
                app: reader.text("app").map(|app| app.trim().to_owned()),
                question,
                expected,
            }),
            _ => Err(reader.problems),
        }
    }
}

/// The request of a section: `request`, `header.NAME` and `body`.
pub(super) fn question(reader: &mut Reader<'_>, kind: &str) -> Option<Question> {
    let Some(entry) = reader.entry("request") else {
        let message = format!("this {kind} has no request");
        reader.missing(message, "write `request = METHOD URL`");
        return None;
    };
    let words: Vec<&str> = split(entry.raw()).collect();
    let [method, url] = words[..] else {
        reader.wrong(entry, "a request is a method and a URL: `GET /v2/servers`");
        return None;
    };
    let headers = reader.below("header.").map(|(name, entry)| format!("{name}:{}", entry.raw()));
    match Question::new(method, url, &headers.collect::<Vec<_>>()) {
        Ok(question) => Some(match reader.text("body") {
            Some(body) => question.with_body(body),
            None => question,
        }),
        Err(wrong) => {
            reader.wrong(entry, wrong);
            None
        }
    }
}
