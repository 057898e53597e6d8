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

/// The one of `known` that `name` means without a doubt: one typing error away, where no other is within
/// two.
pub(crate) fn certain<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if !(3..=200).contains(&name.len()) {
        return None;
    }
    let wanted = fold(name);
    let distance = |known: &str| strsim::damerau_levenshtein(&wanted, &fold(known));
    let known = known.into_iter().filter(|known| known.len() <= 200 && *known != name);
    let mut near =
        known.map(|known| (distance(known), known)).filter(|(distance, _)| *distance <= 2);
    match (near.next(), near.next()) {
        (Some((0 | 1, known)), None) => Some(known),
        _ => None,
    }
}

fn fold(name: &str) -> String {
    name.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{certain, nearest};

    #[test]
    fn typing_errors_are_seen_through() {
        let known = ["cors", "request_id", "size_limit"];
        assert_eq!(nearest("cros", known), Some("cors"));
        assert_eq!(nearest("Request-ID", known), Some("request_id"));
        assert_eq!(nearest("sizelimit", known), Some("size_limit"));
        assert_eq!(nearest("authtoken", known), None);
    }

    #[test]
    fn a_name_is_certain_when_no_other_is_near() {
        let known = ["cors", "request_id", "size_limit", "v1", "api1", "api2"];
        assert_eq!(certain("cros", known), Some("cors"));
        assert_eq!(certain("Request-ID", known), Some("request_id"));
        assert_eq!(certain("sizlimt", known), None);
        assert_eq!(certain("api3", known), None);
        assert_eq!(certain("v2", known), None, "two letters say too little");
    }
}
