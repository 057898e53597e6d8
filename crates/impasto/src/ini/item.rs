//! One logical line, one `serde_ini` item.

use std::convert::Infallible;

use serde_ini::{Item, Parser};

/// A section header. `header` is `[name]`, which serde_ini's parser reads when the name has no
/// brackets; any other name is turned into the item here.
pub(crate) fn section(header: &str, name: &str) -> Item {
    match parse(header) {
        Some(item @ Item::Section { .. }) => item,
        _ => Item::Section { name: name.into() },
    }
}

/// An option. `line` is the logical line as serde_ini reads it (`name = value`), if it can be
/// written so; what its grammar has no words for is turned into the item here: a name that begins
/// with `[`, and a value that begins with a line break.
pub(crate) fn option(line: &str, name: &str, value: &str) -> Item {
    // serde_ini strips less than Python: what it keeps is the same where it is as long.
    let expressible = !name.starts_with('[') && !value.starts_with('\n');
    if expressible
        && let Some(Item::Value { key, value: text }) = parse(line)
        && key.len() == name.len()
        && text.len() == value.len()
    {
        return Item::Value { key, value: text };
    }
    Item::Value { key: name.into(), value: value.into() }
}

fn parse(line: &str) -> Option<Item> {
    Parser::new(std::iter::once(Ok::<_, Infallible>(line))).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(key: &str, value: &str) -> Item {
        Item::Value { key: key.into(), value: value.into() }
    }

    #[test]
    fn what_serde_ini_cannot_say_is_said_here() {
        assert_eq!(option("a=b", "a", "b"), value("a", "b"));
        assert_eq!(option("a==b", "a", "=b"), value("a", "=b"));
        assert_eq!(option("[a=b", "[a", "b"), value("[a", "b"));
        assert_eq!(option("a=\nb", "a", "\nb"), value("a", "\nb"));
        assert_eq!(option("a=b\n\nc", "a", "b\n\nc"), value("a", "b\n\nc"));
        assert_eq!(section("[ a ]", " a "), Item::Section { name: " a ".into() });
        assert_eq!(section("[a] # b]", "a] # b"), Item::Section { name: "a] # b".into() });
    }
}
