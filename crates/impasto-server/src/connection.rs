//! Serves one connection.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use http::uri::Scheme;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use impasto::{Connection, Swap};
use tokio::io::AsyncWriteExt;

use crate::activity::WaitsFor;
use crate::answer::{Begin, answer};
use crate::drive::{self, End, Patience, drive};
use crate::gather::Gathered;
use crate::http1::Http1Connection;
use crate::late_pong::LatePong;
use crate::linger::{LINGER, linger};
use crate::live::Live;
use crate::open::Opened;
use crate::paced::Paced;
use crate::proxy::Told;
use crate::session::Session;
use crate::sniff::{Prefix, Protocol, Sniffed};
use crate::stop::{Stop, Urgency};
use crate::stream::Stream;
use crate::terms::Terms;
use crate::tls::{self, TlsLive};
use crate::turn::Turn;

/// What all connections of a server have in common.
pub(crate) struct Common {
    pub(crate) swap: Arc<Swap>,
    pub(crate) stop: Stop,
    pub(crate) live: Live,
    pub(crate) tls: TlsLive,
}

/// Serves `stream` until one side ends it. So long it counts as open.
pub(crate) async fn serve(stream: Stream, common: Arc<Common>, _opened: Opened) {
    let terms = common.live.terms();
    let mut prefix = Prefix::default();
    let peer = stream.peer();
    let mut told = None;
    // Boxed, so that a connection that is open does not keep what it was opened with.
    let opening = Box::pin(open(stream, &mut prefix, &mut told, &common, &terms));
    let (stream, protocol) = match opening.await {
        Ok(Some(opened)) => opened,
        Ok(None) => return,
        Err(error) => return tracing::debug!(?peer, %error, "connection failed"),
    };
    let mut connection = Connection::default();
    connection.peer = told.map_or(peer, |told| Some(told.client));
    connection.local = told.map_or_else(|| stream.local(), |told| Some(told.reached));
    if let Some(stream) = stream.tls() {
        connection.scheme = Scheme::HTTPS;
        connection.tls = Some(Arc::new(tls::told(stream)));
    }
    let connection = Arc::new(connection);
    let session = Session { common, terms, connection, activity: Arc::default() };
    // Boxed, so that a client that never speaks costs no protocol's state.
    match protocol {
        Protocol::Http1 => Box::pin(http1(stream, prefix, session)).await,
        Protocol::Http2 => Box::pin(http2(stream, prefix, session)).await,
    }
}

/// Listens to a proxy, and encrypts, where that is to be, and learns the protocol; `None` when there is
/// nothing to serve.
async fn open(
    mut stream: Stream,
    prefix: &mut Prefix,
    told: &mut Option<Told>,
    common: &Common,
    terms: &Terms,
) -> io::Result<Option<(Stream, Protocol)>> {
    let opening = async {
        if let Some(proxies) = &terms.proxies {
            // Boxed, since most connections have none.
            *told = Box::pin(proxies.read(stream.peer(), &mut stream)).await?;
        }
        let Some(mut stream) = secure(stream, prefix, common).await? else { return Ok(None) };
        let sniffed = prefix.sniff(&mut stream).await?;
        let protocol = stream.tls().and_then(tls::agreed).or(sniffed);
        Ok(protocol.filter(|_| sniffed.is_some()).map(|protocol| (stream, protocol)))
    };
    let Patience { handshake, window, .. } = terms.patience;
    let too_late = async {
        let stopped = async {
            common.stop.reached(Urgency::Graceful).await;
            tokio::time::sleep(window).await;
        };
        tokio::select! {
            () = stopped => {}
            () = common.stop.reached(Urgency::Now) => {}
            () = sleep_or_for_ever(handshake) => {}
        }
    };
    tokio::select! {
        biased;
        opened = opening => opened,
        () = too_late => Err(io::Error::new(io::ErrorKind::TimedOut, "the client said nothing")),
    }
}

/// The stream with a TLS handshake behind it, where there is to be one; `None` when the client leaves.
async fn secure(
    mut stream: Stream,
    prefix: &mut Prefix,
    common: &Common,
) -> io::Result<Option<Stream>> {
    if !common.tls.is_on() {
        return Ok(Some(stream));
    }
    if !prefix.begin(&mut stream).await? {
        return Ok(None);
    }
    // Boxed, so that clear text does not pay for the state of a handshake.
    Box::pin(common.tls.secure(stream, prefix)).await.map(Some)
}

async fn http1(stream: Stream, prefix: Prefix, session: Session) {
    let session = Arc::new(session);
    let Session { common, terms, connection, activity } = &*session;
    let stream = Paced::new(Sniffed::new(stream, prefix), Arc::clone(activity), terms.writing);
    let stream = Gathered::new(stream, Arc::clone(activity));
    activity.waits_for_request();
    let mut serving = Http1Connection::new(stream, Arc::clone(&session));
    let manners = drive::Http1::new(activity, terms.patience);
    let end = drive(Pin::new(&mut serving), manners, &common.stop).await;
    let peer = connection.peer;
    if let End::Finished(Err(error)) = &end {
        log_failure(peer, error);
    }
    // Before hyper lets go of what is in flight, which then has ended.
    let rested = activity.look().0 == WaitsFor::Request && activity.rests();
    let Some(mut stream) = serving.into_stream() else { return };
    stream.release().await;
    match end {
        End::Finished(result) => {
            let may_send = match &result {
                Ok(()) => activity.has_unread_body() || activity.closes(),
                Err(error) => error.is_parse(),
            };
            if may_send {
                linger_until(&common.stop, stream).await;
            } else if result.is_err_and(|error| error.is_user()) {
                stream.abort();
            }
        }
        End::HeadTimeout => {
            tracing::debug!(?peer, "the client took too long to send a request");
            say_timeout(stream, &common.stop).await;
        }
        End::Cut => {
            note_cut(common, peer, rested);
            stream.abort();
        }
    }
}

async fn http2(stream: Stream, prefix: Prefix, session: Session) {
    let session = Arc::new(session);
    let Session { common, terms, connection, activity } = &*session;
    let Some(builder) = &terms.http2 else { return };
    activity.waits_for_request();
    let peer = connection.peer;
    let service = {
        let session = Arc::clone(&session);
        service_fn(move |request: Request<Incoming>| {
            let answer = answer(request, Begin::WhenPolled, &session);
            session.activity.waits_for_request();
            answer
        })
    };
    let stream = Paced::new(Sniffed::new(stream, prefix), Arc::clone(activity), terms.writing);
    let io = TokioIo::new(LatePong::new(Turn::new(stream, Arc::clone(activity))));
    let serving = pin!(builder.serve_connection(io, service));
    let end = http2::Connection::graceful_shutdown;
    let manners = drive::Http2::new(activity, terms.patience, end);
    match drive(serving, manners, &common.stop).await {
        End::Finished(Ok(())) | End::HeadTimeout => {}
        End::Finished(Err(error)) => log_failure(peer, &error),
        End::Cut => note_cut(common, peer, activity.streams() == 0 && activity.rests()),
    }
}

/// Nobody misses anything of a connection that rested, only of others.
fn note_cut(common: &Common, peer: Option<std::net::SocketAddr>, rested: bool) {
    tracing::debug!(?peer, rested, "connection cut");
    if !rested {
        common.live.cut_one();
    }
}

async fn linger_until(stop: &Stop, stream: Gathered) {
    tokio::select! {
        // Boxed, so that its buffer is no part of every connection.
        () = Box::pin(linger(stream)) => {}
        () = stop.reached(Urgency::Now) => {}
    }
}

/// Tells a client that its head took too long, if it listens.
async fn say_timeout(mut stream: Gathered, stop: &Stop) {
    const ANSWER: &[u8] =
        b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let saying = tokio::time::timeout(LINGER, stream.write_all(ANSWER));
    if saying.await.is_ok_and(|said| said.is_ok()) {
        linger_until(stop, stream).await;
    }
}

async fn sleep_or_for_ever(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep(timeout).await,
        None => std::future::pending().await,
    }
}

/// Clients leave, and break the protocol, all day long.
fn log_failure(peer: Option<std::net::SocketAddr>, error: &hyper::Error) {
    let source = std::error::Error::source(error).map(tracing::field::display);
    tracing::debug!(?peer, %error, source, "connection failed");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Activity;
    use crate::http::Http;

    #[tokio::test]
    async fn what_few_connections_need_is_no_part_of_all() {
        let (ours, _theirs) = tokio::net::UnixStream::pair().unwrap();
        let (activity, slowest) = (Arc::<Activity>::default(), Http::default().writing());
        let stream = Sniffed::new(Stream::unix(ours), Prefix::default());
        let stream = Paced::new(stream, Arc::clone(&activity), slowest);
        let stop = Stop::new();
        let saying = say_timeout(Gathered::new(stream, activity), &stop);
        let size = size_of_val(&saying);
        assert!(size < 1500, "{size}");
    }
}
