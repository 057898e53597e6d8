//! Paths as Python's `os.path` has them: texts.

/// `os.path.dirname`
pub(crate) fn dirname(path: &str) -> &str {
    let head = &path[..path.rfind('/').map_or(0, |at| at + 1)];
    let trimmed = head.trim_end_matches('/');
    if trimmed.is_empty() { head } else { trimmed }
}

/// `os.path.abspath`
pub(crate) fn abspath(path: &str) -> String {
    if path.starts_with('/') {
        return normpath(path);
    }
    let current = std::env::current_dir().unwrap_or_else(|_| "/".into());
    normpath(&format!("{}/{path}", current.display()))
}

/// `os.path.normpath` of an absolute path; two leading slashes stay two.
fn normpath(path: &str) -> String {
    let slashes = if path.starts_with("//") && !path.starts_with("///") { "//" } else { "/" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{slashes}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_has_them() {
        assert_eq!(dirname("/a/b"), "/a");
        assert_eq!(dirname("/a"), "/");
        assert_eq!(dirname("//a"), "//");
        assert_eq!(dirname("a"), "");
        assert_eq!(dirname("/a//b"), "/a");
        assert_eq!(abspath("/a/./b/../c//d/"), "/a/c/d");
        assert_eq!(abspath("//a/../.."), "//");
        assert_eq!(abspath("///a"), "/a");
    }
}
