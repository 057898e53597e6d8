//! gunicorn's `access_log_format`.

use crate::percent;

/// The same as a format of the filter `access_log`, which has names in braces. What that does not know is a
/// `-`, as what gunicorn does not know is to gunicorn.
pub(super) fn in_braces(format: &str) -> String {
    percent::in_braces(format, atom)
}

fn atom(name: &str) -> String {
    if let Some((header, of)) = name.strip_prefix('{').and_then(|name| name.split_once('}')) {
        return match of {
            "i" => format!("{{header:{header}}}"),
            "o" => format!("{{response_header:{header}}}"),
            _ => "-".to_owned(),
        };
    }
    let known = match name {
        "h" => "{client}",
        "u" => "{user}",
        "t" => "[{time}]",
        "r" => "{method} {target} {version}",
        "m" => "{method}",
        "U" => "{target}",
        "H" => "{version}",
        "s" => "{status}",
        "b" | "B" => "{bytes}",
        "f" => "{header:referer}",
        "a" => "{header:user-agent}",
        "T" | "L" => "{seconds}",
        _ => "-",
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::in_braces;

    #[test]
    fn atoms_become_names() {
        for (gunicorn, ours) in [
            (
                r#"%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s""#,
                r#"{client} - {user} [{time}] "{method} {target} {version}" {status} {bytes} "{header:referer}" "{header:user-agent}""#,
            ),
            ("%({x-id}i)s %({server}o)s %({HOME}e)s", "{header:x-id} {response_header:server} -"),
            ("{%(s)s} 100%% %(D)s", "{{{status}}} 100% -"),
            ("50% %(s", "50% %(s"),
        ] {
            assert_eq!(in_braces(gunicorn), ours);
        }
    }
}
