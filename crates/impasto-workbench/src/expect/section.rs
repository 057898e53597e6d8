//! Reads a section that nothing loads: every option once, and what is wrong with it as problems.

use impasto::ini::{Entry, Section, split};
use impasto::{Code, Problem};

/// The options of a section, and what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) section: Section<'a>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Options are `known`, or begin with one of those that end in a dot.
    pub(super) fn new(section: Section<'a>, known: &'static [&'static str]) -> Reader<'a> {
        let unknown = section.entries().filter(|entry| !is_known(known, entry.name()));
        let problems = unknown.map(|entry| unknown_option(section, entry, known)).collect();
        Reader { section, problems }
    }

    pub(super) fn entry(&self, name: &str) -> Option<Entry<'a>> {
        self.section.entry(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.entry(name).map(|entry| entry.raw())
    }

    /// The words of an option; none where it is not there.
    pub(super) fn words(&self, name: &str) -> Vec<String> {
        self.text(name).into_iter().flat_map(split).map(str::to_owned).collect()
    }

    /// The options whose names begin so, without that.
    pub(super) fn below(&self, prefix: &'static str) -> impl Iterator<Item = (&'a str, Entry<'a>)> {
        let entries = self.section.entries();
        entries.filter_map(move |entry| Some((entry.name().strip_prefix(prefix)?, entry)))
    }

    /// Says that an option is wrong.
    pub(super) fn wrong(&mut self, entry: Entry<'_>, message: impl Into<String>) {
        let problem = Problem::error(Code::BadValue, message).at(entry.value_place());
        self.problems.push(problem.section(self.section.name()).key(entry.name()));
    }

    /// Says that an option is not there.
    pub(super) fn missing(&mut self, message: impl Into<String>, help: &str) {
        let problem = Problem::error(Code::MissingSetting, message).at(self.section.place());
        self.problems.push(problem.section(self.section.name()).help(help));
    }
}

/// The statuses that a word means: `404`, or `4xx`.
pub(super) fn statuses(words: &str) -> Result<Vec<(u16, u16)>, String> {
    let status = |word: &str| {
        let class = word.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok());
        match (class, word.parse::<u16>()) {
            (Some(class @ 1..=5), _) => Ok((class * 100, class * 100 + 99)),
            (_, Ok(status @ 100..=599)) => Ok((status, status)),
            _ => Err(format!("`{word}` is not a status: write `404`, or `4xx` for all of them")),
        }
    };
    split(words).map(status).collect()
}

fn is_known(known: &[&str], name: &str) -> bool {
    known.iter().any(|known| match known.ends_with('.') {
        true => name.len() > known.len() && name.starts_with(known),
        false => name == *known,
    })
}

fn unknown_option(section: Section<'_>, entry: Entry<'_>, known: &[&str]) -> Problem {
    let name = entry.name();
    let problem = Problem::error(Code::UnknownSetting, format!("unknown option `{name}`"))
        .at(entry.key_place())
        .section(section.name())
        .key(name);
    let shown =
        |name: &&str| if name.ends_with('.') { format!("{name}NAME") } else { name.to_string() };
    match impasto::nearest(name, known.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{}`?", shown(&near))),
        None => problem
            .help(format!("there is {}", known.iter().map(shown).collect::<Vec<_>>().join(", "))),
    }
}
