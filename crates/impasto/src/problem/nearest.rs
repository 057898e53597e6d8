//! The nearest right name.

/// The one of `known` that `name` most likely meant: the fewest typing errors, at most one in three
/// letters. `None` when nothing is that near.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names are short; anything longer is no typing error, and the distance costs its square.
    if name.is_empty() || name.len() > 200 {
        return None;
    }
    let wanted = fold(name);
    let allowed = (wanted.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter(|known| known.len() <= 200 && *known != name)
        .map(|known| (strsim::damerau_levenshtein(&wanted, &fold(known)), known))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

fn fold(name: &str) -> String {
    name.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn typing_errors_are_seen_through() {
        let known = ["cors", "request_id", "size_limit"];
        assert_eq!(nearest("cros", known), Some("cors"));
        assert_eq!(nearest("Request-ID", known), Some("request_id"));
        assert_eq!(nearest("sizelimit", known), Some("size_limit"));
        assert_eq!(nearest("authtoken", known), None);
    }
}
