//! Workflow commands of GitHub Actions, which annotate the lines of a change.

use impasto::{Place, Problem, Problems, Severity};

/// A line for each problem, as a workflow prints it: `::error file=...,line=...::message`.
///
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
pub fn github(problems: &Problems) -> String {
    problems.iter().map(|problem| command(problem) + "\n").collect()
}

fn command(problem: &Problem) -> String {
    let command = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties: Vec<(&str, String)> = Vec::new();
    if let Some(place) = &problem.place {
        let end = end(place);
        properties.push(("file", place.file().to_owned()));
        properties.push(("line", place.line().to_string()));
        properties.push(("endLine", end.line().to_string()));
        // Columns of several lines are not understood.
        if end.line() == place.line() {
            properties.push(("col", place.column().to_string()));
            properties.push(("endColumn", end.column().to_string()));
        }
    }
    properties.push(("title", problem.code.to_string()));
    let properties: Vec<_> =
        properties.iter().map(|(name, it)| format!("{name}={}", property(it))).collect();
    let related = problem
        .labels
        .iter()
        .map(|(place, text)| format!("{text}: {}:{}", place.file(), place.line()));
    let lines: Vec<String> = [problem.message.clone()]
        .into_iter()
        .chain(related)
        .chain(problem.help.iter().cloned())
        .collect();
    format!("::{command} {}::{}", properties.join(","), data(&lines.join("\n")))
}

/// The place behind the last character.
fn end(place: &Place) -> Place {
    let span = place.span();
    Place::new(place.source(), span.end..span.end)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use impasto::{Code, Problem, Source};

    use super::*;

    #[test]
    fn marks_that_mean_something_are_escaped() {
        let source = Source::new("a,b:c.ini", "[app:main]\nuse = 100%\n");
        let problem = Problem::error(Code::BadValue, "100% wrong")
            .at(Place::new(&source, 17..21))
            .help("write less");
        assert_eq!(
            github(&Problems(vec![problem, Problem::warning(Code::UnusedSection, "x: y, z")])),
            "::error file=a%2Cb%3Ac.ini,line=2,endLine=2,col=7,endColumn=11,title=bad-value\
             ::100%25 wrong%0Awrite less\n\
             ::warning title=unused-section::x: y, z\n"
        );
    }
}
