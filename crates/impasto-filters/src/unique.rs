//! Ids that nobody else has, and numbers that nobody expects.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use bytes::BytesMut;
use http::HeaderValue;

/// An id of a request: `prefix` and a random UUID (RFC 9562, version 4) in lower case.
///
/// Whoever sees some can work out others: an id is not a secret. Making one asks nothing of the
/// operating system, and allocates once for some hundred of them.
pub(crate) fn id(prefix: &'static str) -> HeaderValue {
    from_source(|source| source.id(prefix))
}

/// A header's value, with as little allocation as an id; `None` where none can be written so.
pub(crate) fn value(text: &[u8]) -> Option<HeaderValue> {
    from_source(|source| source.cut(&[text]))
}

/// A random number, which is no secret either.
pub(crate) fn number() -> u64 {
    from_source(Source::next)
}

fn from_source<T>(take: impl Fn(&mut Source) -> T) -> T {
    let kept = SOURCE.try_with(|source| {
        let mut source = source.try_borrow_mut().ok()?;
        Some(take(source.get_or_insert_with(Source::new)))
    });
    // A thread that is ending keeps none.
    kept.ok().flatten().unwrap_or_else(|| take(&mut Source::new()))
}

thread_local! {
    static SOURCE: RefCell<Option<Source>> = const { RefCell::new(None) };
}

/// How much room for ids is allocated at once.
const BLOCK: usize = 4096;

struct Source {
    state: [u64; 2],
    /// What is left of the block that ids are cut off from.
    block: BytesMut,
}

impl Source {
    fn new() -> Source {
        // The standard library seeds its hashers from the operating system, once per thread.
        let seed = || RandomState::new().hash_one(std::thread::current().id());
        // The generator stays at zero for ever if it begins there.
        Source { state: [seed(), seed() | 1], block: BytesMut::new() }
    }

    /// xoroshiro128++ 1.0 of David Blackman and Sebastiano Vigna.
    fn next(&mut self) -> u64 {
        let [first, mut second] = self.state;
        let number = first.wrapping_add(second).rotate_left(17).wrapping_add(first);
        second ^= first;
        self.state = [first.rotate_left(49) ^ second ^ (second << 21), second.rotate_left(28)];
        number
    }

    fn id(&mut self, prefix: &'static str) -> HeaderValue {
        let high = self.next() & !0xf000 | 0x4000;
        let low = self.next() & !(0b11 << 62) | 0b10 << 62;
        let id = self.cut(&[prefix.as_bytes(), &text(high, low)]);
        // Digits, dashes and a prefix from this crate are always a value.
        id.unwrap_or(HeaderValue::from_static("none"))
    }

    /// These texts, one after the other.
    fn cut(&mut self, parts: &[&[u8]]) -> Option<HeaderValue> {
        let length = parts.iter().map(|part| part.len()).sum();
        if self.block.capacity() < length {
            self.block.reserve(BLOCK.max(length));
        }
        for part in parts {
            self.block.extend_from_slice(part);
        }
        HeaderValue::from_maybe_shared(self.block.split().freeze()).ok()
    }
}

/// The length of a UUID as text.
const UUID: usize = 36;

/// Both digits of every byte.
const DIGITS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

fn text(high: u64, low: u64) -> [u8; UUID] {
    const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let bytes = (u128::from(high) << 64 | u128::from(low)).to_be_bytes();
    let mut text = [b'-'; UUID];
    for (byte, place) in bytes.into_iter().zip(PLACES) {
        text[place..place + 2].copy_from_slice(&DIGITS[usize::from(byte)]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn an_id_is_a_uuid_of_version_4() {
        for _ in 0..1000 {
            let id = id("req-");
            let id = id.to_str().unwrap().strip_prefix("req-").unwrap();
            let parts: Vec<_> = id.split('-').collect();
            assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
            assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')));
            assert!(
                parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']),
                "{id}"
            );
        }
        let zeros = "00000000-0000-0000-0000-00000000000f";
        assert_eq!(text(0, 15), zeros.as_bytes());
    }

    #[test]
    fn no_two_are_the_same_whoever_made_them() {
        let make = || (0..5_000).map(|_| id("")).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
        let ids: HashSet<_> = threads.into_iter().flat_map(|it| it.join().unwrap()).collect();
        assert_eq!(ids.len(), 20_000);
    }
}
