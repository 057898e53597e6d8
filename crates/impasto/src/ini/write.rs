//! INI that a program writes.

use std::io;

use serde_ini::{Item, LineEnding, Writer};

/// Writes items as INI text through serde_ini's writer, with `\n` line ends. Lines of a longer value
/// are indented so that they are read back as the same value; comments may be given with or
/// without their mark.
///
/// # Errors
///
/// A value or name that no INI text can say (a line break in a name, a value line that would be
/// read as a comment or lost as trailing white space) is `InvalidInput`.
///
/// ```
/// use serde_ini::Item;
///
/// let items = [
///     Item::Section { name: "pipeline:main".into() },
///     Item::Value { key: "pipeline".into(), value: "cors\napp".into() },
/// ];
/// let mut text = Vec::new();
/// impasto::ini::write(&mut text, &items).unwrap();
/// assert_eq!(text, b"[pipeline:main]\npipeline=cors\n    app\n");
/// ```
pub fn write<'a>(to: impl io::Write, items: impl IntoIterator<Item = &'a Item>) -> io::Result<()> {
    let mut writer = Writer::new(to, LineEnding::Linefeed);
    for item in items {
        match item {
            Item::Value { key, value } => {
                check(key, value)?;
                let value = value.replace('\n', "\n    ");
                writer.write(&Item::Value { key: key.clone(), value })?;
            }
            Item::Section { name } if name.is_empty() || name.contains(['\n', '\r']) => {
                return Err(invalid("this section name cannot be written"));
            }
            // serde_ini's parser keeps the mark, its writer adds one.
            Item::Comment { text } => {
                let text = text.trim_start_matches([';', '#']).replace(['\n', '\r'], " ");
                writer.write(&Item::Comment { text })?;
            }
            other => writer.write(other)?,
        }
    }
    Ok(())
}

fn check(key: &str, value: &str) -> io::Result<()> {
    let plain_key = super::strip(key) == key
        && !key.is_empty()
        && !key.starts_with(['[', '#', ';'])
        && !key.contains(['=', ':', '\n', '\r']);
    if !plain_key {
        return Err(invalid("this option name cannot be written"));
    }
    let mut lines = value.split('\n');
    let first = lines.next().unwrap_or_default();
    let plain_value = super::strip(first) == first
        && super::space::rstrip(value) == value
        && !value.contains('\r')
        && lines.all(|line| super::strip(line) == line && !line.starts_with(['#', ';']));
    if plain_value { Ok(()) } else { Err(invalid("this value cannot be written")) }
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, ini::Document};

    #[test]
    fn what_is_written_is_read_back() {
        let value = "\nx\n\ny = z";
        let items = [
            Item::Comment { text: "# hello".into() },
            Item::Section { name: "s".into() },
            Item::Value { key: "a b".into(), value: value.into() },
        ];
        let mut text = Vec::new();
        write(&mut text, &items).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("; hello\n[s]\n"));
        let document = Document::parse("x", Source::new("x", text)).unwrap();
        assert_eq!(document.section("s").unwrap().entry("a b").unwrap().raw(), value);
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for (key, value) in [("a=b", ""), ("[a", ""), ("", "x"), ("a", "x\n# y"), ("a", "x ")] {
            let item = Item::Value { key: key.into(), value: value.into() };
            assert!(write(io::sink(), [&item]).is_err(), "{key:?} {value:?}");
        }
    }
}
