//! The dialect of oslo.config: another one than PasteDeploy's, in which options and sections may repeat.

/// The last value of each of `options` in the sections of a group.
pub(super) fn group(
    text: &str,
    group: &str,
    options: &[&str],
) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut is_inside = false;
    // The option that the next line may go on with.
    let mut open = None;
    for (number, line) in (1..).zip(text.lines().map(str::trim_end)) {
        if line.starts_with([' ', '\t']) {
            if let Some(at) = open {
                continued(&mut found, at, line.trim_start());
            }
            continue;
        }
        open = None;
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.strip_suffix(']').ok_or_else(|| format!("line {number} has no `]`"))?;
            is_inside = name.eq_ignore_ascii_case(group);
            continue;
        }
        let (name, value) = line
            .split_once(['=', ':'])
            .ok_or_else(|| format!("line {number} has neither `=` nor `:`"))?;
        let name = name.trim();
        // What the rest of the line goes on with belongs to this, also where nobody asked for it.
        open = Some(usize::MAX);
        if is_inside && options.contains(&name) {
            found.retain(|(earlier, _)| earlier != name);
            open = Some(found.len());
            found.push((name.to_owned(), unquoted(value.trim()).to_owned()));
        }
    }
    for (name, value) in &mut found {
        let plain = value.replace("$$", "");
        if plain.contains('$') {
            return Err(format!("`{name}` in [{group}] refers to another option with a `$`"));
        }
        *value = value.replace("$$", "$");
    }
    Ok(found)
}

fn continued(found: &mut [(String, String)], at: usize, more: &str) {
    if let Some((_, value)) = found.get_mut(at) {
        value.push('\n');
        value.push_str(more);
    }
}

/// A value without the quotes around it.
fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let found = group(text, "cors", &["a", "b"])?;
        let shown = found.iter().map(|(name, value)| format!("{name}={value}"));
        Ok(shown.collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn values_are_read_as_by_oslo() {
        for (text, expected) in [
            ("[cors]\na = 1\na = 2\n", "a=2"),
            ("[cors]\na = 1\n[x]\na = 3\n[CORS]\nb: 2\n", "a=1|b=2"),
            ("[cors]\n# a = 0\n; b = 0\na = \"x y\" \nb='\n", "a=x y|b='"),
            ("[cors]\na = x,\n  y\n\tz\n\n  lost\nb=1", "a=x,\ny\nz|b=1"),
            ("[cors]\nother = x\n more\na = 1\n", "a=1"),
            ("[cors]\na = x:y=z\nb = 10$$\n", "a=x:y=z|b=10$"),
            ("", ""),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none_of_it_is_said() {
        for (text, expected) in [
            ("[cors\n", "line 1 has no `]`"),
            ("[cors]\na\n", "line 2 has neither `=` nor `:`"),
            ("[cors]\na = $state_path/x\n", "`a` in [cors] refers to another option with a `$`"),
        ] {
            assert_eq!(read(text).unwrap_err(), expected);
        }
    }
}
