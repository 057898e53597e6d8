//! Answers that do not depend on where the files are.

use std::path::Path;

use serde_json::Value;

/// The answer with `<HERE>` for the directory and `<HERE>/..` for its parent, in every text.
pub fn with_placeholders(answer: Value, here: &Path) -> Value {
    let parent = here.parent().filter(|parent| parent.parent().is_some());
    let here = here.to_str().expect("test directories are UTF-8");
    let parent = parent.map(|parent| parent.to_str().expect("part of a UTF-8 path"));
    replace(answer, &|text| {
        let text = text.replace(here, "<HERE>");
        match parent {
            Some(parent) => replace_whole(&text, parent, "<HERE>/.."),
            None => text,
        }
    })
}

fn replace(answer: Value, text: &dyn Fn(&str) -> String) -> Value {
    match answer {
        Value::String(string) => text(&string).into(),
        Value::Array(items) => items.into_iter().map(|item| replace(item, text)).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (text(&key), replace(value, text))).collect()
        }
        other => other,
    }
}

/// Replaces `path` where it is not the beginning of a longer name.
fn replace_whole(text: &str, path: &str, by: &str) -> String {
    let mut parts = text.split(path);
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let ends = part.is_empty() || part.starts_with(['/', '\'']);
        replaced.push_str(if ends { by } else { path });
        replaced.push_str(part);
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn directory_and_parent_are_replaced() {
        let answer = json!({"/a/b/x": ["config:/a/b/c.ini", "in '/a'", "/a/bc", "/ab", 1]});
        let expected =
            json!({"<HERE>/x": ["config:<HERE>/c.ini", "in '<HERE>/..'", "<HERE>c", "/ab", 1]});
        assert_eq!(with_placeholders(answer, Path::new("/a/b")), expected);
    }
}
