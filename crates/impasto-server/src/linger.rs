//! The end of a connection whose client may still send.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// How long a client that still sends is listened to after its answer.
pub(crate) const LINGER: Duration = Duration::from_secs(2);

/// Reads what the client still sends: a socket that is closed over unread bytes takes the answer
/// back from a client that has not read it yet.
pub(crate) async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut unread = [0; 4096];
    let reading = async {
        let _ = stream.shutdown().await;
        while stream.read(&mut unread).await.is_ok_and(|read| read > 0) {}
    };
    let _ = tokio::time::timeout(LINGER, reading).await;
}
