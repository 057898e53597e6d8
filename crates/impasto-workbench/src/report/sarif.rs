//! SARIF, which code scanning services read.

use impasto::{Code, Edit, Place, Problem, Problems, Severity};
use serde_json::{Value, json};

/// The problems as a log of the [Static Analysis Results Interchange Format 2.1.0][sarif], with the
/// kinds of problem as rules, other places as related locations, and what is certain as fixes.
///
/// [sarif]: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
pub fn sarif(problems: &Problems) -> Value {
    let rule = |code: &Code| json!({ "id": code.as_str(), "shortDescription": { "text": code.describe() } });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "impasto",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": Code::ALL.iter().map(rule).collect::<Value>(),
                },
            },
            // Columns are counted in characters.
            "columnKind": "unicodeCodePoints",
            "results": problems.iter().map(result).collect::<Value>(),
        }],
    })
}

fn result(problem: &Problem) -> Value {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let lines = [&problem.message].into_iter().chain(&problem.help);
    let mut result = json!({
        "ruleId": problem.code.as_str(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == problem.code),
        "level": level,
        "message": { "text": lines.map(String::as_str).collect::<Vec<_>>().join("\n") },
    });
    if let Some(place) = &problem.place {
        result["locations"] = json!([{ "physicalLocation": location(place) }]);
    }
    let labels = problem.labels.iter().map(|(place, text)| (place, text.clone()));
    let needs = problem.needed_by.iter().filter_map(|need| {
        Some((need.place.as_ref()?, format!("needed by `{}` of [{}]", need.key, need.section)))
    });
    let related: Vec<Value> = labels.chain(needs).map(|(place, text)| {
        json!({ "physicalLocation": location(place), "message": { "text": text } })
    }).collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    let edits = problem.fix();
    if !edits.is_empty() {
        result["fixes"] = json!([{ "artifactChanges": changes(&edits) }]);
    }
    result
}

fn location(place: &Place) -> Value {
    json!({ "artifactLocation": artifact(place), "region": region(place) })
}

/// A path with `/` in it is a relative or absolute reference of a URI, once its other marks are escaped.
fn artifact(place: &Place) -> Value {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let uri = place.file().bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    json!({ "uri": uri.collect::<String>() })
}

fn region(place: &Place) -> Value {
    let span = place.span();
    let end = Place::new(place.source(), span.end..span.end);
    json!({
        "startLine": place.line(),
        "startColumn": place.column(),
        "endLine": end.line(),
        "endColumn": end.column(),
    })
}

/// The edits of one file are one change.
fn changes(edits: &[Edit]) -> Value {
    let by_file = edits.chunk_by(|one, other| one.place.file() == other.place.file());
    let change = |edits: &[Edit]| {
        let replacements = edits.iter().map(|edit| {
            json!({
                "deletedRegion": region(&edit.place),
                "insertedContent": { "text": edit.text },
            })
        });
        json!({
            "artifactLocation": artifact(&edits[0].place),
            "replacements": replacements.collect::<Value>(),
        })
    };
    by_file.map(change).collect()
}

#[cfg(test)]
mod tests {
    use impasto::Source;

    use super::*;

    #[test]
    fn a_problem_has_its_places_and_its_fix() {
        let source = Source::new("my file.ini", "[app:ä]\nuse = crs cors\n");
        let problem = Problem::error(Code::MissingSection, "no `crs`")
            .at(Place::new(&source, 15..18))
            .label(Place::new(&source, 1..7), "here")
            .suggest("crs", ["cors"]);
        let log = sarif(&Problems(vec![problem]));
        let result = &log["runs"][0]["results"][0];
        let region = json!({ "startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 10 });
        assert_eq!(
            result["locations"],
            json!([{ "physicalLocation": {
                "artifactLocation": { "uri": "my%20file.ini" }, "region": region } }])
        );
        assert_eq!(result["message"]["text"], "no `crs`\ndid you mean `cors`?");
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["endColumn"], 7);
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(replacement["deletedRegion"], region);
        assert_eq!(replacement["insertedContent"]["text"], "cors");
        let rule = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][rule]["id"], "missing-section");
    }
}
