//! Options: set and unset.

use super::{EditError, written};
use crate::text::{OptionText, SectionText, Splice, Text, ValueLine};

/// How far a line of a value is indented where the file does not show it.
const INDENT: &str = "    ";

pub(super) fn set(
    text: &Text,
    section: &str,
    key: &str,
    value: &str,
    create: bool,
) -> Result<Text, EditError> {
    let lines = written::lines(value)?;
    match text.option(section, key) {
        Ok(option) => {
            let new = text.with(replace(text, option, &lines));
            is_said(new, section, key, &lines)
        }
        // [DEFAULT] is there in every file, written or not.
        Err(EditError::NoSection { .. }) if create || section == "DEFAULT" => {
            let text = begin(text, written::section(section)?);
            set(&text, section, key, value, false)
        }
        Err(EditError::NoOption { .. }) => {
            let key = written::key(key)?;
            // The last part of [DEFAULT], which is the only one as a rule.
            let last = text.all(section).next_back();
            let splices = last.map(|section| append(text, section, key, &lines));
            is_said(text.with(splices.unwrap_or_default()), section, key, &lines)
        }
        Err(error) => Err(error),
    }
}

pub(super) fn unset(text: &Text, section: &str, key: &str) -> Result<Text, EditError> {
    text.option(section, key)?;
    let options = text.all(section).flat_map(|section| section.options());
    let written = options.filter(|option| option.name() == key);
    let lines = written.flat_map(|option| option.value_lines());
    Ok(text.with(lines.map(|ValueLine { line, .. }| Splice::remove(line)).collect()))
}

/// What gives an option another value: lines that stay the same are not touched.
fn replace(text: &Text, option: OptionText<'_>, new: &[String]) -> Vec<Splice> {
    let old = option.value_lines();
    let said = |line: &ValueLine| &text.as_str()[line.content.clone()];
    let same = |(old, new): &(&ValueLine, &String)| said(old) == new.as_str();
    let before = old.iter().zip(new).take_while(same).count();
    if before == old.len() && before == new.len() {
        return Vec::new();
    }
    // The first line stands behind the delimiter and never goes: at most it becomes empty.
    let most = old.len().min(new.len()) - before.max(1);
    let behind = old.iter().rev().zip(new.iter().rev()).take(most).take_while(same).count();
    let (gone, come) = (&old[before..old.len() - behind], &new[before..new.len() - behind]);
    let indent = indentation(text, option, &old);
    let end = text.line_end(old[0].line.clone());
    let mut splices = Vec::new();
    for (at, (old, new)) in gone.iter().zip(come).enumerate() {
        splices.push(match before + at {
            0 => first(text, option, new),
            _ if !said(old).is_empty() && !new.is_empty() => {
                Splice::replace(old.content.clone(), new)
            }
            _ => {
                let line =
                    old.line.start..old.line.start + without_end(&text.as_str()[old.line.clone()]);
                Splice::replace(line, whole(&indent, new, ""))
            }
        });
    }
    let rest = gone.iter().skip(come.len());
    splices.extend(rest.map(|line| Splice::remove(line.line.clone())));
    let more = come.get(gone.len()..).unwrap_or_default();
    if let Some(last) = old[..old.len() - behind].last().filter(|_| !more.is_empty()) {
        let lines: String = more.iter().map(|line| whole(&indent, line, end)).collect();
        splices.push(Splice::insert(last.line.end, behind_line(text, last.line.end, lines)));
    }
    splices
}

/// What stands behind the delimiter.
fn first(text: &Text, option: OptionText<'_>, new: &str) -> Splice {
    let behind = option.delimiter_end();
    let line = text.line(option.name_span().start);
    let content = text.content(behind..line.end);
    match (content.is_empty(), new.is_empty()) {
        (false, false) => Splice::replace(content, new),
        (false, true) => Splice::remove(behind..content.end),
        (true, _) => {
            let blanks = without_end(&text.as_str()[behind..line.end]);
            let bytes = text.as_str().as_bytes();
            let is_wide = bytes[behind - 1] == b':' || bytes[behind - 2].is_ascii_whitespace();
            let space = if blanks == 0 && is_wide { " " } else { "" };
            Splice::insert(behind + blanks, format!("{space}{new}"))
        }
    }
}

/// The indentation of the lines of a value behind the first.
fn indentation(text: &Text, option: OptionText<'_>, lines: &[ValueLine]) -> String {
    let shown = lines.iter().skip(1).find(|line| !line.content.is_empty());
    match shown {
        Some(line) => text.indentation(line.line.clone()).to_owned(),
        None => {
            let own = text.indentation(text.line(option.name_span().start));
            format!("{own}{INDENT}")
        }
    }
}

/// The length of a line but for its end.
fn without_end(line: &str) -> usize {
    line.trim_end_matches(['\n', '\r']).len()
}

fn whole(indent: &str, line: &str, end: &str) -> String {
    if line.is_empty() { end.to_owned() } else { format!("{indent}{line}{end}") }
}

/// Lines to be put at `at`, which may be the end of a text whose last line has no end.
fn behind_line(text: &Text, at: usize, lines: String) -> String {
    let before = &text.as_str()[..at];
    if at < text.as_str().len() || before.is_empty() || before.ends_with(['\n', '\r']) {
        return lines;
    }
    let end = text.line_end(text.line(at));
    format!("{end}{}", lines.strip_suffix(end).unwrap_or(&lines))
}

/// What puts a new option behind the others, written as the last of them is.
fn append(text: &Text, section: SectionText<'_>, key: &str, lines: &[String]) -> Vec<Splice> {
    let own = section.options().next_back();
    let model = own.or_else(|| text.sections().flat_map(|section| section.options()).next_back());
    let delimiter = model.map_or(" = ".to_owned(), |option| delimiter(text, option));
    let header = section.header();
    let model_line = own.map_or(header.clone(), |option| text.line(option.name_span().start));
    let indent = text.indentation(model_line.clone());
    // A header that is indented more would become a part of the value.
    let next = text.sections().find(|next| next.span().start > section.span().start);
    let next = next.map_or("", |next| text.indentation(next.header()));
    let indent = if next.chars().count() > indent.chars().count() { next } else { indent };
    let end = text.line_end(model_line);
    let first = lines.first().map_or("", String::as_str);
    let head = format!("{indent}{key}{delimiter}{first}");
    let mut new = format!("{}{end}", head.trim_end());
    for line in lines.iter().skip(1) {
        new.push_str(&whole(&format!("{indent}{INDENT}"), line, end));
    }
    let at = section.end();
    vec![Splice::insert(at, behind_line(text, at, new))]
}

/// `=` or `:` with the space that an option has around it, in its shortest form.
fn delimiter(text: &Text, option: OptionText<'_>) -> String {
    let behind = option.delimiter_end();
    let sign = text.as_str()[..behind].chars().next_back().unwrap_or('=');
    let before = if option.name_span().end + 1 < behind { " " } else { "" };
    let rest = &text.as_str()[behind..];
    let after = if rest.starts_with([' ', '\t']) || !before.is_empty() { " " } else { "" };
    format!("{before}{sign}{after}")
}

/// Begins a section at the end of the text, behind a blank line.
fn begin(text: &Text, name: &str) -> Text {
    let old = text.as_str();
    let end = text.line_end(text.line(0));
    let mut new = String::new();
    if !old.is_empty() && !old.ends_with(['\n', '\r']) {
        new.push_str(end);
    }
    if !old.trim_end_matches([' ', '\t']).is_empty() {
        new.push_str(end);
    }
    text.with(vec![Splice::insert(old.len(), format!("{new}[{name}]{end}"))])
}

/// The new text, if that is what it says.
fn is_said(new: Text, section: &str, key: &str, lines: &[String]) -> Result<Text, EditError> {
    match new.option(section, key) {
        Ok(option) if option.value() == lines.join("\n") => Ok(new),
        _ => {
            let why = "it would not be read back as what it is";
            Err(EditError::unwritable(format!("`{key}` of [{section}]"), why))
        }
    }
}
