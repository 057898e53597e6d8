//! From a request to its answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::header::CONNECTION;
use http::{HeaderValue, Request, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use impasto::{Body, BoxFuture, Exchange, Response};

use crate::answer_body::{AnswerBody, InFlight};
use crate::bodiless::take_body;
use crate::gate::{self, Refusal, Unseen};
use crate::heads::Handed;
use crate::request_body::{BodyFault, RequestBody};
use crate::session::Session;
use crate::{limits, misdirected};

/// The app at work on one request.
pub(crate) enum Answer {
    /// Boxed, because hyper moves it several times, and one allocation is cheaper.
    Waiting(BoxFuture<'static, Answered>),
    /// Until it is taken.
    Ready(Option<Answered>),
}

/// What hyper sends.
type Answered = http::Response<AnswerBody>;

/// When the app begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Now, when hyper would first read ahead, for which it needs another buffer while this request
    /// lives in the first. Most apps are done with it after one poll; hyper polls the others again at
    /// once, with a waker that wakes.
    AtOnce,
    /// When it is polled, unless nothing in the stack waits.
    WhenPolled,
}

/// Answers one request. The stack is looked up here and nowhere else, so a new one takes over between
/// requests.
pub(crate) fn answer(request: Request<Incoming>, begin: Begin, session: &Arc<Session>) -> Answer {
    let unseen = session.activity.request_came(Handed::of(&request));
    if request.extensions().get::<OnUpgrade>().is_some() {
        session.activity.forget_pipeline();
    }
    let over_http2 = (request.version() == Version::HTTP_2).then(|| request.method().clone());
    let mut in_flight = InFlight::begin(session, over_http2.is_some());
    if let Some(refusal) = refuse(&request, unseen, session) {
        return Answer::Ready(Some(refused(refusal, in_flight)));
    }
    let app = session.common.swap.load();
    let mut fault = None;
    let (head, body) = request.into_parts();
    let body = match body.is_end_stream() {
        true => Body::empty(),
        false => {
            let fault = fault.insert(BodyFault::default()).clone();
            Body::new(RequestBody::new(body, Arc::clone(session), fault))
        }
    };
    let request = Request::from_parts(head, body);
    let mut exchange = Exchange::new(request, Some(Arc::clone(&session.connection)));
    let finish = move |response: &mut Response, in_flight: &mut InFlight| {
        in_flight.answered();
        if let Some(refusal) = fault.and_then(|fault| fault.refusal(response.status())) {
            in_flight.make_last();
            *response = refusal.response();
        }
        if let Some(method) = over_http2 {
            take_body(&method, response);
        }
        say_if_last(response, in_flight);
    };
    let mut response = None;
    if in_flight.may_begin() {
        app.run_at_once(&mut exchange, &mut response);
    }
    if let Some(ready) = &mut response {
        finish(ready, &mut in_flight);
        return Answer::Ready(response.map(|response| answered(response, in_flight)));
    }
    let mut future = Box::pin(async move {
        in_flight.wait().await;
        let mut response = app.run(&mut exchange).await;
        finish(&mut response, &mut in_flight);
        answered(response, in_flight)
    });
    if begin == Begin::AtOnce
        && let Poll::Ready(answered) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    {
        return Answer::Ready(Some(answered));
    }
    Answer::Waiting(future)
}

fn refuse(
    request: &Request<Incoming>,
    unseen: Option<Unseen>,
    session: &Session,
) -> Option<Refusal> {
    let Session { terms, connection, .. } = session;
    let strictly = || {
        let unseen = || unseen.map(Unseen::refusal);
        terms.strict.then(|| unseen().or_else(|| gate::refuse(request))).flatten()
    };
    let misdirected = || {
        let tls = connection.tls.as_deref().filter(|_| terms.strict_sni_host)?;
        misdirected::refuse(request, tls)
    };
    strictly().or_else(|| limits::refuse(request, terms)).or_else(misdirected)
}

#[cold]
fn refused(refusal: Refusal, in_flight: InFlight) -> Answered {
    if refusal.ends_the_connection() {
        in_flight.make_last();
    }
    let mut response = refusal.response();
    say_if_last(&mut response, &in_flight);
    answered(response, in_flight)
}

fn answered(response: Response, in_flight: InFlight) -> Answered {
    response.map(|body| AnswerBody::new(body, in_flight))
}

fn say_if_last(response: &mut Response, in_flight: &InFlight) {
    if in_flight.is_last() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // hyper takes it as ours, and closes when the answer is sent.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

impl Future for Answer {
    type Output = Result<http::Response<AnswerBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answer::Waiting(future) => future.as_mut().poll(cx).map(Ok),
            Answer::Ready(answered) => match answered.take() {
                Some(answered) => Poll::Ready(Ok(answered)),
                None => Poll::Pending,
            },
        }
    }
}
