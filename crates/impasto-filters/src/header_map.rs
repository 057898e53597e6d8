//! Headers: their names in settings, and what is quick with those of a response.

use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, Entry, HOST, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use impasto::{Exchange, Response, SettingError};

/// Makes the memory of the request's headers that of the response's, which an app may do, as the headers of
/// a request are certain only on the way in. It has the right size: what hyper reads the next request of a
/// connection into is the memory of the last response.
pub(crate) fn recycle(exchange: &mut Exchange, response: &mut Response) {
    if exchange.headers().capacity() <= LARGEST {
        std::mem::swap(exchange.headers_mut(), response.headers_mut());
        response.headers_mut().clear();
    }
}

/// How many headers what is recycled has room for at most: a request of many is no reason for a response to
/// be large.
const LARGEST: usize = 64;

/// A value that responses are given copies of. The first copy of a text is dear, a copy of a copy is not.
pub(crate) fn to_copy(value: &HeaderValue) -> HeaderValue {
    value.clone()
}

/// Adds a header unless there is one of this name; whether it was added.
pub(crate) fn add(headers: &mut HeaderMap, name: &HeaderName, value: &HeaderValue) -> bool {
    // There hardly ever is one, and to look for it first would cost as much again.
    let is_second = headers.append(name, value.clone());
    if is_second {
        take_last(headers, name);
    }
    !is_second
}

/// The header that a setting names.
///
/// # Errors
///
/// The setting `key`, where no header can have the name.
pub(crate) fn named(key: &str, text: &str) -> Result<HeaderName, SettingError> {
    let message = || format!("{text:?} is not the name of a header");
    HeaderName::try_from(text).map_err(|_| SettingError::new(key, message()))
}

/// Headers that are read by whoever is next on the connection (RFC 9110, 7.6.1; RFC 9112, 6), and the one
/// that decides where a request goes.
const OF_THE_SERVER: [HeaderName; 7] =
    [CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// The header that a setting names, for a filter to write.
///
/// # Errors
///
/// The setting `key`, where no header can have the name, and where only the server may write it.
pub(crate) fn not_of_the_server(key: &str, text: &str) -> Result<HeaderName, SettingError> {
    let name = named(key, text)?;
    match OF_THE_SERVER.contains(&name) {
        true => Err(SettingError::new(key, format!("`{text}` is the server's alone"))),
        false => Ok(name),
    }
}

/// Removes headers, also where `_` is written for `-` in their names, which is the same to many who read them.
pub(crate) fn strip(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
    let dash = |byte: u8| if byte == b'_' { b'-' } else { byte };
    let is_same = |one: &str, other: &str| one.bytes().map(dash).eq(other.bytes().map(dash));
    let is_alias = |name: &&HeaderName| {
        name.as_str().contains('_') && names.iter().any(|own| is_same(own.as_str(), name.as_str()))
    };
    while let Some(alias) = headers.keys().find(is_alias).cloned() {
        headers.remove(alias);
    }
}

/// Whether `Cache-Control` has a directive that stands alone, such as `no-store` (RFC 9111, 5.2.2).
pub(crate) fn has_directive(headers: &HeaderMap, directive: &str) -> bool {
    headers.get_all(CACHE_CONTROL).iter().any(|value| {
        let mut own = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        own.any(|own| own.eq_ignore_ascii_case(directive.as_bytes()))
    })
}

/// Adds a name to `Vary`, unless it or `*` is there.
pub(crate) fn vary(headers: &mut HeaderMap, name: &HeaderValue) {
    let is_second = headers.append(VARY, name.clone());
    let has_it = |value: &HeaderValue| {
        let mut names = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        names.any(|own| own == b"*" || own.eq_ignore_ascii_case(name.as_bytes()))
    };
    if is_second && headers.get_all(VARY).iter().rev().skip(1).any(has_it) {
        take_last(headers, &VARY);
    }
}

/// Takes back the last of several values.
#[cold]
pub(crate) fn take_last(headers: &mut HeaderMap, name: &HeaderName) {
    let Entry::Occupied(mut given) = headers.entry(name) else { return };
    let mut values: Vec<_> = given.iter().cloned().collect();
    values.pop();
    let mut values = values.into_iter();
    match values.next() {
        Some(first) => drop(given.insert(first)),
        None => drop(given.remove()),
    }
    for value in values {
        headers.append(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use impasto::{Body, Request};

    #[test]
    fn the_memory_of_a_request_holds_no_header_of_it() {
        let request = Request::get("/").header("x-secret", "1").body(Body::empty()).unwrap();
        let mut exchange = Exchange::new(request, None);
        let mut response = Response::default();
        recycle(&mut exchange, &mut response);
        assert!(response.headers().is_empty() && response.headers().capacity() > 0);
        assert!(exchange.headers().is_empty());
    }

    #[test]
    fn headers_are_removed_in_every_spelling() {
        let mut headers = HeaderMap::new();
        for name in ["x-user-name", "x_user-name", "x-user_name", "x_user_name", "x-user", "x_y"] {
            headers.insert(name, HeaderValue::from_static("root"));
        }
        strip(&mut headers, &[HeaderName::from_static("x-user-name")]);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["x-user", "x_y"]);
    }

    #[test]
    fn a_header_is_added_only_where_there_is_none() {
        let value = HeaderValue::from_static("new");
        for given in [&[][..], &["a"], &["a", "b"], &["a", "b", "c"]] {
            let mut headers = HeaderMap::new();
            for text in given {
                headers.append(VARY, HeaderValue::from_static(text));
            }
            assert_eq!(add(&mut headers, &VARY, &value), given.is_empty());
            let values: Vec<_> = headers.get_all(VARY).iter().collect();
            assert_eq!(values, if given.is_empty() { &["new"] } else { given });
        }
    }
}
