//! Pipelines: filters come, go and move.

use impasto::{Composite, Declaration, nearest};

use super::line::Line;
use super::names::Names;
use super::references::Composed;
use super::{Beside, EditError, Pipeline, written};
use crate::text::{SectionText, Text};

/// A composite whose options are pipelines.
const PIPELINES: Composed = Composed::Known(Composite::PipelineFactory);

pub(super) fn add(
    text: &Text,
    pipeline: &Pipeline,
    filter: &str,
    at: Option<&Beside>,
) -> Result<Text, EditError> {
    let line = find(text, pipeline)?;
    let filter = written::word(filter)?;
    let place = match at {
        Some(at) => line.place(at)?,
        None => line.words().len() - 1,
    };
    let filters = line.filters();
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
    let mut at = find(&text, pipeline)?.position(filter)?;
    loop {
        let removed = text.with(vec![find(&text, pipeline)?.cut(at)]);
        text = removed;
        let left = find(&text, pipeline)?;
        match left.filters().iter().position(|word| *word == filter) {
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
    let line = find(text, pipeline)?;
    let at = line.position(filter)?;
    if line.words().iter().filter(|word| **word == filter).count() > 1 {
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

/// The pipeline of this name; it has at least an app.
fn find<'a>(text: &'a Text, pipeline: &'a Pipeline) -> Result<Line<'a>, EditError> {
    let (section, key) = option_of(text, pipeline)?;
    let option = text.option(section.name(), &key)?;
    Line::of(text, &pipeline.name, option).ok_or_else(|| {
        let what = format!("a filter in the pipeline `{}`", pipeline.name);
        EditError::unwritable(what, "the pipeline has no app to stand before")
    })
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
