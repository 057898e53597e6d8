//! What is known of a request until its line can be written.

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderValue, StatusCode};
use impasto::{Exchange, Response};

use super::line::{self, End, Ending};
use super::{Log, clock};
use crate::user::User;

/// The line of a request. It is written when the request has ended, or else when this is dropped.
pub(super) struct Record(Option<Box<Facts>>);

pub(super) struct Facts {
    log: Option<Arc<Log>>,
    pub(super) start: Instant,
    pub(super) client: Option<IpAddr>,
    pub(super) id: Option<HeaderValue>,
    pub(super) user: Option<User>,
    pub(super) status: StatusCode,
    /// What was known on the way in, then what was known on the way out, as it will stand in the line.
    text: Vec<u8>,
    /// Where in it each run of the template ends.
    cuts: Vec<usize>,
}

/// Boxed, because what comes out is put into a hook's state as it is.
type Spares = Vec<Box<Facts>>;

thread_local! {
    /// Records whose requests are over, with their buffers.
    static SPARE: RefCell<Spares> = const { RefCell::new(Vec::new()) };
}

/// How many spare records a thread keeps.
const SPARES: usize = 64;

/// The largest buffer that is kept, in bytes.
const SPARE_SIZE: usize = 4096;

/// The status of a request that its client gave up before there was a response, as nginx has it.
fn closed_by_client() -> StatusCode {
    StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST)
}

impl Record {
    pub(super) fn begin(log: &Arc<Log>, exchange: &Exchange) -> Record {
        let start = Instant::now();
        let mut facts = with_spares(Vec::pop).unwrap_or_else(|| Box::new(Facts::empty(start)));
        facts.log = Some(log.clone());
        facts.start = start;
        facts.status = closed_by_client();
        facts.know(exchange);
        let known = (&mut facts.text, &mut facts.cuts);
        clock::at(start, |date| line::begin(&log.template, known, exchange, date));
        Record(Some(facts))
    }

    /// Takes over what is known with the response.
    pub(super) fn answered(&mut self, exchange: &Exchange, response: &Response) {
        let Some(facts) = &mut self.0 else { return };
        facts.know(exchange);
        facts.status = response.status();
        facts.user = response.extensions().get::<User>().cloned();
        let Facts { log, text, cuts, .. } = &mut **facts;
        if let Some(log) = log {
            line::answered(&log.template, (text, cuts), response);
        }
    }

    /// Writes the line.
    pub(super) fn end(mut self, bytes: u64, end: End) {
        self.write(bytes, end);
    }

    fn write(&mut self, bytes: u64, end: End) {
        let Some(mut facts) = self.0.take() else { return };
        if let Some(log) = facts.log.take() {
            let ending = Ending { bytes, took: facts.start.elapsed(), end };
            log.writer.line(|line| line::end(&log.template, line, &facts, &ending));
        }
        facts.id = None;
        facts.user = None;
        facts.text.clear();
        facts.cuts.clear();
        if facts.text.capacity() <= SPARE_SIZE {
            with_spares(|spares| {
                if spares.len() < SPARES {
                    spares.push(facts);
                }
            });
        }
    }
}

fn with_spares<T: Default>(work: impl FnOnce(&mut Spares) -> T) -> T {
    let with = |spares: &RefCell<Spares>| spares.try_borrow_mut().ok().map(|mut it| work(&mut it));
    // A thread that is ending has none.
    SPARE.try_with(with).ok().flatten().unwrap_or_default()
}

impl Drop for Record {
    fn drop(&mut self) {
        self.write(0, End::Aborted);
    }
}

impl Facts {
    fn empty(start: Instant) -> Facts {
        Facts {
            log: None,
            start,
            client: None,
            id: None,
            user: None,
            status: closed_by_client(),
            text: Vec::with_capacity(256),
            cuts: Vec::with_capacity(8),
        }
    }

    /// Takes over what filters further in may have found out by now.
    fn know(&mut self, exchange: &Exchange) {
        self.client = exchange.connection().peer.map(|peer| peer.ip().to_canonical());
        self.id = exchange.request_id().cloned();
    }

    /// What was written for a run of the template, if its time has come.
    pub(super) fn span(&self, slot: usize) -> Option<&[u8]> {
        let end = *self.cuts.get(slot)?;
        let start = slot.checked_sub(1).map_or(0, |before| self.cuts[before]);
        self.text.get(start..end)
    }
}
