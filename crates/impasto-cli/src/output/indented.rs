//! JSON as people read it, too.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// What is nested deeper stands on one line: the tree of a long chain would be mostly indentation.
const DEEPEST: usize = 24;

/// Writes `value`, and the end of its last line.
pub(super) fn write_indented(to: impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    value.serialize(&mut Serializer::with_formatter(&mut to, Indented::default()))?;
    to.write_all(b"\n")?;
    to.flush()
}

/// As serde_json's own, down to a depth.
#[derive(Default)]
struct Indented {
    depth: usize,
    /// Whether something stands in what ends next.
    is_filled: bool,
}

impl Indented {
    fn begin<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_filled = false;
        to.write_all(bracket)
    }

    fn item<W: ?Sized + Write>(&self, to: &mut W, is_first: bool) -> io::Result<()> {
        if !is_first {
            to.write_all(b",")?;
        }
        self.line(to, self.depth)
    }

    fn end<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        if self.is_filled {
            self.line(to, self.depth - 1)?;
        }
        self.depth -= 1;
        self.is_filled = true;
        to.write_all(bracket)
    }

    fn line<W: ?Sized + Write>(&self, to: &mut W, indentation: usize) -> io::Result<()> {
        if self.depth > DEEPEST {
            return Ok(());
        }
        to.write_all(b"\n")?;
        (0..indentation).try_for_each(|_| to.write_all(b"  "))
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.begin(to, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.end(to, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.item(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.begin(to, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.end(to, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.item(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DEEPEST, write_indented};

    fn written(value: &Value) -> String {
        let mut text = Vec::new();
        write_indented(&mut text, value).expect("memory takes everything");
        String::from_utf8(text).expect("JSON is text")
    }

    #[test]
    fn what_is_not_deep_stands_as_everywhere() {
        let value = json!({ "a": [], "b": {}, "c": [1, [2, {}], { "d": "e\n" }], "f": null });
        assert_eq!(written(&value), format!("{value:#}\n"));
        assert_eq!(written(&json!([])), "[]\n");
    }

    #[test]
    fn a_deep_value_takes_no_more_than_its_text() {
        let value = (0..100).fold(json!({ "a": 1, "b": [2, 3] }), |deep, at| json!([at, deep]));
        let text = written(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
        assert!(text.contains(r#"[0,{"a": 1,"b": [2,3]}]"#), "{text}");
        let widest = text.lines().map(|line| line.len() - line.trim_start().len()).max();
        assert_eq!(widest, Some(2 * DEEPEST));
    }
}
