use std::process::Command;

/// What h2load counted.
#[derive(Debug, PartialEq)]
pub(crate) struct Count {
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
}

/// Runs h2load to its end.
pub(crate) fn h2load(words: &[&str]) -> Count {
    let output = Command::new("h2load").args(words).output();
    let output = output.expect("h2load is needed (Debian: nghttp2-client)");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // requests: 100 total, 100 started, 100 done, 100 succeeded, 0 failed, 0 errored, 0 timeout
    let line = text.lines().find_map(|line| line.strip_prefix("requests: "));
    let line = line.unwrap_or_else(|| panic!("h2load says: {text}"));
    let number = |what: &str| {
        let mut parts = line.split(", ").filter_map(|part| part.split_once(' '));
        let found = parts.find(|(_, name)| *name == what).and_then(|(count, _)| count.parse().ok());
        found.unwrap_or_else(|| panic!("no `{what}` in {line}"))
    };
    let failed = number("failed") + number("errored") + number("timeout");
    Count { succeeded: number("succeeded"), failed }
}
