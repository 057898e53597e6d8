//! Headers that say how long a request is, and what is expected of the answer; and values of any.

use http::{HeaderValue, StatusCode};

use super::refusal::Refusal;

pub(super) const TWO_LENGTHS: Refusal =
    Refusal::bad("there are both a Content-Length and a Transfer-Encoding");

pub(super) const DISGUISED: Refusal =
    Refusal::bad("the name of a header that says how long the request is has a `_` for a `-`");

pub(super) const PADDED: Refusal =
    Refusal::bad("the value of a header begins or ends with white space");

/// Whether there is white space around a value. Over HTTP/2 such a request is malformed (RFC 9113, 8.2.1):
/// who passes it on over HTTP/1 gives it another meaning. Over HTTP/1 it is no part of the value.
pub(super) fn is_padded(value: &HeaderValue) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let value = value.as_bytes();
    is_space(value.first()) || is_space(value.last())
}

/// `chunked` and nothing else (RFC 9112, 6.1): another coding before it is one that nobody here can
/// read, and whatever else is no coding at all.
pub(super) fn transfer_encoding(value: &HeaderValue, count: usize) -> Result<(), Refusal> {
    if count > 1 {
        return Err(Refusal::bad("there are two Transfer-Encodings"));
    }
    if value.as_bytes().eq_ignore_ascii_case(b"chunked") {
        return Ok(());
    }
    let codings = || value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let is_coding = |coding: &[u8]| {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        !coding.is_empty() && coding.iter().all(is_word)
    };
    let is_chunked = |coding: &&[u8]| coding.eq_ignore_ascii_case(b"chunked");
    if codings().all(is_coding) && codings().filter(is_chunked).count() == 1 {
        return Err(Refusal::not_implemented("the Transfer-Encoding is not one of this server's"));
    }
    Err(Refusal::bad("the Transfer-Encoding is none"))
}

pub(super) fn expect(value: &HeaderValue) -> Result<(), Refusal> {
    match value.as_bytes().eq_ignore_ascii_case(b"100-continue") {
        true => Ok(()),
        false => Err(Refusal::new(
            StatusCode::EXPECTATION_FAILED,
            "nothing but 100-continue can be expected",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_chunked_and_nothing_else() {
        for (value, status) in [
            ("chunked", 200),
            ("Chunked", 200),
            ("gzip, chunked", 501),
            ("identity,chunked", 501),
            ("chunked, chunked", 400),
            (",chunked", 400),
            ("chunked,", 400),
            ("chunked;x", 400),
            ("x", 400),
            ("", 400),
        ] {
            let looked = transfer_encoding(&HeaderValue::from_static(value), 1);
            assert_eq!(
                looked.err().map_or(200, |refusal| refusal.status().as_u16()),
                status,
                "{value}"
            );
        }
        assert!(transfer_encoding(&HeaderValue::from_static("chunked"), 2).is_err());
    }
}
