//! How lines are written. Nothing here goes through `std::fmt`, which costs more than all the rest.

use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use http::header::{REFERER, USER_AGENT};
use http::{HeaderName, Uri, Version};
use impasto::Exchange;

use super::Format;
use super::clock::Date;
use super::record::Facts;

/// How a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    Aborted,
    Failed,
}

/// Writes what is known on the way in. Returns where the status and the size are to go.
pub(super) fn begin(format: Format, text: &mut Vec<u8>, exchange: &Exchange, date: &Date) -> usize {
    let method = exchange.method().as_str().as_bytes();
    match format {
        Format::Combined => {
            put(text, b" - - [");
            put(text, date.apache.as_bytes());
            put(text, b"] \"");
            put(text, method);
            text.push(b' ');
            target(format, text, exchange.uri());
            text.push(b' ');
            put(text, version(exchange.version()));
            put(text, b"\" ");
            let split = text.len();
            put(text, b" \"");
            header(format, text, exchange, REFERER);
            put(text, b"\" \"");
            header(format, text, exchange, USER_AGENT);
            put(text, b"\" ");
            split
        }
        Format::Json => {
            put(text, b"{\"time\":\"");
            put(text, date.iso.as_bytes());
            put(text, b"\",\"method\":\"");
            put(text, method);
            put(text, b"\",\"target\":\"");
            target(format, text, exchange.uri());
            put(text, b"\",\"version\":\"");
            put(text, version(exchange.version()));
            put(text, b"\",");
            let split = text.len();
            put(text, b",\"referer\":\"");
            header(format, text, exchange, REFERER);
            put(text, b"\",\"agent\":\"");
            header(format, text, exchange, USER_AGENT);
            put(text, b"\",");
            split
        }
        Format::Short => {
            put(text, method);
            text.push(b' ');
            target(format, text, exchange.uri());
            text.push(b' ');
            text.len()
        }
    }
}

/// Writes the whole line.
pub(super) fn end(
    format: Format,
    line: &mut Vec<u8>,
    facts: &Facts,
    bytes: u64,
    took: Duration,
    end: End,
) {
    let (before, behind) = facts.text.split_at(facts.split);
    let id = facts.id.as_ref().map_or(&b"-"[..], |id| id.as_bytes());
    let status = u64::from(facts.status.as_u16());
    match format {
        Format::Combined => {
            address(line, facts.client);
            put(line, before);
            number(line, status);
            line.push(b' ');
            number(line, bytes);
            put(line, behind);
            seconds(line, took);
            line.push(b' ');
            escaped(format, line, id);
        }
        Format::Json => {
            put(line, before);
            put(line, b"\"status\":");
            number(line, status);
            put(line, b",\"bytes\":");
            number(line, bytes);
            put(line, behind);
            put(line, b"\"client\":\"");
            address(line, facts.client);
            put(line, b"\",\"seconds\":");
            seconds(line, took);
            put(line, b",\"request_id\":\"");
            escaped(format, line, id);
            put(line, b"\",\"end\":\"");
            put(line, end.word());
            put(line, b"\"}");
        }
        Format::Short => {
            put(line, before);
            number(line, status);
            line.push(b' ');
            number(line, bytes);
            line.push(b' ');
            seconds(line, took);
        }
    }
    if !matches!((format, end), (Format::Json, _) | (_, End::Complete)) {
        line.push(b' ');
        put(line, end.word());
    }
    line.push(b'\n');
}

impl End {
    fn word(self) -> &'static [u8] {
        match self {
            End::Complete => b"complete",
            End::Aborted => b"aborted",
            End::Failed => b"failed",
        }
    }
}

fn put(line: &mut Vec<u8>, bytes: &[u8]) {
    line.extend_from_slice(bytes);
}

fn target(format: Format, line: &mut Vec<u8>, uri: &Uri) {
    match (uri.path_and_query(), uri.authority()) {
        (Some(target), _) => escaped(format, line, target.as_str().as_bytes()),
        // CONNECT has nothing else.
        (None, Some(authority)) => escaped(format, line, authority.as_str().as_bytes()),
        (None, None) => line.push(b'-'),
    }
}

fn header(format: Format, line: &mut Vec<u8>, exchange: &Exchange, name: HeaderName) {
    match exchange.headers().get(name) {
        Some(value) => escaped(format, line, value.as_bytes()),
        None => line.push(b'-'),
    }
}

fn version(version: Version) -> &'static [u8] {
    match version {
        Version::HTTP_09 => b"HTTP/0.9",
        Version::HTTP_10 => b"HTTP/1.0",
        Version::HTTP_2 => b"HTTP/2.0",
        Version::HTTP_3 => b"HTTP/3.0",
        _ => b"HTTP/1.1",
    }
}

/// Writes a client's own text, so that it can end neither the line nor the field that it is in.
fn escaped(format: Format, line: &mut Vec<u8>, text: &[u8]) {
    if are_plain(text) {
        return put(line, text);
    }
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        let digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        match (byte, format) {
            (byte, _) if is_plain(*byte) => line.push(*byte),
            (b'"' | b'\\', Format::Json) => put(line, &[b'\\', *byte]),
            (_, Format::Json) => {
                put(line, b"\\u00");
                put(line, &digits);
            }
            _ => {
                put(line, b"\\x");
                put(line, &digits);
            }
        }
    }
}

/// Whether a byte can stand in every format as it is.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') & !matches!(byte, b'"' | b'\\')
}

/// Whether all bytes of a text are plain. It is looked at without an early end in pieces, each of which the
/// compiler compares at once; the last one may overlap the one before.
fn are_plain(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<PIECE>() else {
        return text.iter().all(|byte| is_plain(*byte));
    };
    let mut strange = [0; PIECE];
    let mut look = |piece: &[u8; PIECE]| {
        for (strange, byte) in strange.iter_mut().zip(piece) {
            *strange |= u8::from(!is_plain(*byte));
        }
    };
    text.as_chunks().0.iter().for_each(&mut look);
    look(last);
    strange == [0; PIECE]
}

const PIECE: usize = 16;

fn number(line: &mut Vec<u8>, number: u64) {
    put(line, itoa::Buffer::new().format(number).as_bytes());
}

/// Seconds, with six places behind the point.
fn seconds(line: &mut Vec<u8>, time: Duration) {
    number(line, time.as_secs());
    let mut buffer = itoa::Buffer::new();
    // The million in front keeps the zeros, and its place is the point's.
    let places = buffer.format(1_000_000 + time.subsec_micros());
    line.push(b'.');
    put(line, &places.as_bytes()[1..]);
}

fn address(line: &mut Vec<u8>, client: Option<IpAddr>) {
    match client {
        None => line.push(b'-'),
        Some(IpAddr::V4(address)) => {
            let mut text = [b'.'; 16];
            let mut length = 0;
            for octet in address.octets() {
                for (least, place) in [(100, 100), (10, 10), (0, 1)] {
                    if octet >= least {
                        text[length] = b'0' + octet / place % 10;
                        length += 1;
                    }
                }
                length += 1;
            }
            put(line, &text[..length - 1]);
        }
        // Not simple enough to do without `std::fmt`; writing to memory does not fail.
        Some(IpAddr::V6(address)) => drop(write!(line, "{address}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut line = Vec::new();
        write(&mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn numbers_are_written_as_fmt_does() {
        for value in [0, 9, 10, 200, 65_536, u64::MAX] {
            assert_eq!(written(|line| number(line, value)), value.to_string());
        }
        for (micros, text) in [(0, "0.000000"), (1, "0.000001"), (61_234_567, "61.234567")] {
            assert_eq!(written(|line| seconds(line, Duration::from_micros(micros))), text);
        }
        for text in ["192.0.2.10", "0.0.0.0", "2001:db8::1"] {
            assert_eq!(written(|line| address(line, text.parse().ok())), text);
        }
        assert_eq!(written(|line| address(line, None)), "-");
    }

    #[test]
    fn what_a_client_says_stays_in_its_field() {
        let text = b"a\" \\ \n\r\t\x1b[31m\x7f\x00\xe9 z";
        let combined = written(|line| escaped(Format::Combined, line, text));
        assert_eq!(combined, r"a\x22 \x5C \x0A\x0D\x09\x1B[31m\x7F\x00\xE9 z");
        let json = written(|line| escaped(Format::Json, line, text));
        assert_eq!(json, r#"a\" \\ \u000A\u000D\u0009\u001B[31m\u007F\u0000\u00E9 z"#);
        assert_eq!(written(|line| escaped(Format::Short, line, b"plain text")), "plain text");
    }
}
