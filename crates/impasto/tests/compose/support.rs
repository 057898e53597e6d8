use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, Once};

use http_body_util::BodyExt;
use impasto::{App, Body, Exchange, Filter, Hook, Request, Response};

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// A hook that logs its name on the way in, and its name and the status on the way out.
    pub(crate) fn hook(&self, name: &'static str) -> Filter {
        Filter::hook(Named { name, log: self.clone() })
    }
}

struct Named {
    name: &'static str,
    log: Log,
}

impl Hook<String> for Named {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, String> {
        self.log.add(self.name);
        ControlFlow::Continue(self.name.to_uppercase())
    }

    fn on_response(&self, _: &mut Exchange, state: String, response: &mut Response) {
        self.log.add(format!("{state} {}", response.status().as_u16()));
    }
}

/// An app that says where it is.
pub(crate) async fn place(exchange: &mut Exchange) -> Response {
    Response::new(Body::from(format!("{}|{}", exchange.mount(), exchange.path())))
}

pub(crate) async fn get(app: &App, uri: &str) -> Response {
    app.clone().handle(Request::get(uri).body(Body::empty()).unwrap(), None).await
}

pub(crate) async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().into()).unwrap()
}

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The lines that `work` logs on this thread.
pub(crate) async fn logged(work: impl Future<Output = ()>) -> Vec<String> {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        tracing_subscriber::fmt()
            .without_time()
            .with_target(false)
            .with_ansi(false)
            .with_writer(|| Lines)
            .init();
    });
    LINES.take();
    work.await;
    String::from_utf8(LINES.take()).unwrap().lines().map(|line| line.trim().to_owned()).collect()
}

/// Writes to the lines of the thread.
struct Lines;

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
