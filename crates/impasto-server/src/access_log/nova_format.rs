//! nova's `wsgi_log_format`, a format of Python's `%`.

use crate::percent;

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
    percent::in_braces(format, |name| {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or("-", |(_, ours)| ours).to_owned()
    })
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
