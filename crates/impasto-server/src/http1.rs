//! An HTTP/1 connection: hyper's, but for the time in which its client rests.
//!
//! hyper keeps two buffers of 8 KiB as long as a connection lives, and most connections of most servers
//! rest. So one that has rested for a moment is taken apart, and only its stream is kept until bytes come.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1::UpgradeableConnection;
use hyper::service::Service;
use hyper_util::rt::TokioIo;

use crate::answer::{Answer, Begin, answer};
use crate::answer_body::AnswerBody;
use crate::gather::Gathered;
use crate::session::Session;

/// Ends as hyper's connection does.
pub(crate) struct Http1Connection {
    state: State,
    session: Arc<Session>,
}

enum State {
    // Each boxed, so that one takes no room for the other.
    Awake(Box<UpgradeableConnection<TokioIo<Gathered>, Answers>>),
    Rests(Box<Gathered>),
    /// The stream is somebody else's.
    Gone,
}

impl Http1Connection {
    pub(crate) fn new(stream: Gathered, session: Arc<Session>) -> Http1Connection {
        Http1Connection { state: awake(stream, &session), session }
    }

    /// Lets go of hyper until bytes come. Nothing may be in flight in either direction.
    pub(crate) fn rest(&mut self) {
        if let Some(stream) = self.take_stream() {
            // A part of a head has come already, and lies in the stream again.
            self.state = match stream.has_unread() {
                true => awake(stream, &self.session),
                false => {
                    self.session.activity.rest();
                    State::Rests(Box::new(stream))
                }
            };
        }
    }

    /// Closes it as soon as no request is being answered.
    pub(crate) fn end(&mut self) {
        if let State::Awake(connection) = self.wake() {
            Pin::new(connection.as_mut()).graceful_shutdown();
        }
    }

    /// Nothing is left of a connection that became something else.
    pub(crate) fn into_stream(mut self) -> Option<Gathered> {
        self.take_stream()
    }

    fn take_stream(&mut self) -> Option<Gathered> {
        match std::mem::replace(&mut self.state, State::Gone) {
            State::Awake(connection) => connection.into_parts().map(|parts| {
                let mut stream = parts.io.into_inner();
                stream.unread(parts.read_buf);
                stream
            }),
            State::Rests(stream) => Some(*stream),
            State::Gone => None,
        }
    }

    fn wake(&mut self) -> &mut State {
        if let State::Rests(_) = self.state
            && let Some(stream) = self.take_stream()
        {
            self.state = awake(stream, &self.session);
        }
        &mut self.state
    }
}

fn awake(stream: Gathered, session: &Arc<Session>) -> State {
    let io = TokioIo::new(stream);
    let answers = Answers(Arc::clone(session));
    State::Awake(Box::new(session.terms.http1.serve_connection(io, answers).with_upgrades()))
}

impl Future for Http1Connection {
    type Output = hyper::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let State::Rests(stream) = &this.state {
            ready!(stream.poll_read_ready(cx));
            this.wake();
        }
        match &mut this.state {
            State::Awake(connection) => Pin::new(connection.as_mut()).poll(cx),
            State::Rests(_) | State::Gone => Poll::Ready(Ok(())),
        }
    }
}

/// What hyper asks for answers.
struct Answers(Arc<Session>);

impl Service<Request<Incoming>> for Answers {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        answer(request, Begin::AtOnce, &self.0)
    }
}
