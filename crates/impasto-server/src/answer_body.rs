//! The body of an answer, and what lasts as long as the answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use impasto::{Body, BoxError};

use crate::session::Session;
use crate::streams;

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

/// A larger piece is given in several, so that it is known how much of it the client has taken. Frames
/// are no larger, unless the client asks for it.
const PIECE: usize = 16 * 1024;

/// What is sent; when it is dropped, the answer is over.
pub(crate) struct AnswerBody {
    body: Body,
    /// What is left of a piece that is too large.
    rest: Option<Bytes>,
    in_flight: InFlight,
}

impl AnswerBody {
    pub(crate) fn new(body: Body, in_flight: InFlight) -> AnswerBody {
        AnswerBody { body, rest: None, in_flight }
    }

    /// The next piece for a request that has a window of its own.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        streams::gives(None);
        let mut piece = match self.rest.take() {
            Some(rest) => rest,
            None => match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                other => return Poll::Ready(other),
            },
        };
        if piece.len() > PIECE {
            self.rest = Some(piece.split_off(PIECE));
        }
        streams::gives(Some(piece.len()));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match this.in_flight.is_stream {
            true => this.poll_piece(cx),
            false => Pin::new(&mut this.body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.body.is_end_stream()
    }

    /// Asked for before the first piece.
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
