//! nova's `wsgi_log_format`, a format of Python's `%`.

/// What nova fills in, with the names that the filter `access_log` has for that.
const NAMES: [(&str, &str); 6] = [
    ("client_ip", "{client}"),
    ("request_line", "{method} {target} {version}"),
    ("status_code", "{status}"),
    ("body_length", "{bytes}"),
    ("wall_seconds", "{seconds}"),
    ("date_time", "{time}"),
];

/// Whether a format is one of nova's: it has one of its names.
pub(super) fn is_one(format: &str) -> bool {
    NAMES.iter().any(|(name, _)| format.contains(&format!("%({name})")))
}

/// The same with names in braces. What nova does not know is a `-`.
pub(super) fn in_braces(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(&escaped(before));
        rest = match behind.strip_prefix('(').and_then(|name| name.split_once(')')) {
            Some((name, behind)) => {
                let known = NAMES.iter().find(|(known, _)| *known == name);
                text.push_str(known.map_or("-", |(_, ours)| ours));
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

#[cfg(test)]
mod tests {
    use super::{in_braces, is_one};

    #[test]
    fn nova_s_own_format_is_understood() {
        let nova = r#"%(client_ip)s "%(request_line)s" status: %(status_code)s  len: %(body_length)s time: %(wall_seconds).7f {x} 5%% %(other)s"#;
        let ours = r#"{client} "{method} {target} {version}" status: {status}  len: {bytes} time: {seconds} {{x}} 5% -"#;
        assert!(is_one(nova) && !is_one(ours));
        assert_eq!(in_braces(nova), ours);
    }
}
