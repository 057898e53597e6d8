//! `traceparent`: which trace a request is part of, and which span it comes from.

use std::fmt;
use std::io::Write;

use http::HeaderValue;

use crate::unique;

/// A span, and whether it is sampled. Neither id is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    /// Written as 32 digits.
    pub(super) trace: u128,
    /// Written as 16 digits.
    pub(super) span: u64,
    pub(super) is_sampled: bool,
}

/// The length of version 00: `00-`, 32 digits, `-`, 16 digits, `-`, 2 digits.
const LENGTH: usize = 55;

/// The one flag that there is in version 00.
const SAMPLED: u64 = 1;

impl Context {
    /// A first span of a new trace.
    pub(super) fn begin(is_sampled: bool) -> Context {
        // Never zero, as the ids may not be.
        let trace = u128::from(unique::number()) << 64 | u128::from(unique::number()) | 1;
        Context { trace, span: unique::number() | 1, is_sampled }
    }

    /// A span inside this one.
    pub(super) fn child(self) -> Context {
        Context { span: unique::number() | 1, ..self }
    }

    /// Reads a header. Versions to come may have more at the end, which is not for us.
    pub(super) fn parse(text: &[u8]) -> Option<Context> {
        let (own, more) = text.split_at_checked(LENGTH)?;
        let dashes = [own[2], own[35], own[52]] == *b"---";
        let version = hex(&own[..2])?;
        let is_version = match version {
            0 => more.is_empty(),
            // It stands for no version.
            0xff => false,
            _ => more.is_empty() || more[0] == b'-',
        };
        if !dashes || !is_version {
            return None;
        }
        let trace = u128::from(hex(&own[3..19])?) << 64 | u128::from(hex(&own[19..35])?);
        let (span, flags) = (hex(&own[36..52])?, hex(&own[53..])?);
        let is_sampled = flags & SAMPLED != 0;
        (trace != 0 && span != 0).then_some(Context { trace, span, is_sampled })
    }

    /// The header, in version 00.
    pub(super) fn value(self) -> HeaderValue {
        let mut text = [b'0'; LENGTH];
        // There is room for all of it.
        let _ = write!(&mut text[..], "{self}");
        // Digits and dashes are always a value.
        unique::value(&text).unwrap_or(HeaderValue::from_static("00"))
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, u8::from(self.is_sampled))
    }
}

/// The number that up to 16 digits in lower case are.
fn hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| match digit {
        b'0'..=b'9' => Some(number << 4 | u64::from(digit - b'0')),
        b'a'..=b'f' => Some(number << 4 | u64::from(digit - b'a' + 10)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_read_as_it_is_written() {
        for text in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-ffffffffffffffffffffffffffffffff-0000000000000001-00",
        ] {
            assert_eq!(Context::parse(text.as_bytes()).unwrap().to_string(), text);
        }
        let begun = Context::begin(true);
        assert_eq!(Context::parse(begun.value().as_bytes()), Some(begun));
        let child = begun.child();
        assert_eq!((child.trace, child.is_sampled), (begun.trace, true));
        assert_ne!(child.span, begun.span);
    }

    #[test]
    fn only_what_is_known_of_a_later_version_or_other_flags_is_kept() {
        let own = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
        for (text, flags) in [
            (format!("cc-{own}-01"), "01"),
            (format!("cc-{own}-01-what.the.future.brings"), "01"),
            (format!("00-{own}-ff"), "01"),
            (format!("00-{own}-02"), "00"),
        ] {
            let read = Context::parse(text.as_bytes()).unwrap().to_string();
            assert_eq!(read, format!("00-{own}-{flags}"), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let span = "b7ad6b7169203331";
        for wrong in [
            "".to_owned(),
            "00".to_owned(),
            format!("ff-{trace}-{span}-01"),
            format!("00-{trace}-{span}-01-more"),
            format!("00-{trace}-{span}-01."),
            format!("cc-{trace}-{span}-01.more"),
            format!("00-{trace}-{span}-1"),
            format!("00-{trace}-{span}-0A"),
            format!("0-{trace}-{span}-01"),
            format!("00_{trace}-{span}-01"),
            format!("00-{}-{span}-01", trace.to_uppercase()),
            format!("00-{}-{span}-01", "0".repeat(32)),
            format!("00-{trace}-{}-01", "0".repeat(16)),
            format!("00-{trace}x{span}-01"),
            format!("00-{trace}-{span}x01"),
            format!(" 00-{trace}-{span}-01"),
            format!("é0-{trace}-{span}-01"),
        ] {
            assert_eq!(Context::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
