//! Problems as people read them: the source line, a caret, the reason, the help, the trail.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::masked::Masked;
use super::{Place, Problem, Problems, Severity, Source};

/// How many bytes of long lines are shown around problems: the renderer walks them all for each, and a line may have
/// thousands of them.
const MOST_SHOWN: usize = 4 << 20;
/// What is no long line.
const SHORT: usize = 4 << 10;

impl Problems {
    /// All problems as text, in the layout of rustc, a blank line between them. `styled` adds ANSI
    /// colours.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let mut left = MOST_SHOWN;
        let rendered = self.0.iter().map(|problem| renderer.render(&[problem.group(&mut left)]));
        rendered.collect::<Vec<_>>().join("\n\n")
    }
}

impl Problem {
    /// In one line, for a log: place, message, code.
    pub fn line(&self) -> String {
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{place}{} [{}]", self.message, self.code)
    }

    /// `left` is how much may still be shown of long lines; where that is over, only the place is.
    fn group(&self, left: &mut usize) -> Group<'_> {
        let level = match self.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(&self.message).id(self.code.as_str());
        let mut group = match &self.place {
            Some(place) if is_shown(place, left) => self.snippets(place, title),
            Some(place) if !place.source().text().is_empty() => {
                Group::with_title(title).element(Level::NOTE.message(format!("at {place}")))
            }
            _ => Group::with_title(title),
        };
        for need in &self.needed_by {
            group = group.element(Level::NOTE.message(need.to_string()));
        }
        for help in &self.help {
            group = group.element(Level::HELP.message(help));
        }
        group
    }

    /// One snippet per file, the one of the problem's own place first.
    fn snippets<'a>(&'a self, place: &'a Place, title: annotate_snippets::Title<'a>) -> Group<'a> {
        let mut files: Vec<Vec<(&Place, Option<&str>)>> = vec![vec![(place, None)]];
        for (place, text) in &self.labels {
            let labelled = (place, Some(text.as_str()));
            match files.iter_mut().find(|file| Arc::ptr_eq(file[0].0.source(), place.source())) {
                Some(file) => file.push(labelled),
                None => files.push(vec![labelled]),
            }
        }
        let mut group =
            title.elements(std::iter::empty::<Snippet<'a, annotate_snippets::Annotation<'a>>>());
        for (at, file) in files.into_iter().enumerate() {
            group = group.element(self.snippet(&file, at == 0));
        }
        group
    }

    /// Only the lines that matter are handed to the renderer: it walks all it is given.
    fn snippet<'a>(
        &'a self,
        file: &[(&'a Place, Option<&'a str>)],
        has_primary: bool,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let source: &'a Source = file[0].0.source();
        let first = file.iter().map(|(place, _)| place.line()).min().unwrap_or(1);
        let last = file.iter().map(|(place, _)| place.line()).max().unwrap_or(first);
        let start = source.line_start(first);
        let end = source.line_start(last + 1);
        let window = source.text().get(start..end).unwrap_or_default();
        // A label is at a header or a name, and only the problem's own line may have what is not to be shown.
        let own = file[0].0.line();
        let own = source.line_start(own) - start..source.line_start(own + 1) - start;
        let key = self.key.as_deref().filter(|_| has_primary);
        let masked = Masked::of(window, own, key, &self.message);
        let mut snippet =
            Snippet::source(masked.text.clone()).line_start(first).path(source.name());
        for (at, (place, label)) in file.iter().enumerate() {
            let kind = if has_primary && at == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let span = place.span();
            // A value of many lines is pointed at by its first.
            let line_end = source.line_start(place.line() + 1);
            let stop = span.end.min(line_end).max(span.start);
            let shown = source.text().get(span.start..stop).unwrap_or_default().trim_end();
            let span = span.start - start..span.start - start + shown.len();
            let annotation = kind.span(masked.span(span));
            snippet = snippet.annotation(match label {
                Some(text) => annotation.label(*text),
                None => annotation,
            });
        }
        snippet
    }
}

/// Whether the lines at a place can be shown, and takes them from what is left.
fn is_shown(place: &Place, left: &mut usize) -> bool {
    let source = place.source();
    let length = source.line_start(place.line() + 1) - source.line_start(place.line());
    let is_long = length > SHORT;
    let fits = !is_long || *left >= length;
    if is_long && fits {
        *left -= length;
    }
    fits && !source.text().is_empty()
}

impl std::fmt::Display for super::Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.section.is_empty() {
            return write!(f, "needed by {}", self.key);
        }
        write!(f, "needed by `{}` of [{}]", self.key, self.section)?;
        match &self.place {
            Some(place) => write!(f, " at {place}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Code, Place, Problem, Problems, Source};

    #[test]
    fn a_problem_reads_like_a_compiler_error() {
        let source = Source::new("api-paste.ini", "[pipeline:main]\npipeline = crs app\n");
        let problem = Problem::error(Code::MissingSection, "there is no [filter:crs]")
            .at(Place::new(&source, 27..30))
            .suggest("crs", ["cors"]);
        let text = Problems::from(problem).to_string();
        assert_eq!(
            text,
            "error[missing-section]: there is no [filter:crs]\n \
             --> api-paste.ini:2:12\n  \
             |\n\
             2 | pipeline = crs app\n  \
             |            ^^^\n  \
             |\n  \
             = help: did you mean `cors`?"
        );
    }

    #[test]
    fn what_looks_secret_is_not_shown_around_a_problem() {
        let text =
            "[app:a]\r\nx = 1\npassword: pa%ss and more\n[app:b]\nwindow_key = soon\ntoken\n";
        let source = Source::new("a.ini", text);
        let shown = |message: &str, at: &str, key: &str| {
            let start = text.find(at).unwrap();
            let place = Place::new(&source, start..start + at.len());
            let problem = Problem::error(Code::BadValue, message).at(place).key(key);
            let later = text.find("[app:b]").unwrap();
            let problem = problem.label(Place::new(&source, later..later + 7), "here");
            Problems::from(problem).to_string()
        };
        let told = shown("a `%` is alone", "%", "password");
        let lines = "3 | password: ********\n  |           ^^^^^^^^\n4 | [app:b]\n  | ------- here";
        assert!(told.contains(lines), "{told}");
        let told = shown("unknown setting `password`", "password", "password");
        let lines = "3 | password: ********\n  | ^^^^^^^^\n4 | [app:b]\n  | ------- here";
        assert!(told.contains(lines), "{told}");
        let told = shown("`window_key` must be a number, not `soon`", "soon", "window_key");
        assert!(told.contains("window_key = soon\n  |              ^^^^"), "{told}");
    }

    #[test]
    fn a_long_line_is_shown_until_enough_of_it_is() {
        let text = format!("[app:main]\nbody = {}\n", "x ".repeat(1 << 20));
        let source = Source::new("a.ini", text);
        let problem = |at: usize| {
            let place = Place::new(&source, at..at + 1);
            Problem::error(Code::BadValue, "this is wrong").at(place).help("do it")
        };
        let text = Problems(vec![problem(18), problem(20), problem(22)]).to_string();
        assert_eq!(text.matches("2 | ").count(), 1, "one line is half of what is shown");
        let last = "error[bad-value]: this is wrong\n |\n = note: at a.ini:2:12\n = help: do it";
        assert!(text.ends_with(last), "{}", &text[text.len() - 200..]);
    }

    #[test]
    fn a_problem_may_have_no_place() {
        let text =
            Problems::from(Problem::error(Code::UnreadableFile, "no file x.ini")).to_string();
        assert_eq!(text, "error[unreadable-file]: no file x.ini");
    }
}
