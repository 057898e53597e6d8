use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use http::header::HOST;
use http_body_util::BodyExt;
use impasto::{Body, BoxFuture, Exchange, Handler, Response};

use crate::escape;

/// A header of answers: what they answer.
pub(crate) const METHOD: &str = "x-method";

/// An app that answers with the method and the target, and remembers what else came, by the address of
/// the client. It does not read the bodies of requests for `/unread`.
#[derive(Clone, Default)]
pub(crate) struct Witness(Arc<Mutex<HashMap<SocketAddr, Vec<String>>>>);

impl Witness {
    /// What came from there, as text, in the order in which it came.
    pub(crate) fn saw(&self, client: SocketAddr) -> Vec<String> {
        self.all().remove(&client).unwrap_or_default()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, exchange: &mut Exchange) -> Response {
        let client = exchange.connection().peer.expect("a client over TCP");
        let line = format!("{} {}", exchange.method(), exchange.uri());
        let mut seen = format!("> {}\n", escape::escaped(line.as_bytes()));
        for (name, value) in exchange.headers() {
            // That of nearly every case.
            if name != HOST || value != HeaderValue::from_static("test") {
                let _ = writeln!(seen, "> {name}: {}", escape::escaped(value.as_bytes()));
            }
        }
        // Before the body is read, because that may never end.
        let place = self.note(client, seen.clone());
        if exchange.path() != "/unread" {
            read(exchange.take_body(), &mut seen).await;
            self.all().entry(client).or_default()[place] = seen;
        }
        let mut response = Response::new(Body::from(escape::escaped(line.as_bytes())));
        if let Ok(method) = HeaderValue::from_str(exchange.method().as_str()) {
            response.headers_mut().insert(METHOD, method);
        }
        response
    }

    fn note(&self, client: SocketAddr, seen: String) -> usize {
        let mut all = self.all();
        let requests = all.entry(client).or_default();
        requests.push(seen);
        requests.len() - 1
    }
}

/// Adds the body, if there is one, and how it ends.
async fn read(mut body: Body, seen: &mut String) {
    let (mut bytes, mut trailers, mut is_whole) = (Vec::new(), String::new(), true);
    while let Some(frame) = body.frame().await {
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(data)) => bytes.extend_from_slice(&data),
            Ok(Err(frame)) => {
                for (name, value) in frame.trailers_ref().into_iter().flatten() {
                    let value = escape::escaped(value.as_bytes());
                    let _ = writeln!(trailers, "> (trailer) {name}: {value}");
                }
            }
            Err(_) => {
                is_whole = false;
                break;
            }
        }
    }
    if !is_whole {
        // How much came before is a matter of time.
        seen.push_str(">\n> (broken off)\n");
    } else if !bytes.is_empty() {
        let _ = writeln!(seen, ">\n> {}", escape::escaped(&bytes));
    }
    seen.push_str(&trailers);
}

impl Handler for Witness {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(self.answer(exchange))
    }
}
