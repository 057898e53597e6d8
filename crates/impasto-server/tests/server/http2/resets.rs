//! Clients that ask and do not want to know ("Rapid Reset", CVE-2023-44487, and "MadeYouReset",
//! CVE-2025-8671).

use std::time::{Duration, Instant};

use impasto_server::Http;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{HELLO, connect, get};
use crate::support::{Running, soon};

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

/// END_STREAM and END_HEADERS.
const WHOLE: u8 = 5;

/// `GET http://a/slow`, by the static table of HPACK.
const SLOW: &[u8] = b"\x82\x86\x04\x05/slow\x41\x01a";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Ten thousand requests, so many at a time, and behind them what `cancel` says of each.
fn flood(at_once: usize, cancel: impl Fn(u32) -> Vec<u8>) -> Vec<Vec<u8>> {
    let streams: Vec<u32> = (0..10_000).map(|number| 2 * number + 1).collect();
    let asked = |streams: &[u32]| {
        streams.iter().flat_map(|id| frame(HEADERS, WHOLE, *id, SLOW)).collect::<Vec<_>>()
    };
    let cancelled = |streams: &[u32]| streams.iter().flat_map(|id| cancel(*id)).collect();
    let pieces = streams.chunks(at_once).flat_map(|some| [asked(some), cancelled(some)]);
    std::iter::once(HELLO.to_vec()).chain(pieces).collect()
}

/// The code of the GOAWAY that a connection ends with, after all of these pieces, with a moment between
/// them.
async fn last_words(server: &Running, pieces: Vec<Vec<u8>>, moment: Duration) -> Option<u32> {
    let (mut read, mut write) = TcpStream::connect(server.address()).await.unwrap().into_split();
    let sending = tokio::spawn(async move {
        for piece in pieces {
            write.write_all(&piece).await?;
            if !moment.is_zero() {
                tokio::time::sleep(moment).await;
            }
        }
        // It would like to go on.
        std::future::pending::<std::io::Result<()>>().await
    });
    let mut received = Vec::new();
    // A reset tells what a GOAWAY may not be able to: frames are on their way when it is sent.
    let _ = soon(read.read_to_end(&mut received)).await;
    sending.abort();
    let (mut rest, mut code) = (&received[..], None);
    while let [a, b, c, kind, _, _, _, _, _, payload @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let Some((payload, next)) = payload.split_at_checked(length) else { break };
        if *kind == GOAWAY {
            code = payload.get(4..8).map(|code| u32::from_be_bytes(code.try_into().unwrap()));
        }
        rest = next;
    }
    code
}

async fn is_cut_off(pieces: Vec<Vec<u8>>, moment: Duration) {
    let server = Running::start(Http::default()).await;
    let (sender, _) = connect(&server).await;
    let start = Instant::now();
    let other = async {
        while start.elapsed() < Duration::from_secs(1) {
            assert_eq!(get(&sender, "/").await.unwrap(), "hello", "others are served");
        }
    };
    let ended = async {
        let code = last_words(&server, pieces, moment).await;
        (code, start.elapsed())
    };
    let ((code, took), ()) = tokio::join!(ended, other);
    assert!(took < Duration::from_secs(5), "it takes {took:?}");
    assert!(matches!(code, None | Some(ENHANCE_YOUR_CALM)), "{code:?}");
    while server.live.requests() > 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "{} go on", server.live.requests());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

#[tokio::test]
async fn a_client_that_cancels_what_it_asks_is_cut_off() {
    is_cut_off(flood(1, reset), Duration::ZERO).await;
}

#[tokio::test]
async fn a_client_that_cancels_what_apps_work_on_is_cut_off() {
    is_cut_off(flood(100, reset), Duration::from_millis(5)).await;
}

#[tokio::test]
async fn a_client_that_makes_us_cancel_is_cut_off() {
    // A window that grows too large is an error of one request only (RFC 9113, 6.9.1).
    let grow = |stream| frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffff_u32.to_be_bytes());
    is_cut_off(flood(1, grow), Duration::ZERO).await;
}
