//! How lines are written. Nothing here goes through `std::fmt`, which costs more than all the rest.

use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderMap, HeaderName, Uri, Version};
use impasto::{Exchange, Response};

use super::clock::Date;
use super::field::{Field, Stage};
use super::record::Facts;
use super::template::Template;
use crate::user::User;

/// How what a client says is kept from ending a line or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// `\x0A`, as Apache does it.
    Hex,
    /// `\u000A`, as in JSON.
    Json,
}

/// How a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    Aborted,
    Failed,
}

/// What is known when the line is written.
pub(super) struct Ending {
    pub(super) bytes: u64,
    pub(super) took: Duration,
    pub(super) end: End,
}

/// Adds all runs of a stage to `text`, and the places where they end to `cuts`.
fn add(
    template: &Template,
    stage: Stage,
    (text, cuts): (&mut Vec<u8>, &mut Vec<usize>),
    write: impl Fn(&mut Vec<u8>, &Field),
) {
    for run in template.runs.iter().filter(|run| run.stage == stage) {
        run.fields.iter().for_each(|field| write(text, field));
        cuts.push(text.len());
    }
}

/// Writes what is known on the way in.
pub(super) fn begin(
    template: &Template,
    known: (&mut Vec<u8>, &mut Vec<usize>),
    exchange: &Exchange,
    date: &Date,
) {
    add(template, Stage::Request, known, |text, field| match field {
        Field::Text(words) => put(text, words),
        Field::Time => put(text, date.apache.as_bytes()),
        Field::IsoTime => put(text, date.iso.as_bytes()),
        Field::Method => put(text, exchange.method().as_str().as_bytes()),
        Field::Target => target(template.escape, text, exchange.uri()),
        Field::Version => put(text, version(exchange.version())),
        Field::Header(name) => header(template.escape, text, exchange.headers(), name),
        _ => text.push(b'-'),
    });
}

/// Writes what is known on the way out.
pub(super) fn answered(
    template: &Template,
    known: (&mut Vec<u8>, &mut Vec<usize>),
    response: &Response,
) {
    add(template, Stage::Response, known, |text, field| match field {
        Field::Text(words) => put(text, words),
        Field::ResponseHeader(name) => header(template.escape, text, response.headers(), name),
        Field::Microversion => escaped(template.escape, text, microversion(response.headers())),
        _ => text.push(b'-'),
    });
}

/// Writes the whole line.
pub(super) fn end(template: &Template, line: &mut Vec<u8>, facts: &Facts, ending: &Ending) {
    for run in &template.runs {
        match run.slot.and_then(|slot| facts.span(slot)) {
            Some(written) => put(line, written),
            None => {
                run.fields.iter().for_each(|field| at_end(template, line, facts, ending, field))
            }
        }
    }
    line.push(b'\n');
}

fn at_end(template: &Template, line: &mut Vec<u8>, facts: &Facts, ending: &Ending, field: &Field) {
    match field {
        Field::Text(words) => put(line, words),
        Field::Client => address(line, facts.client),
        Field::User => match &facts.user {
            Some(User(name)) => escaped(template.escape, line, name.as_bytes()),
            None => line.push(b'-'),
        },
        Field::Status => number(line, u64::from(facts.status.as_u16())),
        Field::Bytes => number(line, ending.bytes),
        Field::Seconds => seconds(line, ending.took),
        Field::RequestId => {
            let id = facts.id.as_ref().map_or(&b"-"[..], |id| id.as_bytes());
            escaped(template.escape, line, id);
        }
        Field::End => put(line, ending.end.word()),
        Field::Trouble if ending.end == End::Complete => {}
        Field::Trouble => {
            line.push(b' ');
            put(line, ending.end.word());
        }
        // Of a response that never came.
        _ => line.push(b'-'),
    }
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
    match bytes {
        // Most of what a format says itself; a call that copies costs more than the byte.
        [byte] => line.push(*byte),
        _ => line.extend_from_slice(bytes),
    }
}

fn target(escape: Escape, line: &mut Vec<u8>, uri: &Uri) {
    match (uri.path_and_query(), uri.authority()) {
        (Some(target), _) => escaped(escape, line, target.as_str().as_bytes()),
        // CONNECT has nothing else.
        (None, Some(authority)) => escaped(escape, line, authority.as_str().as_bytes()),
        (None, None) => line.push(b'-'),
    }
}

fn header(escape: Escape, line: &mut Vec<u8>, headers: &HeaderMap, name: &HeaderName) {
    match headers.get(name) {
        Some(value) => escaped(escape, line, value.as_bytes()),
        None => line.push(b'-'),
    }
}

/// The number in `compute 2.90`, or in nova's older header, which has nothing else.
fn microversion(headers: &HeaderMap) -> &[u8] {
    let value = headers.get("openstack-api-version");
    let value = value.or_else(|| headers.get("x-openstack-nova-api-version"));
    let number = value.and_then(|value| value.as_bytes().rsplit(|byte| *byte == b' ').next());
    number.unwrap_or(b"-")
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
fn escaped(escape: Escape, line: &mut Vec<u8>, text: &[u8]) {
    if are_plain(text) {
        return put(line, text);
    }
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        let digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        match (byte, escape) {
            (byte, _) if is_plain(*byte) => line.push(*byte),
            (b'"' | b'\\', Escape::Json) => put(line, &[b'\\', *byte]),
            (_, Escape::Json) => {
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
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') & !matches!(byte, b'"' | b'\\')
}

/// The same of every byte: to look one up is cheaper than to compare it.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = is_plain(byte as u8);
        byte += 1;
    }
    plain
};

/// Whether all bytes of a text are plain. A long one is looked at without an early end in pieces, each of which
/// the compiler compares at once; the last one may overlap the one before.
fn are_plain(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<PIECE>() else {
        return text.iter().fold(true, |plain, byte| plain & PLAIN[usize::from(*byte)]);
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
        let combined = written(|line| escaped(Escape::Hex, line, text));
        assert_eq!(combined, r"a\x22 \x5C \x0A\x0D\x09\x1B[31m\x7F\x00\xE9 z");
        let json = written(|line| escaped(Escape::Json, line, text));
        assert_eq!(json, r#"a\" \\ \u000A\u000D\u0009\u001B[31m\u007F\u0000\u00E9 z"#);
        assert_eq!(written(|line| escaped(Escape::Hex, line, b"plain text")), "plain text");
    }
}
