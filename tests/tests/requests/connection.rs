use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use impasto_tests::fixtures::REWRITE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use crate::app::{METHOD, Witness};
use crate::cases::Case;

/// Far longer than an answer takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long an answer may take whose number is not known yet.
const QUIET: Duration = Duration::from_millis(500);

/// What is asked behind the request, to see whether it left the connection as it was.
pub(crate) const PROBE: &[u8] = b"GET /probe HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";

/// Sends a request, and tells what came of it as the files do.
pub(crate) async fn run(address: SocketAddr, case: &Case, witness: &Witness) -> String {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let client = stream.local_addr().expect("a bound socket");
    let (mut read, mut write) = stream.into_split();
    // Who is refused early may not be read to the end.
    let sending = async {
        let _ = write.write_all(&case.request).await;
        if case.ends {
            let _ = write.shutdown().await;
        }
    };
    let mut received = Vec::new();
    let receiving = async {
        let is_new = std::env::var_os(REWRITE).is_some();
        let patience = if is_new { QUIET } else { PATIENCE };
        while is_new || !case.is_kept() || finals(&received) < case.answers() {
            match timeout(patience, read.read_buf(&mut received)).await {
                Ok(Ok(0)) => return Some("closed"),
                Ok(Ok(_)) => {}
                Ok(Err(_)) => return Some("reset"),
                Err(_) => break,
            }
        }
        None
    };
    let ((), end) = tokio::join!(sending, receiving);
    let end = match end {
        Some(end) => end,
        None => match timeout(PATIENCE, probe(&mut read, &mut write)).await {
            Ok(true) => "kept",
            Ok(false) => "confused",
            Err(_) => "silent",
        },
    };
    tell(&answers(&received), end, &witness.saw(client))
}

/// Whether a request that comes later is answered as such, and nothing else is.
async fn probe(read: &mut OwnedReadHalf, write: &mut OwnedWriteHalf) -> bool {
    let mut received = Vec::new();
    let _ = write.write_all(PROBE).await;
    let is_whole = read.read_to_end(&mut received).await.is_ok();
    is_whole && matches!(&answers(&received)[..], [only] if only.body == "GET /probe")
}

fn tell(answers: &[Answer], end: &str, saw: &[String]) -> String {
    let saw = match end {
        "kept" => &saw[..saw.len().saturating_sub(1)],
        _ => saw,
    };
    let mut told = String::from("=");
    let mut meant = saw.iter();
    for Answer { status, body } in answers {
        let _ = write!(told, " {status}");
        if *status == 200 {
            let line = meant.next().and_then(|seen| seen.lines().next()?.strip_prefix("> "));
            // That of a HEAD has no body.
            if line.is_none_or(|line| line != body && !line.starts_with("HEAD ")) {
                told.push_str(" (to something else)");
            }
        }
    }
    format!("{told} {end}\n{}", saw.concat())
}

struct Answer {
    status: u16,
    body: String,
}

/// The answers that have come as a whole. Whatever else a server says counts as one of status 0.
fn answers(mut rest: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !rest.is_empty() {
        match next(&mut rest) {
            Ok(answer) => answers.push(answer),
            Err(Unfinished) => break,
        }
    }
    answers
}

/// How many of them are more than an announcement.
fn finals(received: &[u8]) -> usize {
    answers(received).iter().filter(|answer| answer.status >= 200).count()
}

struct Unfinished;

fn next(rest: &mut &[u8]) -> Result<Answer, Unfinished> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut headers);
    let length = match head.parse(rest) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Err(Unfinished),
        Err(_) => {
            let body = String::from_utf8_lossy(std::mem::take(rest)).into_owned();
            return Ok(Answer { status: 0, body });
        }
    };
    let value = |name: &str| {
        let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let body = match value(METHOD) {
        Some("HEAD") => 0,
        _ => value("content-length").map_or(0, |length| length.parse().expect("a number")),
    };
    let status = head.code.expect("a whole head");
    let body = rest.get(length..length + body).ok_or(Unfinished)?;
    *rest = &rest[length + body.len()..];
    Ok(Answer { status, body: String::from_utf8_lossy(body).into_owned() })
}
