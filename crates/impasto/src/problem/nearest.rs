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
    distances(name, &wanted, known, allowed)
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
    let mut near = distances(name, &wanted, known, 2);
    match (near.next(), near.next()) {
        (Some((0 | 1, known)), None) => Some(known),
        _ => None,
    }
}

/// Those of `known` that are other than `name` and no more than `allowed` typing errors away.
fn distances<'a>(
    name: &str,
    wanted: &str,
    known: impl IntoIterator<Item = &'a str>,
    allowed: usize,
) -> impl Iterator<Item = (usize, &'a str)> {
    let letters = wanted.chars().count();
    // Each letter that is too many is an error, and counting them costs little.
    let is_as_long = move |known: &str| known.chars().count().abs_diff(letters) <= allowed;
    let known = known.into_iter().filter(move |known| known.len() <= 200 && *known != name);
    known
        .filter(move |known| is_as_long(known))
        .map(move |known| (strsim::damerau_levenshtein(wanted, &fold(known)), known))
        .filter(move |(distance, _)| *distance <= allowed)
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
