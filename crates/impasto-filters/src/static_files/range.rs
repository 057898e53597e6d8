//! Requests for a part of a file, as far as ServeDir does not know their rules (RFC 9110, 13.1.5 and 14.2).

use http::header::{ETAG, IF_RANGE, LAST_MODIFIED, RANGE};
use http::{HeaderMap, HeaderValue, Method};

/// Removes a `Range` that does not count: of another method than `GET`, in other units than bytes, and
/// what is no range at all. Gives the `If-Range` that one which does count depends on.
pub(super) fn condition(method: &Method, headers: &mut HeaderMap) -> Option<HeaderValue> {
    let range = headers.get(RANGE)?;
    if *method != Method::GET || !is_range(range) {
        headers.remove(RANGE);
        return None;
    }
    headers.get(IF_RANGE).cloned()
}

/// Whether the file is still the one that the client has a part of.
pub(super) fn is_current(known: &HeaderValue, file: &HeaderMap) -> bool {
    let is_weak = known.as_bytes().starts_with(b"W/");
    !is_weak && [ETAG, LAST_MODIFIED].iter().any(|name| file.get(name) == Some(known))
}

/// `bytes=0-99`, `bytes=100-`, `bytes=-100`, or several with commas.
fn is_range(value: &HeaderValue) -> bool {
    let ranges = value.to_str().ok().and_then(|text| text.trim().strip_prefix("bytes="));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_one = |range: &str| match range.trim().split_once('-') {
        Some((first, last)) if is_number(first) && is_number(last) => {
            let in_order = || match (first.parse::<u64>(), last.parse::<u64>()) {
                (Ok(first), Ok(last)) => first <= last,
                _ => true,
            };
            !(first.is_empty() && last.is_empty()) && in_order()
        }
        _ => false,
    };
    ranges.is_some_and(|ranges| ranges.split(',').all(is_one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_range_is_ignored() {
        for (text, counts) in [
            ("bytes=0-0", true),
            ("bytes=5-", true),
            ("bytes=-5", true),
            ("bytes=0-1, 4-5", true),
            ("bytes=99999999999999999999-", true),
            ("bytes=-", false),
            ("bytes=5-4", false),
            ("bytes=a-b", false),
            ("bytes=", false),
            ("lines=1-2", false),
            ("0-1", false),
        ] {
            assert_eq!(is_range(&HeaderValue::from_static(text)), counts, "{text}");
        }
    }
}
