//! `%(name)s`: Python's `BasicInterpolation`, with the environment and secret files added.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::budget::Budget;
use super::external::{self, Secrets};
use super::{Entry, find, strip};
use crate::problem::{Code, Place, Problem};

/// References may nest this deep; one that ends in a text without `%` is free.
const MAX_DEPTH: usize = 10;

/// A raw value that a name leads to.
#[derive(Clone)]
pub(crate) struct Raw<'a> {
    pub(crate) text: &'a str,
    /// Taken as it is, whatever `%` it holds: no file says it.
    pub(crate) literal: bool,
    /// Came from the environment or a secret file.
    pub(crate) secret: bool,
    /// Where it is written; none for values no file says.
    pub(crate) entry: Option<Entry<'a>>,
}

impl Raw<'_> {
    fn place(&self) -> Option<Place> {
        self.entry.map(|entry| entry.value_place())
    }
}

/// Where names are looked up, and what is shown when that fails.
pub(crate) trait Names {
    /// The raw value of an option, as seen from the section that is read.
    fn find(&self, name: &str) -> Option<Raw<'_>>;
    /// All names, for suggestions.
    fn all(&self) -> Vec<&str>;
    /// The directory that a relative `%(file:PATH)s` is relative to.
    fn here(&self) -> &std::path::Path;
}

/// A value after interpolation.
pub(crate) struct Interpolated {
    pub(crate) text: Arc<str>,
    pub(crate) secret: bool,
}

/// Interpolates values, one after the other.
pub(crate) struct Interpolator<'a> {
    pub(crate) budget: &'a Budget,
    secrets: &'a Secrets,
    /// The value that is being made; kept, so that each value takes no more memory than it needs.
    out: String,
}

impl<'a> Interpolator<'a> {
    pub(crate) fn new(budget: &'a Budget, secrets: &'a Secrets) -> Interpolator<'a> {
        Interpolator { budget, secrets, out: String::new() }
    }

    /// Interpolates `raw`. Problems have a place and a reason; the caller adds section and option.
    pub(crate) fn interpolate(
        &mut self,
        raw: &Raw<'_>,
        names: &dyn Names,
    ) -> Result<Interpolated, Problem> {
        if raw.literal || !raw.text.contains('%') {
            return Ok(Interpolated { text: raw.text.into(), secret: raw.secret });
        }
        self.out.clear();
        let Interpolator { budget, secrets, out } = self;
        let mut run = Run { names, budget, secrets, out, secret: false, way: Vec::new() };
        run.expand(raw, 1).map_err(|problem| match problem.code {
            // What goes too far is the whole; where it happened to end is no help.
            Code::InterpolationDepth | Code::InterpolationSize => problem.at(raw.place()),
            _ => problem,
        })?;
        Ok(Interpolated { text: run.out.as_str().into(), secret: run.secret })
    }
}

struct Run<'a> {
    names: &'a dyn Names,
    budget: &'a Budget,
    secrets: &'a Secrets,
    out: &'a mut String,
    secret: bool,
    /// The references that are being followed, outermost first.
    way: Vec<String>,
}

impl Run<'_> {
    fn expand(&mut self, raw: &Raw<'_>, depth: usize) -> Result<(), Problem> {
        if depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        let mut rest = raw.text;
        while let Some(at) = find(b'%', rest) {
            if at > 0 {
                self.push(&rest[..at])?;
            }
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("%%") {
                self.push("%")?;
                rest = after;
                continue;
            }
            let Some(name) = reference(rest) else {
                return Err(syntax(rest, raw));
            };
            let whole = &rest[..name.len() + "%()s".len()];
            rest = &rest[whole.len()..];
            self.substitute(name, whole, raw, depth)?;
        }
        self.push(rest)
    }

    fn substitute(
        &mut self,
        name: &str,
        whole: &str,
        raw: &Raw<'_>,
        depth: usize,
    ) -> Result<(), Problem> {
        let names = self.names;
        if let Some(found) = names.find(name) {
            self.secret |= found.secret;
            return if found.literal || !found.text.contains('%') {
                self.push(found.text)
            } else {
                self.way.push(whole.to_owned());
                self.expand(&found, depth + 1)?;
                self.way.pop();
                Ok(())
            };
        }
        match external::look_up(name, names.here(), self.secrets) {
            ControlFlow::Break(Ok(text)) => {
                self.secret = true;
                self.push(&text)
            }
            ControlFlow::Break(Err(problem)) => Err(problem.at(narrow(raw, whole))),
            ControlFlow::Continue(()) => {
                let message = format!("`{whole}` names no option of this section or of [DEFAULT]");
                let problem = Problem::error(Code::InterpolationMissing, message);
                // What leads back here would be a circle.
                let own = raw.entry.map(|entry| entry.name());
                let is_on_way = |known: &str| self.way.iter().any(|way| of(way) == Some(known));
                let is_other = |known: &str| Some(known) != own && !is_on_way(known);
                let set = format!("set {name}");
                let problem = if is_other(&set) && names.find(&set).is_some() {
                    problem.help(format!("the value of `{set}` is `%({set})s`"))
                } else {
                    let known = self.budget.names(name, || names.all()).unwrap_or_default();
                    problem.suggest(name, known.into_iter().filter(|known| is_other(known)))
                };
                Err(problem
                    .at(narrow(raw, whole))
                    .help("options of other sections are not visible; a plain `%` is written `%%`"))
            }
        }
    }

    fn too_deep(&self) -> Problem {
        let last = self.way.last();
        let before = &self.way[..self.way.len().saturating_sub(1)];
        let (message, help) = match before.iter().rposition(|name| Some(name) == last) {
            Some(at) => {
                let circle: Vec<_> =
                    self.way[at..].iter().map(|name| format!("`{name}`")).collect();
                let message = format!("this refers to itself: {}", circle.join(" -> "));
                (message, "give one of these options a value without such a reference")
            }
            None => {
                let message = format!("references nest deeper than {MAX_DEPTH}");
                (message, "write the value itself in the place of one of the references")
            }
        };
        Problem::error(Code::InterpolationDepth, message).help(help)
    }

    fn push(&mut self, text: &str) -> Result<(), Problem> {
        if !self.budget.spend(text.len()) {
            let message = "references multiply this value beyond what a file may ask for";
            return Err(Problem::error(Code::InterpolationSize, message).help(
                "leave some of them out: one that leads to several others multiplies the value",
            ));
        }
        self.out.push_str(text);
        Ok(())
    }
}

/// The name in a `%(name)s` that has been followed.
fn of(whole: &str) -> Option<&str> {
    whole.strip_prefix("%(")?.strip_suffix(")s")
}

/// The name in a leading `%(name)s`.
fn reference(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("%(")?;
    let name = &inside[..find(b')', inside)?];
    let closed = inside[name.len()..].starts_with(")s");
    (closed && !name.is_empty()).then_some(name)
}

fn syntax(rest: &str, raw: &Raw<'_>) -> Problem {
    let shown = first_word(rest);
    let (message, bad) = if rest.starts_with("%(") {
        (format!("`{shown}` is no reference: it lacks a name or `)s`"), shown)
    } else {
        ("a `%` must be followed by `%` or `(`".to_owned(), "%")
    };
    Problem::error(Code::InterpolationSyntax, message)
        .at(narrow(raw, bad))
        .help("write `%%` for a plain `%`, `%(name)s` for the value of another option")
}

fn first_word(text: &str) -> &str {
    let end = text.find(super::is_space).unwrap_or(text.len());
    strip(&text[..end])
}

/// The part of the value's place that holds `text`.
fn narrow(raw: &Raw<'_>, text: &str) -> Option<Place> {
    let place = raw.place()?;
    match place.text().find(text) {
        Some(at) => Some(place.narrow(at..at + text.len())),
        None => Some(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Table(Vec<(String, String)>);

    impl Names for Table {
        fn find(&self, name: &str) -> Option<Raw<'_>> {
            let (_, text) = self.0.iter().find(|(known, _)| known == name)?;
            Some(Raw { text, literal: false, secret: false, entry: None })
        }

        fn all(&self) -> Vec<&str> {
            self.0.iter().map(|(name, _)| name.as_str()).collect()
        }

        fn here(&self) -> &std::path::Path {
            std::path::Path::new("/")
        }
    }

    fn read(text: &str, table: &Table) -> Result<String, Code> {
        let raw = Raw { text, literal: false, secret: false, entry: None };
        Interpolator::new(&Budget::default(), &Secrets::default())
            .interpolate(&raw, table)
            .map(|done| done.text.to_string())
            .map_err(|problem| problem.code)
    }

    fn chain(links: usize, end: &str) -> Table {
        let link = |at: usize| (format!("a{at}"), format!("%(a{})s", at + 1));
        let mut pairs: Vec<_> = (1..links).map(link).collect();
        pairs.push((format!("a{links}"), end.to_owned()));
        Table(pairs)
    }

    #[test]
    fn what_percent_signs_mean() {
        let table = Table(vec![("x y".into(), "1%%".into()), ("e".into(), String::new())]);
        assert_eq!(read("100%%", &table).as_deref(), Ok("100%"));
        assert_eq!(read("a%(x y)sb%(e)s", &table).as_deref(), Ok("a1%b"));
        for text in ["50%", "%x", "%(x", "%(x y)d", "%()s"] {
            assert_eq!(read(text, &table), Err(Code::InterpolationSyntax), "{text}");
        }
        assert_eq!(read("%(z)s", &table), Err(Code::InterpolationMissing));
    }

    #[test]
    fn depth_is_pythons() {
        assert_eq!(read("%(a1)s", &chain(10, "end")).as_deref(), Ok("end"));
        assert_eq!(read("%(a1)s", &chain(10, "%%")), Err(Code::InterpolationDepth));
        assert_eq!(read("%(a1)s", &chain(11, "end")), Err(Code::InterpolationDepth));
        assert_eq!(read("%(a1)s", &chain(1, "%(a1)s")), Err(Code::InterpolationDepth));
    }

    #[test]
    fn a_bomb_is_refused() {
        let wide = |next: &str| format!("%({next})s").repeat(100);
        let mut pairs: Vec<_> =
            (0..8).map(|at| (format!("b{at}"), wide(&format!("b{}", at + 1)))).collect();
        pairs.push(("b8".into(), String::new()));
        assert_eq!(read("%(b0)s", &Table(pairs)), Err(Code::InterpolationSize));
    }
}
