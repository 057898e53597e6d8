//! Serves one connection.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use impasto::{Connection, Swap};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::activity::Activity;
use crate::answer::answer;
use crate::drive::{End, Patience, drive};
use crate::gather::Gathered;
use crate::http::Http;
use crate::sniff::{Prefix, Protocol, Sniffed};
use crate::stop::{Stop, Urgency};
use crate::stream::Stream;

/// How long a client that still sends is listened to after its answer.
const LINGER: Duration = Duration::from_secs(2);

/// What all connections of a server have in common.
pub(crate) struct Common {
    swap: Arc<Swap>,
    http1: http1::Builder,
    /// `None`: HTTP/1 only.
    http2: Option<http2::Builder<TokioExecutor>>,
    patience: Patience,
    stop: Stop,
}

impl Common {
    pub(crate) fn new(settings: &Http, swap: Arc<Swap>, stop: Stop) -> Common {
        let (http1, http2) = (settings.http1(), settings.http2());
        Common { swap, http1, http2, patience: settings.patience(), stop }
    }
}

/// Serves `stream` until one side ends it.
pub(crate) async fn serve(mut stream: Stream, common: Arc<Common>) {
    let mut prefix = Prefix::default();
    let protocol = match sniff(&mut stream, &mut prefix, &common).await {
        Ok(Some(protocol)) => protocol,
        Ok(None) => return,
        Err(error) => return tracing::debug!(peer = ?stream.peer(), %error, "connection failed"),
    };
    let mut connection = Connection::default();
    connection.peer = stream.peer();
    connection.local = stream.local();
    let connection = Arc::new(connection);
    // Boxed, so that a client that never speaks costs no protocol's state.
    match protocol {
        Protocol::Http1 => Box::pin(http1(stream, prefix, connection, &common)).await,
        Protocol::Http2 => Box::pin(http2(stream, prefix, connection, &common)).await,
    }
}

/// Learns the protocol; `None` when there is nothing to serve.
async fn sniff(
    stream: &mut Stream,
    prefix: &mut Prefix,
    common: &Common,
) -> io::Result<Option<Protocol>> {
    let sniffed = async {
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
    };
    match common.patience.head {
        None => sniffed.await,
        Some(patience) => match tokio::time::timeout(patience, sniffed).await {
            Ok(found) => found,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client said nothing")),
        },
    }
}

async fn http1(stream: Stream, prefix: Prefix, connection: Arc<Connection>, common: &Arc<Common>) {
    let activity = Arc::new(Activity::default());
    let service = {
        let (activity, common, connection) =
            (Arc::clone(&activity), Arc::clone(common), Arc::clone(&connection));
        service_fn(move |request: Request<Incoming>| {
            answer(request, &common.swap, &connection, &activity).at_once()
        })
    };
    let stream = Gathered::new(Sniffed::new(stream, prefix), Arc::clone(&activity));
    let io = TokioIo::new(stream.clone());
    activity.waits_for_request();
    let mut serving = common.http1.serve_connection(io, service).with_upgrades();
    let pinned = Pin::new(&mut serving);
    let shut_down = http1::UpgradeableConnection::graceful_shutdown;
    let release = |cx: &mut Context<'_>| stream.poll_release(cx);
    let end = drive(pinned, shut_down, release, &activity, common.patience, &common.stop).await;
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

async fn http2(stream: Stream, prefix: Prefix, connection: Arc<Connection>, common: &Arc<Common>) {
    let Some(builder) = &common.http2 else { return };
    let activity = Arc::new(Activity::default());
    activity.waits_for_request();
    let peer = connection.peer;
    let service = {
        let (activity, common) = (Arc::clone(&activity), Arc::clone(common));
        service_fn(move |request: Request<Incoming>| {
            let answer = answer(request, &common.swap, &connection, &activity);
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
    match drive(serving, shut_down, release, &activity, common.patience, &common.stop).await {
        End::Finished(Ok(())) | End::HeadTimeout | End::Unwritable(_) => {}
        End::Finished(Err(error)) => log_failure(peer, &error),
        End::Cut => tracing::debug!(?peer, "connection cut"),
    }
}

/// Reads what the client still sends: a socket that is closed over unread bytes takes the answer
/// back from a client that has not read it yet.
async fn linger(mut stream: Gathered) {
    let mut unread = [0; 4096];
    let reading = async {
        let _ = stream.shutdown().await;
        while stream.read(&mut unread).await.is_ok_and(|read| read > 0) {}
    };
    let _ = tokio::time::timeout(LINGER, reading).await;
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
