//! What is quick with the headers of a response.

use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue};

/// How many headers a response has once its filters have added theirs. An estimate: what comes beyond it
/// makes the map grow.
const USUAL: usize = 12;

/// Makes room for those that filters will add: a map that grows costs more than all that is put into it.
pub(crate) fn make_room(headers: &mut HeaderMap) {
    headers.reserve(USUAL);
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
    use http::header::VARY;

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
