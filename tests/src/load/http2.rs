//! HTTP/2, on which a client knows of each request whether it was begun before the server said that
//! it takes no more.

use std::future::poll_fn;
use std::io::ErrorKind;

use bytes::{Bytes, BytesMut};
use h2::client::{SendRequest, handshake};
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Failure;
use super::connection::{Failed, Sent, told};

/// Clones are the same connection.
#[derive(Clone)]
pub(super) struct Http2(SendRequest<Bytes>);

impl Http2 {
    pub(super) async fn open(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Http2, Failed> {
        let (sender, connection) =
            handshake(stream).await.map_err(|error| failed(&error, false))?;
        tokio::spawn(connection);
        Ok(Http2(sender))
    }

    pub(super) async fn share(&self) -> Option<Http2> {
        self.0.clone().ready().await.ok().map(Http2)
    }

    pub(super) async fn exchange(&mut self, request: Request<Bytes>) -> Sent {
        let (head, body) = request.into_parts();
        let is_whole = body.is_empty();
        let mut sender = self.0.clone();
        if poll_fn(|cx| sender.poll_ready(cx)).await.is_err() {
            return Sent::Not;
        }
        let (answer, mut rest) = match sender.send_request(Request::from_parts(head, ()), is_whole)
        {
            Ok(sent) => sent,
            // Nothing has been sent.
            Err(_) => return Sent::Not,
        };
        if !is_whole && let Err(error) = rest.send_data(body, true) {
            return Sent::Failed(failed(&error, false));
        }
        let (head, mut body) = match answer.await {
            Ok(answer) => answer.into_parts(),
            Err(error) => return Sent::Failed(failed(&error, false)),
        };
        let mut bytes = BytesMut::new();
        while let Some(more) = body.data().await {
            match more {
                Ok(more) => {
                    bytes.extend_from_slice(&more);
                    let _ = body.flow_control().release_capacity(more.len());
                }
                Err(error) => return Sent::Failed(failed(&error, true)),
            }
        }
        Sent::Answered(Response::from_parts(head, bytes.freeze()))
    }
}

fn failed(error: &h2::Error, has_begun: bool) -> Failed {
    let failure = match error.get_io().map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionReset) => Failure::Reset,
        _ if error.is_go_away() || error.is_reset() => Failure::Cancelled,
        _ if has_begun => Failure::Truncated,
        _ => Failure::Closed,
    };
    (failure, told(error))
}
