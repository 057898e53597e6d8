//! Formats of Python's `%` operator, as formats of the filter `access_log`.

/// The same with names in braces: `named` says what stands for a `%(name)s`.
pub(crate) fn in_braces(format: &str, named: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(&escaped(before));
        rest = match behind.strip_prefix('(').and_then(|name| name.split_once(')')) {
            Some((name, behind)) => {
                text.push_str(&named(name));
                // How wide, how exact, and of what type.
                let behind = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
                behind.strip_prefix(['s', 'd', 'f']).unwrap_or(behind)
            }
            None => {
                text.push('%');
                behind.strip_prefix('%').unwrap_or(behind)
            }
        };
    }
    text + &escaped(rest)
}

fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
