//! Pipelines: filters come, go and move; whoever writes one over several lines keeps that.

use std::ops::Range;

use impasto::{Composite, Declaration, nearest};

use super::names::Names;
use super::references::Composed;
use super::{Beside, EditError, Pipeline, written};
use crate::text::{OptionText, SectionText, Splice, Text};

/// A composite whose options are pipelines.
const PIPELINES: Composed = Composed::Known(Composite::PipelineFactory);

pub(super) fn add(
    text: &Text,
    pipeline: &Pipeline,
    filter: &str,
    at: Option<&Beside>,
) -> Result<Text, EditError> {
    let line = Line::find(text, pipeline)?;
    let filter = written::word(filter)?;
    let place = match at {
        Some(at) => line.place(at)?,
        None => line.words.len() - 1,
    };
    let filters = &line.words[..line.words.len() - 1];
    let is_here = |at: Option<usize>| at.and_then(|at| filters.get(at)) == Some(&filter);
    let is_there = match at {
        None => filters.contains(&filter),
        Some(Beside::Before(_)) => is_here(place.checked_sub(1)),
        Some(Beside::After(_)) => is_here(Some(place)),
    };
    if is_there {
        return Ok(text.clone());
    }
    if filters.contains(&filter) {
        let (pipeline, filter) = (pipeline.name.clone(), filter.to_owned());
        return Err(EditError::Elsewhere { pipeline, filter });
    }
    Ok(text.with(vec![line.insert(place, filter, matches!(at, Some(Beside::After(_))))]))
}

pub(super) fn remove(text: &Text, pipeline: &Pipeline, filter: &str) -> Result<Text, EditError> {
    let mut text = text.clone();
    let mut at = Line::find(&text, pipeline)?.position(filter)?;
    loop {
        let removed = text.with(vec![Line::find(&text, pipeline)?.cut(at)]);
        text = removed;
        let left = Line::find(&text, pipeline)?;
        match left.words[..left.words.len() - 1].iter().position(|word| *word == filter) {
            Some(next) => at = next,
            None => return Ok(text),
        }
    }
}

pub(super) fn shift(
    text: &Text,
    pipeline: &Pipeline,
    filter: &str,
    to: &Beside,
) -> Result<Text, EditError> {
    let line = Line::find(text, pipeline)?;
    let at = line.position(filter)?;
    if line.words.iter().filter(|word| **word == filter).count() > 1 {
        let (pipeline, filter) = (pipeline.name.clone(), filter.to_owned());
        return Err(EditError::Twice { pipeline, filter });
    }
    let place = line.place(to)?;
    if place == at || place == at + 1 {
        return Ok(text.clone());
    }
    let without = text.with(vec![line.cut(at)]);
    add(&without, pipeline, filter, Some(to))
}

/// The words of a pipeline where they stand.
pub(crate) struct Line<'a> {
    text: &'a Text,
    name: &'a str,
    option: OptionText<'a>,
    spans: Vec<Range<usize>>,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    /// The pipeline of this name; it has at least an app.
    fn find(text: &'a Text, pipeline: &'a Pipeline) -> Result<Line<'a>, EditError> {
        let (section, key) = option_of(text, pipeline)?;
        let option = text.option(section.name(), &key)?;
        Line::of(text, &pipeline.name, option).ok_or_else(|| {
            let what = format!("a filter in the pipeline `{}`", pipeline.name);
            EditError::unwritable(what, "the pipeline has no app to stand before")
        })
    }

    /// The pipeline that an option is, if it has an app.
    pub(crate) fn of(text: &'a Text, name: &'a str, option: OptionText<'a>) -> Option<Line<'a>> {
        let spans = option.words();
        let words: Vec<&str> = spans.iter().map(|span| &text.as_str()[span.clone()]).collect();
        (!words.is_empty()).then_some(Line { text, name, option, spans, words })
    }

    /// The filters and, last, the app.
    pub(crate) fn words(&self) -> &[&'a str] {
        &self.words
    }

    /// Gives it another app.
    pub(crate) fn replace_app(&self, app: &str) -> Splice {
        let last = self.spans.last().expect("a pipeline has an app");
        Splice::replace(last.clone(), app)
    }

    /// Where a filter is.
    fn position(&self, filter: &str) -> Result<usize, EditError> {
        let (app, filters) = self.words.split_last().expect("a pipeline has an app");
        if let Some(at) = filters.iter().position(|word| *word == filter) {
            return Ok(at);
        }
        let pipeline = self.name.to_owned();
        if *app == filter {
            return Err(EditError::IsTheApp { pipeline, app: filter.to_owned() });
        }
        let near = nearest(filter, filters.iter().copied()).map(str::to_owned);
        Err(EditError::NoFilter { pipeline, filter: filter.to_owned(), near })
    }

    /// Which word will be behind what comes to this place.
    fn place(&self, at: &Beside) -> Result<usize, EditError> {
        match at {
            Beside::Before(app) if self.words.last() == Some(&app.as_str()) => {
                Ok(self.words.len() - 1)
            }
            Beside::Before(filter) => self.position(filter),
            Beside::After(filter) => {
                let first = self.position(filter)?;
                let filters = &self.words[..self.words.len() - 1];
                let last = filters.iter().rposition(|word| word == filter).unwrap_or(first);
                Ok(last + 1)
            }
        }
    }

    /// Puts a word before the word at `place`; beside the one before it, if `after` is said.
    pub(crate) fn insert(&self, place: usize, word: &str, after: bool) -> Splice {
        let anchor = &self.spans[if after { place - 1 } else { place }];
        let line = self.text.line(anchor.start);
        let is_first = self.is_first(&line);
        if !self.is_alone(anchor, &line) || self.text.line(self.spans[0].start).end >= self.end() {
            return match after {
                true => Splice::insert(anchor.end, format!(" {word}")),
                false => Splice::insert(anchor.start, format!("{word} ")),
            };
        }
        let end = self.text.line_end(line.clone());
        let indent = match is_first {
            true => self.indentation(),
            false => self.text.indentation(line.clone()),
        };
        match (after, is_first) {
            (true, _) => Splice::insert(line.end, format!("{indent}{word}{end}")),
            (false, true) => Splice::insert(anchor.start, format!("{word}{end}{indent}")),
            (false, false) => Splice::insert(line.start, format!("{indent}{word}{end}")),
        }
    }

    /// Takes the word at `at` out, which is not the last.
    pub(crate) fn cut(&self, at: usize) -> Splice {
        let word = &self.spans[at];
        let line = self.text.line(word.start);
        if self.is_alone(word, &line) {
            return match self.is_first(&line) {
                true => Splice::remove(self.option.delimiter_end()..word.end),
                false => Splice::remove(line),
            };
        }
        match self.spans.get(at + 1) {
            Some(next) if next.start < line.end => Splice::remove(word.start..next.start),
            _ => Splice::remove(self.spans[at - 1].end..word.end),
        }
    }

    /// Whether it is the only word of its line.
    fn is_alone(&self, word: &Range<usize>, line: &Range<usize>) -> bool {
        let on_line = self.spans.iter().filter(|span| line.contains(&span.start));
        on_line.count() == 1 && line.contains(&word.start)
    }

    /// Whether it is the line with the option's name.
    fn is_first(&self, line: &Range<usize>) -> bool {
        line.contains(&self.option.name_span().start)
    }

    /// The indentation of the lines behind the first.
    fn indentation(&self) -> &'a str {
        let lines = self.option.value_lines();
        let second = lines.iter().skip(1).find(|line| !line.content.is_empty());
        second.map_or("    ", |line| self.text.indentation(line.line.clone()))
    }

    fn end(&self) -> usize {
        self.option.value_span().end
    }
}

/// Whether an option of a section is a pipeline.
pub(crate) fn is_pipeline(text: &Text, section: SectionText<'_>, key: &str) -> bool {
    match Declaration::of(section.name()) {
        Some(declared) if declared.kind() == "pipeline" => key == "pipeline",
        _ => Composed::of(&Names::of(text), section) == Some(PIPELINES) && PIPELINES.refers_by(key),
    }
}

/// The option that is the pipeline.
fn option_of<'a>(
    text: &'a Text,
    pipeline: &Pipeline,
) -> Result<(SectionText<'a>, String), EditError> {
    let mut names = Vec::new();
    let known = Names::of(text);
    for section in text.sections() {
        let Some(declared) = Declaration::of(section.name()) else { continue };
        let is_meant =
            declared.name.as_ref() == Some(&pipeline.name) || section.name() == pipeline.name;
        if declared.kind() == "pipeline" && pipeline.choice.is_none() {
            if is_meant {
                return Ok((section, "pipeline".to_owned()));
            }
        } else if Composed::of(&known, section) == Some(PIPELINES) {
            if is_meant {
                return Ok((section, choice(section, pipeline)?));
            }
        } else {
            continue;
        }
        names.extend(declared.name);
    }
    let near = nearest(&pipeline.name, names.iter().map(String::as_str)).map(str::to_owned);
    let (name, file) = (pipeline.name.clone(), text.source().name().to_owned());
    Err(EditError::NoPipeline { name, file, near })
}

/// Which pipeline of a composite is meant.
fn choice(section: SectionText<'_>, pipeline: &Pipeline) -> Result<String, EditError> {
    if let Some(choice) = &pipeline.choice {
        return Ok(choice.clone());
    }
    let choices: Vec<&str> = section
        .options()
        .map(|option| option.name())
        .filter(|name| PIPELINES.refers_by(name))
        .collect();
    match choices[..] {
        [only] => Ok(only.to_owned()),
        _ if choices.contains(&"keystone") => Ok("keystone".to_owned()),
        _ => Err(EditError::SeveralPipelines {
            section: section.name().to_owned(),
            choices: choices.into_iter().map(str::to_owned).collect(),
        }),
    }
}
