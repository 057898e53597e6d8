//! `tracestate`: what the systems on the way know of a trace, which is not read but passed on.

use http::HeaderValue;

/// As many systems may be named.
const MEMBERS: usize = 32;

/// Whether this is a list that may be passed on. One that is not has to be left out whole.
pub(super) fn is_valid<'a>(lines: impl IntoIterator<Item = &'a HeaderValue>) -> bool {
    let mut keys: Vec<&[u8]> = Vec::new();
    let lines = lines.into_iter().map(HeaderValue::as_bytes);
    for member in lines.flat_map(|line| line.split(|byte| *byte == b',')) {
        let member = member.trim_ascii();
        if member.is_empty() {
            continue;
        }
        let Some((key, value)) = split(member) else { return false };
        if !is_key(key) || !is_value(value) || keys.contains(&key) || keys.len() == MEMBERS {
            return false;
        }
        keys.push(key);
    }
    true
}

fn split(member: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = member.iter().position(|byte| *byte == b'=')?;
    Some((&member[..at], &member[at + 1..]))
}

/// A name, or a tenant and the name of a system with an `@` between.
fn is_key(key: &[u8]) -> bool {
    let is_allowed =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/".contains(byte);
    let is_name =
        |name: &[u8], longest| (1..=longest).contains(&name.len()) && name.iter().all(is_allowed);
    let begins_well = |name: &[u8]| name.first().is_some_and(u8::is_ascii_lowercase);
    match key.iter().position(|byte| *byte == b'@') {
        None => is_name(key, 256) && begins_well(key),
        Some(at) => {
            let (tenant, system) = (&key[..at], &key[at + 1..]);
            is_name(tenant, 241) && is_name(system, 14) && begins_well(system)
        }
    }
}

/// What is printed, but for `,` and `=`.
fn is_value(value: &[u8]) -> bool {
    let is_allowed = |byte: &u8| matches!(byte, b' '..=b'~') && !b",=".contains(byte);
    (1..=256).contains(&value.len()) && value.iter().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good(lines: &[&str]) -> bool {
        let lines: Vec<HeaderValue> = lines.iter().map(|line| line.parse().unwrap()).collect();
        is_valid(&lines)
    }

    #[test]
    fn lists_of_members_are_passed_on() {
        let many: Vec<_> = (0..32).map(|number| format!("k{number}=v")).collect();
        for good in [
            &[][..],
            &["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
            &["a=1", "b=2"],
            &["a=1, ,b=2,"],
            &["t/1@sys=a b!"],
            &[&many.join(",")],
        ] {
            assert!(is_good(good), "{good:?}");
        }
    }

    #[test]
    fn anything_else_is_left_out() {
        let many: Vec<_> = (0..33).map(|number| format!("k{number}=v")).collect();
        for wrong in [
            &["a"][..],
            &["=1"],
            &["a="],
            &["A=1"],
            &["1a=1"],
            &["a=1=2"],
            &["a=1", "a=2"],
            &["t@=1"],
            &["@s=1"],
            &["t@s@u=1"],
            &["a b=1"],
            &["a=\u{e9}"],
            &[&many.join(",")],
            &[&format!("a={}", "x".repeat(257))],
        ] {
            assert!(!is_good(wrong), "{wrong:?}");
        }
    }
}
