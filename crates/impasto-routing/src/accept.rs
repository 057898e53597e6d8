//! Media types and their parameters, as `Accept` and `Content-Type` have them.

/// The media range in `accept` that fits one of `supported` best: by quality, then by how much of it
/// is not a wildcard. Gives the supported type and the parameters that came with it.
pub fn best<'a>(
    accept: impl Iterator<Item = &'a str>,
    supported: &[&'static str],
) -> Option<(&'static str, &'a str)> {
    let mut best: Option<(f32, usize, &'static str, &'a str)> = None;
    for range in accept.flat_map(|header| pieces(header, ',')) {
        let (mask, parameters) = split(range);
        let Ok(quality) = parameter(parameters, "q").unwrap_or("1").parse::<f32>() else {
            continue;
        };
        let Some(fitting) = supported.iter().find(|media| fits(mask, media)) else { continue };
        let wildcards = mask.matches('*').count();
        let better = best.is_none_or(|(so_far, most, ..)| {
            quality > so_far || quality == so_far && wildcards < most
        });
        if better && quality > 0.0 {
            best = Some((quality, wildcards, fitting, parameters));
        }
    }
    best.map(|(_, _, media, parameters)| (media, parameters))
}

/// The offer that `accept` gives the highest quality, each by the range that says most of it; the first
/// of equals (RFC 9110, 12.5.1). `None` where none is acceptable.
pub fn preferred<'a>(accept: &[&str], offers: &[&'a str]) -> Option<&'a str> {
    let quality = |media: &str| {
        let ranges = accept.iter().flat_map(|header| pieces(header, ','));
        let fitting = ranges.map(split).filter(|(mask, _)| fits(mask, media));
        // Of the same range, the first.
        let (_, parameters) = fitting.min_by_key(|(mask, _)| mask.matches('*').count())?;
        parameter(parameters, "q").unwrap_or("1").parse::<f32>().ok()
    };
    let mut best = None;
    for offer in offers {
        let Some(quality) = quality(offer).filter(|quality| *quality > 0.0) else { continue };
        if best.is_none_or(|(so_far, _)| quality > so_far) {
            best = Some((quality, *offer));
        }
    }
    best.map(|(_, offer)| offer)
}

/// A media type and its parameters.
pub fn split(media: &str) -> (&str, &str) {
    let (media, parameters) = media.split_once(';').unwrap_or((media, ""));
    (media.trim(), parameters)
}

/// The value of a parameter, without its quotes.
pub fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    pieces(parameters, ';').find_map(|piece| {
        let (found, value) = piece.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

fn fits(mask: &str, media: &str) -> bool {
    match mask.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => {
            media.split_once('/').is_some_and(|(of, _)| of.eq_ignore_ascii_case(kind))
        }
        _ => mask.eq_ignore_ascii_case(media),
    }
}

/// What `separator` parts, where it is not in quotes.
fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_range_is_the_most_wanted_then_the_most_exact() {
        const JSON: &str = "application/json";
        for (accept, version) in [
            ("*/*;version=1, application/json;version=2", Some("2")),
            ("application/json;q=0.5;version=1, application/*;q=0.8;version=2", Some("2")),
            ("application/json;version=\"1,0\"", Some("1,0")),
            ("application/json;q=x;version=1, */*;version=2", Some("2")),
            ("application/xml;version=1", None),
            ("application/json;q=0;version=1", None),
            ("", None),
        ] {
            let best = best([accept].into_iter(), &[JSON]);
            let found = best.and_then(|(_, parameters)| parameter(parameters, "version"));
            assert_eq!(found, version, "{accept}");
        }
    }
}
