//! What a file does not have because lines of it are wrong, and what may seem wrong for no other reason.

mod lines;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use lines::Lines;

use super::conf::Conf;
use super::files::Files;
use super::index::declared;
use super::load::Loader;
use super::snapshot::Snapshot;
use super::unused::in_a_file;
use super::value::Value;
use crate::ini::{Document, split, strip};
use crate::problem::{Code, Place, Problem, Problems, Severity};

/// What is not in the document of a file.
pub(crate) struct Lost {
    /// The lines that are wrong.
    pub(crate) lines: Vec<Problem>,
    file: String,
    /// Sections that lost a line, or took those of another, and sections that `use` them.
    sections: HashSet<String>,
    /// All words of what is left out.
    words: HashSet<String>,
    /// Whether a header is left out that has no name.
    nameless: bool,
    /// Whether `[DEFAULT]` lost a line.
    default: bool,
    /// Whether `[DEFAULT]` took the lines of a section whose header is wrong: they hide those of all sections.
    taken: bool,
}

impl Loader {
    /// As [`open_snapshot`](Loader::open_snapshot), without the lines that are wrong, of this file and of those
    /// that it includes: [`check`](Loader::check) tells of them, and of everything else. For tools; no service
    /// is to be made of what is left of a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn open_partly<N: AsRef<str>, V: Into<Value>>(
        snapshot: Snapshot,
        path: impl AsRef<Path>,
        global_conf: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Loader, Problems> {
        let load = snapshot.load();
        load.files.read_partly();
        Loader::begin(load, path.as_ref(), Conf::from_iter(global_conf))
    }

    /// Whether a problem may be there only because lines were left out of the files: one of a section that lost
    /// a line, a name that one of the lines has, a reference to a default of which one may be. Never where no
    /// line is wrong.
    pub fn is_doubtful(&self, problem: &Problem) -> bool {
        let files = self.load.files.all();
        let lost: Vec<&Lost> = files.iter().filter_map(|file| file.lost.as_deref()).collect();
        is_doubtful(&lost, problem)
    }
}

/// Takes what is doubtful away from `problems`.
pub(super) fn leave_out_doubtful(files: &Files, problems: &mut Vec<Problem>) {
    let files = files.all();
    let lost: Vec<&Lost> = files.iter().filter_map(|file| file.lost.as_deref()).collect();
    if !lost.is_empty() {
        problems.retain(|problem| !is_doubtful(&lost, problem));
    }
}

fn is_doubtful(lost: &[&Lost], problem: &Problem) -> bool {
    // These are about the whole of a file.
    const WHOLE: [Code; 3] = [Code::FailedAssertion, Code::LonelyFilter, Code::UselessAllow];
    !problem.code.is_of_a_line()
        && !lost.is_empty()
        && (WHOLE.contains(&problem.code) || lost.iter().any(|lost| lost.explains(problem)))
}

impl Lost {
    /// `problems` are those of the lines that `document` was read from.
    pub(super) fn of(document: &Document, problems: Problems) -> Lost {
        let wrong = |problem: &Problem| problem.severity == Severity::Error;
        let mut lost = Lost {
            lines: problems.into_iter().filter(wrong).collect(),
            file: document.source().name().to_owned(),
            sections: HashSet::new(),
            words: HashSet::new(),
            nameless: false,
            default: false,
            taken: false,
        };
        let text = document.source().text();
        let lines = Lines::of(document);
        for problem in &lost.lines {
            let Some(span) = problem.place.as_ref().map(Place::span) else { continue };
            let section = lines.section(span.start).and_then(|name| text.get(name));
            let section = section.unwrap_or("DEFAULT");
            let left_out = lines.left_out(problem.code, span);
            let left_out = text.get(left_out).unwrap_or_default();
            lost.words.extend(words(left_out).map(str::to_owned));
            let is_header = problem.code == Code::NoDelimiter && left_out.starts_with('[');
            lost.nameless |= left_out == "[]";
            lost.default |= section == "DEFAULT";
            lost.taken |= section == "DEFAULT" && is_header;
            lost.sections.insert(section.to_owned());
        }
        lost.add_users(document);
        lost
    }

    /// Settings of a section are missing in those, too, that `use` it.
    fn add_users(&mut self, document: &Document) {
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        for section in document.sections() {
            let Some(used) = section.entry("use") else { continue };
            let used = strip(used.raw());
            users.entry(in_a_file(used).unwrap_or(used)).or_default().push(section.name());
        }
        let mut new: Vec<String> = self.sections.iter().cloned().collect();
        while let Some(section) = new.pop() {
            let name = declared(&section).map(|declared| declared.name.unwrap_or("main"));
            for user in name.and_then(|name| users.get(name)).into_iter().flatten() {
                if self.sections.insert((*user).to_owned()) {
                    new.push((*user).to_owned());
                }
            }
        }
    }

    /// Whether nothing but what is left out may be the reason of a problem.
    fn explains(&self, problem: &Problem) -> bool {
        let is_here = |place: &Place| place.file() == self.file;
        let is_here = problem.place.as_ref().is_none_or(is_here);
        let section = problem.section.as_deref();
        let of_section = section.is_some_and(|name| self.taken || self.sections.contains(name));
        is_here && of_section
            || self.has_name(problem)
            || self.default && lacks_default(problem)
            || !is_here && lacks_something(problem) && self.leads_to(problem)
    }

    /// Whether a section that is missing, or what would name one, may be left out.
    fn has_name(&self, problem: &Problem) -> bool {
        match problem.code {
            Code::MissingSection | Code::LateFailure => match &problem.lacks {
                Some(lacks) => self.nameless || self.has(&lacks.name),
                // Some who look names up have only the place of several.
                None if problem.code == Code::MissingSection => {
                    let written = problem.place.as_ref().map(Place::text).unwrap_or_default();
                    self.nameless || split(written).any(|name| self.has(name))
                }
                None => false,
            },
            Code::UnusedSection => {
                let declared = problem.section.as_deref().and_then(declared);
                declared.and_then(|declared| declared.name).is_some_and(|name| self.has(name))
            }
            _ => false,
        }
    }

    fn has(&self, name: &str) -> bool {
        let mut words = words(name).peekable();
        words.peek().is_some() && words.all(|word| self.words.contains(word))
    }

    /// Whether a section that lost a line refers to where the problem is.
    fn leads_to(&self, problem: &Problem) -> bool {
        problem.needed_by.iter().any(|need| {
            let is_here = need.place.as_ref().is_some_and(|place| place.file() == self.file);
            is_here && self.sections.contains(&need.section)
        })
    }
}

/// Whether a setting or an option that is not there may be the reason.
fn lacks_something(problem: &Problem) -> bool {
    match problem.code {
        Code::InterpolationMissing
        | Code::MissingGlobal
        | Code::MissingSetting
        | Code::LateFailure => true,
        // Of the settings as a whole.
        Code::BadValue | Code::FactoryFailed => problem.key.is_none(),
        _ => false,
    }
}

fn lacks_default(problem: &Problem) -> bool {
    let refers = |place: &Place| place.text().contains("%(");
    lacks_something(problem) || problem.place.as_ref().is_some_and(refers)
}

/// Parts of names: white space and signs are between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.split(move |c| !is_part(c)).filter(|word| !word.is_empty())
}
