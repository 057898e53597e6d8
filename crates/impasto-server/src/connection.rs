//! Serves one connection.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use http::uri::Scheme;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use impasto::{Connection, Swap};
use tokio::io::AsyncWriteExt;

use crate::activity::Activity;
use crate::answer::answer;
use crate::drive::{End, drive};
use crate::gather::Gathered;
use crate::linger::{LINGER, linger};
use crate::live::Live;
use crate::sniff::{Prefix, Protocol, Sniffed};
use crate::stop::{Stop, Urgency};
use crate::stream::Stream;
use crate::terms::Terms;
use crate::tls::{self, TlsLive};

/// What all connections of a server have in common.
pub(crate) struct Common {
    pub(crate) swap: Arc<Swap>,
    pub(crate) stop: Stop,
    pub(crate) live: Live,
    pub(crate) tls: TlsLive,
}

/// Serves `stream` until one side ends it.
pub(crate) async fn serve(stream: Stream, common: Arc<Common>) {
    let terms = common.live.terms();
    let mut prefix = Prefix::default();
    let peer = stream.peer();
    let (stream, protocol) = match open(stream, &mut prefix, &common, &terms).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return,
        Err(error) => return tracing::debug!(?peer, %error, "connection failed"),
    };
    let mut connection = Connection::default();
    connection.peer = peer;
    connection.local = stream.local();
    if let Some(stream) = stream.tls() {
        connection.scheme = Scheme::HTTPS;
        connection.tls = Some(Arc::new(tls::told(stream)));
    }
    let connection = Arc::new(connection);
    // Boxed, so that a client that never speaks costs no protocol's state.
    match protocol {
        Protocol::Http1 => Box::pin(http1(stream, prefix, connection, &common, &terms)).await,
        Protocol::Http2 => Box::pin(http2(stream, prefix, connection, &common, &terms)).await,
    }
}

/// Encrypts, where that is to be, and learns the protocol; `None` when there is nothing to serve.
async fn open(
    stream: Stream,
    prefix: &mut Prefix,
    common: &Common,
    terms: &Terms,
) -> io::Result<Option<(Stream, Protocol)>> {
    let opening = async {
        let Some(mut stream) = secure(stream, prefix, common).await? else { return Ok(None) };
        let sniffed = sniff(&mut stream, prefix, common).await?;
        let protocol = stream.tls().and_then(tls::agreed).or(sniffed);
        Ok(protocol.filter(|_| sniffed.is_some()).map(|protocol| (stream, protocol)))
    };
    match terms.patience.handshake {
        None => opening.await,
        Some(patience) => match tokio::time::timeout(patience, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client said nothing")),
        },
    }
}

/// The stream with a TLS handshake behind it, where there is to be one; `None` when the client leaves
/// or the stop comes.
async fn secure(
    mut stream: Stream,
    prefix: &mut Prefix,
    common: &Common,
) -> io::Result<Option<Stream>> {
    if !common.tls.is_on() {
        return Ok(Some(stream));
    }
    let has_begun = tokio::select! {
        biased;
        has_begun = prefix.begin(&mut stream) => has_begun?,
        () = common.stop.reached(Urgency::Graceful) => false,
    };
    if !has_begun {
        return Ok(None);
    }
    // Boxed, so that clear text does not pay for the state of a handshake.
    let securing = Box::pin(common.tls.secure(stream, prefix));
    tokio::select! {
        biased;
        secured = securing => secured.map(Some),
        () = common.stop.reached(Urgency::Now) => Ok(None),
    }
}

/// Learns the protocol; `None` when there is nothing to serve.
async fn sniff(
    stream: &mut Stream,
    prefix: &mut Prefix,
    common: &Common,
) -> io::Result<Option<Protocol>> {
    tokio::select! {
        biased;
        found = prefix.sniff(stream) => return found,
        () = common.stop.reached(Urgency::Graceful) => {}
    }
    match prefix.is_empty() {
        true => Ok(None),
        false => tokio::select! {
            found = prefix.sniff(stream) => found,
            () = common.stop.reached(Urgency::Now) => Ok(None),
        },
    }
}

async fn http1(
    stream: Stream,
    prefix: Prefix,
    connection: Arc<Connection>,
    common: &Arc<Common>,
    terms: &Arc<Terms>,
) {
    let activity = Arc::new(Activity::default());
    let service = {
        let (activity, connection) = (Arc::clone(&activity), Arc::clone(&connection));
        let (common, terms) = (Arc::clone(common), Arc::clone(terms));
        service_fn(move |request: Request<Incoming>| {
            answer(request, &common, &terms, &connection, &activity).at_once()
        })
    };
    let stream = Gathered::new(Sniffed::new(stream, prefix), Arc::clone(&activity));
    let io = TokioIo::new(stream.clone());
    activity.waits_for_request();
    let mut serving = terms.http1.serve_connection(io, service).with_upgrades();
    let pinned = Pin::new(&mut serving);
    let shut_down = http1::UpgradeableConnection::graceful_shutdown;
    let release = |cx: &mut Context<'_>| stream.poll_release(cx);
    let end = drive(pinned, shut_down, release, &activity, terms.patience, &common.stop).await;
    stream.hold_nothing();
    // Nothing is left of a connection that became something else.
    let is_ours = serving.into_parts().is_some();
    let peer = connection.peer;
    match end {
        End::Finished(result) => {
            if let Err(error) = &result {
                log_failure(peer, error);
            }
            let has_unread = match &result {
                Ok(()) => is_ours && activity.has_unread_body(),
                Err(error) => error.is_parse(),
            };
            if has_unread {
                tokio::select! {
                    () = linger(stream) => {}
                    () = common.stop.reached(Urgency::Now) => {}
                }
            } else if result.is_err_and(|error| error.is_user()) {
                stream.abort();
            }
        }
        End::HeadTimeout => {
            tracing::debug!(?peer, "the client took too long to send a request");
            say_timeout(stream).await;
        }
        End::Unwritable(error) => tracing::debug!(?peer, %error, "connection failed"),
        End::Cut => {
            tracing::debug!(?peer, "connection cut");
            stream.abort();
        }
    }
}

async fn http2(
    stream: Stream,
    prefix: Prefix,
    connection: Arc<Connection>,
    common: &Arc<Common>,
    terms: &Arc<Terms>,
) {
    let Some(builder) = &terms.http2 else { return };
    let activity = Arc::new(Activity::default());
    activity.waits_for_request();
    let peer = connection.peer;
    let service = {
        let activity = Arc::clone(&activity);
        let (common, terms) = (Arc::clone(common), Arc::clone(terms));
        service_fn(move |request: Request<Incoming>| {
            let answer = answer(request, &common, &terms, &connection, &activity);
            // Time without a new request or the end of an answer ends in a GOAWAY, which lets
            // present ones finish: so nobody needs to know how many there are.
            activity.waits_for_request();
            answer
        })
    };
    let io = TokioIo::new(Sniffed::new(stream, prefix));
    let serving = pin!(builder.serve_connection(io, service));
    let shut_down = http2::Connection::graceful_shutdown;
    let release = |_: &mut Context<'_>| Poll::Ready(Ok(()));
    match drive(serving, shut_down, release, &activity, terms.patience, &common.stop).await {
        End::Finished(Ok(())) | End::HeadTimeout | End::Unwritable(_) => {}
        End::Finished(Err(error)) => log_failure(peer, &error),
        End::Cut => tracing::debug!(?peer, "connection cut"),
    }
}

/// Tells a client that its head took too long, if it listens.
async fn say_timeout(mut stream: Gathered) {
    const ANSWER: &[u8] =
        b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let saying = async {
        if stream.write_all(ANSWER).await.is_ok() {
            let _ = stream.shutdown().await;
        }
    };
    let _ = tokio::time::timeout(LINGER, saying).await;
}

/// Clients leave, and break the protocol, all day long.
fn log_failure(peer: Option<std::net::SocketAddr>, error: &hyper::Error) {
    let source = std::error::Error::source(error).map(tracing::field::display);
    tracing::debug!(?peer, %error, source, "connection failed");
}
