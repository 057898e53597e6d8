//! The body of an answer, and what lasts as long as the answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use impasto::{Body, BoxError};

use crate::activity::Activity;
use crate::live::Live;

/// A request, from its head to the end of its answer.
pub(crate) struct InFlight {
    activity: Arc<Activity>,
    is_stream: bool,
    _counted: Arc<()>,
}

impl InFlight {
    pub(crate) fn begin(live: &Live, activity: &Arc<Activity>, is_stream: bool) -> InFlight {
        if is_stream {
            activity.stream_began();
        }
        InFlight { activity: Arc::clone(activity), is_stream, _counted: live.request() }
    }

    /// Whether the connection ends with it.
    pub(crate) fn is_last(&self) -> bool {
        self.activity.closes()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.is_stream {
            self.activity.stream_ended();
        }
        self.activity.answer_ended();
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
