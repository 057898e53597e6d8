//! From a request to its answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::{Request, Version};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use impasto::{Body, BoxError, BoxFuture, Connection, Exchange, Response};

use crate::activity::Activity;
use crate::bodiless::take_body;
use crate::connection::Common;
use crate::open::Opened;
use crate::terms::Terms;
use crate::{host, misdirected};

/// The app at work on one request.
pub(crate) struct Answer {
    work: Work,
    activity: Arc<Activity>,
    counted: Option<Opened>,
}

/// Boxed, because hyper moves it several times, and one allocation is cheaper.
enum Work {
    Waiting(BoxFuture<'static, Response>),
    Ready(Option<Response>),
}

/// Answers one request. The stack is looked up here and nowhere else, so a new one takes over between
/// requests.
pub(crate) fn answer(
    request: Request<Incoming>,
    common: &Common,
    terms: &Terms,
    connection: &Arc<Connection>,
    activity: &Arc<Activity>,
) -> Answer {
    let app = common.swap.load();
    let request = request.map(|body| match body.is_end_stream() {
        true => Body::empty(),
        false => Body::new(RequestBody { body, activity: Arc::clone(activity) }),
    });
    activity.request_came(!request.body().is_end_stream());
    let (activity, counted) = (Arc::clone(activity), Some(common.live.request()));
    let misdirected = || {
        let tls = connection.tls.as_deref().filter(|_| terms.strict_sni_host)?;
        misdirected::refuse(&request, tls)
    };
    if let Some(refusal) = host::refuse(&request).or_else(misdirected) {
        return Answer { work: Work::Ready(Some(refusal)), activity, counted };
    }
    let over_http2 = (request.version() == Version::HTTP_2).then(|| request.method().clone());
    let mut exchange = Exchange::new(request, Some(Arc::clone(connection)));
    let work = Work::Waiting(Box::pin(async move {
        let mut response = app.run(&mut exchange).await;
        if let Some(method) = over_http2 {
            take_body(&method, &mut response);
        }
        response
    }));
    Answer { work, activity, counted }
}

impl Answer {
    /// Begins now, when hyper would first read ahead, for which it needs another buffer while this
    /// request lives in the first. Most apps are done with it after one poll; hyper polls the others
    /// again at once, with a waker that wakes.
    pub(crate) fn at_once(mut self) -> Answer {
        if let Work::Waiting(future) = &mut self.work
            && let Poll::Ready(response) =
                future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            self.work = Work::Ready(Some(response));
        }
        self
    }
}

impl Future for Answer {
    type Output = Result<http::Response<AnswerBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let response = match &mut this.work {
            Work::Waiting(future) => ready!(future.as_mut().poll(cx)),
            Work::Ready(response) => match response.take() {
                Some(response) => response,
                None => return Poll::Pending,
            },
        };
        let activity = Arc::clone(&this.activity);
        let counted = this.counted.take();
        Poll::Ready(Ok(response.map(|body| AnswerBody { body, activity, _counted: counted })))
    }
}

/// The body of a request; says when it has been read to its end.
struct RequestBody {
    body: Incoming,
    activity: Arc<Activity>,
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if frame.is_none() || this.body.is_end_stream() {
            this.activity.body_ended();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; when it is dropped, the answer is over.
pub(crate) struct AnswerBody {
    body: Body,
    activity: Arc<Activity>,
    _counted: Option<Opened>,
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.activity.answer_ended();
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
