//! Problems as people read them: the source line, a caret, the reason, the help, the trail.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Place, Problem, Problems, Severity, Source};

impl Problems {
    /// All problems as text, in the layout of rustc, a blank line between them. `styled` adds ANSI
    /// colours.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let rendered: Vec<String> =
            self.0.iter().map(|problem| renderer.render(&[problem.group()])).collect();
        rendered.join("\n\n")
    }
}

impl Problem {
    /// In one line, for a log: place, message, code.
    pub fn line(&self) -> String {
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{place}{} [{}]", self.message, self.code)
    }

    fn group(&self) -> Group<'_> {
        let level = match self.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(&self.message).id(self.code.as_str());
        let mut group = match &self.place {
            Some(place) if !place.source().text().is_empty() => self.snippets(place, title),
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
            group = group.element(snippet(&file, at == 0));
        }
        group
    }
}

/// Only the lines that matter are handed to the renderer: it walks all it is given.
fn snippet<'a>(
    file: &[(&'a Place, Option<&'a str>)],
    has_primary: bool,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let source: &'a Source = file[0].0.source();
    let first = file.iter().map(|(place, _)| place.line()).min().unwrap_or(1);
    let last = file.iter().map(|(place, _)| place.line()).max().unwrap_or(first);
    let start = source.line_start(first);
    let end = source.line_start(last + 1);
    let window = source.text().get(start..end).unwrap_or_default();
    let mut snippet = Snippet::source(window).line_start(first).path(source.name());
    for (at, (place, label)) in file.iter().enumerate() {
        let kind =
            if has_primary && at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let span = place.span();
        // A value of many lines is pointed at by its first.
        let line_end = source.line_start(place.line() + 1);
        let stop = span.end.min(line_end).max(span.start);
        let shown = source.text().get(span.start..stop).unwrap_or_default().trim_end();
        let annotation = kind.span(span.start - start..span.start - start + shown.len());
        snippet = snippet.annotation(match label {
            Some(text) => annotation.label(*text),
            None => annotation,
        });
    }
    snippet
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
    fn a_problem_may_have_no_place() {
        let text =
            Problems::from(Problem::error(Code::UnreadableFile, "no file x.ini")).to_string();
        assert_eq!(text, "error[unreadable-file]: no file x.ini");
    }
}
