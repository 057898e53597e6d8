//! The body of a request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use crate::gate::Refusal;
use crate::pace::Pace;
use crate::session::Session;

/// What the client sends: never more than it may, never slower than it may.
pub(crate) struct RequestBody {
    body: Incoming,
    session: Arc<Session>,
    fault: BodyFault,
    read: u64,
    /// Made when the client first keeps the app waiting.
    pace: Option<Box<Pace>>,
}

/// What is wrong with the body of a request, as soon as something is; clones are of one body.
#[derive(Clone, Debug, Default)]
pub(crate) struct BodyFault(Arc<AtomicU8>);

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body of the request is too large")]
    TooLarge,
    #[error("the client takes too long to send the body of its request")]
    TooSlow,
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

const TOO_LARGE: u8 = 1;
const TOO_SLOW: u8 = 2;
const MALFORMED: u8 = 3;

impl BodyFault {
    /// What is said instead of the app's answer, which is about a body that was cut short.
    pub(crate) fn refusal(&self, status: StatusCode) -> Option<Refusal> {
        match self.0.load(Ordering::Relaxed) {
            TOO_LARGE => Some(Refusal::TOO_LARGE),
            TOO_SLOW => Some(Refusal::TOO_SLOW),
            MALFORMED if !status.is_client_error() => Some(Refusal::MALFORMED),
            _ => None,
        }
    }

    fn set(&self, fault: u8) {
        self.0.store(fault, Ordering::Relaxed);
    }
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, session: Arc<Session>, fault: BodyFault) -> RequestBody {
        RequestBody { body, session, fault, read: 0, pace: None }
    }

    fn refuse(&self, fault: u8, error: BodyError) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.fault.set(fault);
        Poll::Ready(Some(Err(error)))
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let terms = &this.session.terms;
        // Nobody may take what is missing for the end.
        if this.read > terms.max_body {
            return Poll::Ready(Some(Err(BodyError::TooLarge)));
        }
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            let pace = this.pace.get_or_insert_with(|| Box::new(Pace::new(terms.reading)));
            ready!(pace.poll_late(cx));
            return this.refuse(TOO_SLOW, BodyError::TooSlow);
        };
        match &frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                if let Some(pace) = &mut this.pace {
                    pace.moved(bytes);
                }
                this.read = this.read.saturating_add(bytes as u64);
                if this.read > terms.max_body {
                    return this.refuse(TOO_LARGE, BodyError::TooLarge);
                }
            }
            Some(Err(_)) => this.fault.set(MALFORMED),
            None => {}
        }
        if frame.is_none() || this.body.is_end_stream() {
            this.session.activity.body_ended();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(BodyError::Broken)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
