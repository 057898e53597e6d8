//! HTTP/1.1.

use std::error::Error;
use std::io::{self, ErrorKind};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Failure;
use super::connection::{Failed, Sent, told};

pub(super) struct Http1(SendRequest<Full<Bytes>>);

impl Http1 {
    pub(super) async fn open(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Http1, Failed> {
        let opened = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(|error| failed(&error, false))?;
        tokio::spawn(connection);
        Ok(Http1(sender))
    }

    pub(super) async fn exchange(&mut self, request: Request<Bytes>) -> Sent {
        if self.0.ready().await.is_err() {
            return Sent::Not;
        }
        let response = match self.0.try_send_request(request.map(Full::new)).await {
            Ok(response) => response,
            Err(error) if error.message().is_some() => return Sent::Not,
            Err(error) => return Sent::Failed(failed(error.error(), false)),
        };
        let (head, body) = response.into_parts();
        match body.collect().await {
            Ok(body) => Sent::Answered(Response::from_parts(head, body.to_bytes())),
            Err(error) => Sent::Failed(failed(&error, true)),
        }
    }
}

/// In the head of an answer, or in its body.
fn failed(error: &hyper::Error, has_begun: bool) -> Failed {
    let failure = match io_kind(error) {
        Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => Failure::Reset,
        _ if has_begun => Failure::Truncated,
        _ if error.is_incomplete_message() => Failure::Closed,
        _ => Failure::Other,
    };
    (failure, told(error))
}

fn io_kind(error: &hyper::Error) -> Option<ErrorKind> {
    error.source()?.downcast_ref::<io::Error>().map(io::Error::kind)
}
