//! The body of an answer, and what lasts as long as the answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use impasto::{Body, BoxError};

use crate::session::Session;

/// A request, from its head to the end of its answer.
pub(crate) struct InFlight {
    session: Arc<Session>,
    is_stream: bool,
    has_slot: bool,
}

impl InFlight {
    pub(crate) fn begin(session: &Arc<Session>, is_stream: bool) -> InFlight {
        session.common.live.request_began();
        if is_stream {
            session.activity.stream_began();
        }
        InFlight { session: Arc::clone(session), is_stream, has_slot: false }
    }

    /// Whether the app may begin; if not, [`InFlight::wait`] says when.
    pub(crate) fn may_begin(&mut self) -> bool {
        self.has_slot = self.session.common.live.slots().try_enter();
        self.has_slot
    }

    /// Waits until not too many other requests are worked on.
    pub(crate) async fn wait(&mut self) {
        if !self.has_slot {
            self.session.common.live.slots().enter().await;
            self.has_slot = true;
        }
    }

    /// The app has answered: what is left is between the server and the client.
    pub(crate) fn answered(&mut self) {
        if std::mem::take(&mut self.has_slot) {
            self.session.common.live.slots().leave();
        }
    }

    /// The connection ends with this request.
    pub(crate) fn make_last(&self) {
        if !self.is_stream {
            self.session.activity.close();
        }
    }

    /// Whether it does.
    pub(crate) fn is_last(&self) -> bool {
        self.session.activity.closes()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.answered();
        self.session.common.live.request_ended();
        if self.is_stream {
            self.session.activity.stream_ended();
        }
        self.session.activity.answer_ended();
    }
}

/// What is sent; when it is dropped, the answer is over.
pub(crate) struct AnswerBody {
    body: Body,
    _in_flight: InFlight,
}

impl AnswerBody {
    pub(crate) fn new(body: Body, in_flight: InFlight) -> AnswerBody {
        AnswerBody { body, _in_flight: in_flight }
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
