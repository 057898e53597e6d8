//! The grammar of `Forwarded` (RFC 7239, section 4).

/// What one proxy says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Element {
    pub(super) node: Option<String>,
    pub(super) proto: Option<String>,
    pub(super) host: Option<String>,
}

/// The elements of one line. One that is not well formed says nothing, but has its place.
pub(super) fn read(line: &str) -> Vec<Element> {
    let parts = split(line, ',').into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| element(part).unwrap_or_default()).collect()
}

fn element(text: &str) -> Option<Element> {
    let mut element = Element::default();
    for pair in split(text, ';').into_iter().map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=')?;
        let value = value(text)?;
        let place = match name.to_ascii_lowercase().as_str() {
            "for" => &mut element.node,
            "proto" => &mut element.proto,
            "host" => &mut element.host,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    Some(element)
}

/// A token as it is, or a quoted string without its quotes.
fn value(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else {
        return Some(text.to_owned()).filter(|text| !text.contains('"'));
    };
    let mut value = String::new();
    let mut chars = quoted.strip_suffix('"')?.chars();
    while let Some(next) = chars.next() {
        value.push(match next {
            '\\' => chars.next()?,
            '"' => return None,
            other => other,
        });
    }
    Some(value)
}

/// Splits at a character where it is not quoted.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (index, next) in text.char_indices() {
        match next {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if next == at && !quoted => {
                parts.push(&text[start..index]);
                start = index + next.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        let nodes = |line: &str| read(line).into_iter().map(|it| it.node).collect::<Vec<_>>();
        assert_eq!(nodes("for=\"_gazonk\""), [Some("_gazonk".to_owned())]);
        assert_eq!(
            nodes("For=\"[2001:db8:cafe::17]:4711\""),
            [Some("[2001:db8:cafe::17]:4711".to_owned())]
        );
        let all = read("for=192.0.2.60;proto=http;by=203.0.113.43");
        assert_eq!(all[0].proto.as_deref(), Some("http"));
        assert_eq!(nodes("for=192.0.2.43, for=198.51.100.17").len(), 2);
    }

    #[test]
    fn quotes_hide_what_would_end_an_element() {
        let all = read(r#"host="a,b;c\"d";for=1.1.1.1, for=2.2.2.2"#);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].host.as_deref(), Some("a,b;c\"d"));
    }

    #[test]
    fn what_is_not_well_formed_says_nothing() {
        for wrong in ["for", "for=\"1.1.1.1", "for=\"a\"b\"", "for=1.1.1.1;for=2.2.2.2", "?"] {
            assert_eq!(read(wrong), [Element::default()], "{wrong}");
        }
        assert!(read(" , ").is_empty());
    }
}
