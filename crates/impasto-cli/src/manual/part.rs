//! The text behind the options of a command's help, in parts.

/// A part of it.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    /// A heading, and lines that keep their form; without what all are indented by.
    Listing(&'a str, Vec<&'a str>),
    /// `Exit codes: ...`
    Headed(&'a str, String),
    /// Sentences.
    Prose(String),
}

/// The parts of the text, as the help of this program has them: between empty lines.
pub(super) fn parts(command: &clap::Command) -> Vec<String> {
    let text = command.get_after_long_help().or(command.get_after_help());
    let text = text.map(ToString::to_string).unwrap_or_default();
    text.split("\n\n").map(|part| part.trim_end().to_owned()).filter(|it| !it.is_empty()).collect()
}

impl Part<'_> {
    pub(super) fn of(text: &str) -> Part<'_> {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        if let Some(heading) = first.strip_suffix(':') {
            let lines = rest.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
            return Part::Listing(heading, lines.collect());
        }
        let joined = text.lines().collect::<Vec<_>>().join(" ");
        match text.split_once(": ") {
            Some((heading @ "Exit codes", _)) => {
                Part::Headed(heading, joined[heading.len() + 2..].to_owned())
            }
            _ => Part::Prose(joined),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_keep_their_lines_and_prose_does_not() {
        let listing = Part::of("Examples:\n  one\n    two");
        assert_eq!(listing, Part::Listing("Examples", vec!["one", "  two"]));
        let codes = Part::of("Exit codes: 0 when all\nis well.");
        assert_eq!(codes, Part::Headed("Exit codes", "0 when all is well.".to_owned()));
        assert_eq!(Part::of("See: a\nb"), Part::Prose("See: a b".to_owned()));
    }
}
