//! Questions, and who is asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use http::uri::Scheme;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use impasto::{App, Body, Connection, Loader, Request};
use impasto_filters as _;
use impasto_tests::oracle::{answers, nova_sources};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A paste file with an app `main`, and what its app is asked.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question {
    pub(crate) file: String,
    /// Where basic_auth of oslo.middleware has its users; it reads no section.
    pub(crate) htpasswd: Option<String>,
    pub(crate) requests: Vec<Asked>,
}

/// A request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) is_sized: bool,
    pub(crate) peer: &'static str,
    pub(crate) scheme: &'static str,
    pub(crate) port: u16,
}

/// An answer to it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn new(method: &'static str, target: impl Into<String>) -> Asked {
        Asked {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: String::new(),
            is_sized: true,
            peer: "192.0.2.7",
            scheme: "http",
            port: 80,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Asked {
        self.headers.push((name, value.into()));
        self
    }

    /// The values of a header, as one.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        joined(self.headers.iter().filter(|(known, _)| *known == name).map(|(_, value)| &**value))
    }
}

impl Answer {
    /// The values of a header, as one.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let of_name = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        joined(of_name.map(|(_, value)| &**value))
    }

    /// What the app behind the filters says; null where something else answered.
    pub(crate) fn echo(&self) -> Value {
        let said = serde_json::from_str(&self.body).unwrap_or(Value::Null);
        if Value::is_string(&said["app"]) { said } else { Value::Null }
    }
}

fn joined<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// What the Python originals answer to all of them.
pub(crate) fn originals(questions: &[Question]) -> Vec<Vec<Answer>> {
    answers("originals.py", &[("SOURCES", &nova_sources())], questions)
}

/// Our app of the same file.
pub(crate) fn ours(question: &Question) -> App {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, &question.file).expect("a file");
    let app = Loader::open(&path).and_then(|loader| loader.app("main"));
    app.unwrap_or_else(|problems| panic!("{problems}\n{}", question.file))
}

pub(crate) async fn ask(app: &App, asked: &Asked) -> Answer {
    let mut request = Request::builder().method(asked.method).uri(&*asked.target);
    for (name, value) in &asked.headers {
        request = request.header(*name, &**value);
    }
    let body = match asked.is_sized {
        true => Body::from(asked.body.clone()),
        false => {
            let frame = Ok::<_, std::io::Error>(Frame::data(asked.body.clone().into()));
            Body::new(StreamBody::new(futures_util::stream::iter([frame])))
        }
    };
    let mut connection = Connection::default();
    connection.peer = Some(SocketAddr::new(asked.peer.parse().expect("an address"), 4711));
    connection.local = Some(SocketAddr::new([127, 0, 0, 1].into(), asked.port));
    connection.scheme = if asked.scheme == "https" { Scheme::HTTPS } else { Scheme::HTTP };
    let request = request.body(body).expect("a request");
    let (head, body) = app.clone().handle(request, Some(Arc::new(connection))).await.into_parts();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers =
        head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    // A server sends the body of no answer to a `HEAD`.
    let body = if asked.method == "HEAD" { Body::empty() } else { body };
    let body = body.collect().await.expect("a body").to_bytes();
    Answer { status: head.status.as_u16(), headers: headers.collect(), body: text(&body) }
}

/// A file whose `main` is a pipeline of one filter of these options, and the app that says what it sees.
pub(crate) fn filtered(options: &str) -> String {
    format!(
        "[pipeline:main]\npipeline = filter echo\n[filter:filter]\n{options}\n\
         [app:echo]\npaste.app_factory = originals:echo\n"
    )
}

/// These fields of a JSON object.
pub(crate) fn fields(value: &Value, names: &[&str]) -> BTreeMap<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), value[*name].clone())).collect()
}
