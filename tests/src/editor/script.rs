//! Cases that are conversations: what is done in an editor, and what it shows.
//!
//! ```text
//! > open api-paste.ini
//! 2:12 error[missing-section] there is no [filter:crs] in api-paste.ini
//!     help: did you mean `cors`?
//! > hover pipeline = c|rs
//! nothing
//! > type 'o' at pipeline = c|rs
//! no problems
//! ```
//!
//! Where a cursor is needed, the words behind the command are a part of the text, with `|` in it; `\n` is the end
//! of a line. `NAME.lsp` is the conversation; files are laid out as for a [transcript](crate::transcript).

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::Editor;
use crate::transcript::Transcript;

/// Runs a conversation with `program`; gives it as it goes.
pub fn run(script: &Transcript, program: &Path) -> Option<String> {
    script.compare_with(|expected, directory| {
        let mut session =
            Session { editor: Editor::start(program, directory), file: String::new() };
        let mut found = String::new();
        for line in expected.lines().filter(|line| line.starts_with("> ")) {
            let _ = writeln!(found, "{line}");
            let shown = session.run(&line[2..]);
            let shown = shown.replace(&format!("{}/", session.editor.directory.display()), "");
            found.push_str(&shown);
        }
        assert_eq!(session.editor.quit(), Some(0));
        found
    })
}

struct Session {
    editor: Editor,
    /// The file that was opened last.
    file: String,
}

/// So many completions are shown.
const MOST: usize = 12;
/// So many lines of what is told: the documentation of filters is theirs to test.
const LINES: usize = 8;

impl Session {
    fn run(&mut self, line: &str) -> String {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let file = self.file.clone();
        match verb {
            "open" => {
                self.file = rest.to_owned();
                self.editor.open(rest);
                self.problems()
            }
            "type" => {
                let (text, place) = quoted(rest);
                let at = self.cursor(place.strip_prefix("at ").expect("`at`"));
                self.editor.replace(&file, at..at, &text);
                self.problems()
            }
            "delete" => {
                let text = unescaped(rest);
                let at = self.editor.text(&file).find(&text).expect("it is there");
                self.editor.replace(&file, at..at + text.len(), "");
                self.problems()
            }
            "complete" => {
                let at = self.cursor(rest);
                let answer = self.editor.ask("textDocument/completion", &file, at);
                answer.map_or_else(refusal, |answer| self.completions(&answer, at))
            }
            "hover" => {
                let at = self.cursor(rest);
                let answer = self.editor.ask("textDocument/hover", &file, at);
                answer.map_or_else(refusal, |answer| match answer["contents"]["value"].as_str() {
                    Some(text) if text.lines().count() > LINES => {
                        let first: Vec<&str> = text.lines().take(LINES).collect();
                        format!("{}    ...\n", indented(&first.join("\n")))
                    }
                    Some(text) => indented(text),
                    None => "nothing\n".to_owned(),
                })
            }
            "definition" | "references" => {
                let at = self.cursor(rest);
                let answer = self.editor.ask(&format!("textDocument/{verb}"), &file, at);
                answer.map_or_else(refusal, |answer| self.locations(&answer))
            }
            "rename" => {
                let (name, place) = quoted(rest);
                let at = self.cursor(place.strip_prefix("at ").expect("`at`"));
                let can = self.editor.ask("textDocument/prepareRename", &file, at);
                if can.is_ok_and(|can| can.is_null()) {
                    return "there is nothing to rename\n".to_owned();
                }
                let params = json!({
                    "textDocument": { "uri": self.editor.uri(&file) },
                    "position": self.editor.position(&file, at),
                    "newName": name,
                });
                let answer = self.editor.request("textDocument/rename", params);
                answer.map_or_else(refusal, |answer| self.edits(&answer["changes"]))
            }
            "actions" => {
                let at = self.editor.position(&file, self.cursor(rest));
                let params = json!({
                    "textDocument": { "uri": self.editor.uri(&file) },
                    "range": { "start": at, "end": at },
                    "context": { "diagnostics": [] },
                });
                let answer = self.editor.request("textDocument/codeAction", params);
                answer.map_or_else(refusal, |answer| self.actions(&answer))
            }
            "format" => {
                let params = json!({
                    "textDocument": { "uri": self.editor.uri(&file) },
                    "options": { "tabSize": 4, "insertSpaces": true },
                });
                let answer = self.editor.request("textDocument/formatting", params);
                let uri = self.editor.uri(&file);
                answer.map_or_else(refusal, |answer| self.edits(&json!({ (uri): answer })))
            }
            "symbols" => {
                let document = json!({ "textDocument": { "uri": self.editor.uri(&file) } });
                let answer = self.editor.request("textDocument/documentSymbol", document);
                answer.map_or_else(refusal, |answer| symbols(&answer, 0))
            }
            "graph" => {
                let argument = json!({ "uri": self.editor.uri(&file), "format": rest });
                let params = json!({ "command": "impasto.graph", "arguments": [argument] });
                let answer = self.editor.request("workspace/executeCommand", params);
                answer.map_or_else(refusal, |answer| match answer {
                    Value::String(text) => indented(&text),
                    other => indented(&other.to_string()),
                })
            }
            "ask" => {
                let (method, params) = rest.split_once(' ').unwrap_or((rest, "null"));
                let params = params.replace("FILE", &self.editor.uri(&file));
                let params = serde_json::from_str(&params).expect("JSON");
                let answer = self.editor.request(method, params);
                answer.map_or_else(refusal, |answer| format!("{answer}\n"))
            }
            "tell" => {
                let (method, params) = rest.split_once(' ').unwrap_or((rest, "null"));
                let params = params.replace("FILE", &self.editor.uri(&file));
                self.editor.notify(method, serde_json::from_str(&params).expect("JSON"));
                let notice = self.editor.wait(|it| it["method"] == "window/logMessage");
                format!("{}\n", notice["params"]["message"].as_str().unwrap_or_default())
            }
            "bytes" => {
                self.editor.send_bytes(unescaped(rest).as_bytes());
                let answer = self.editor.wait(|it| it["id"].is_null() && !it["error"].is_null());
                refusal(answer["error"].clone())
            }
            _ => panic!("`{line}` is no command"),
        }
    }

    /// The byte of the `|` in a part of the text.
    fn cursor(&self, context: &str) -> usize {
        let context = unescaped(context);
        let at = context.find('|').unwrap_or_else(|| panic!("`{context}` has no cursor"));
        let plain = [&context[..at], &context[at + 1..]].concat();
        let text = self.editor.text(&self.file);
        let found = text.find(&plain).unwrap_or_else(|| panic!("`{plain}` is not in\n{text}"));
        found + at
    }

    fn problems(&mut self) -> String {
        let file = self.file.clone();
        let problems = self.editor.problems(&file);
        if problems.is_empty() {
            return "no problems\n".to_owned();
        }
        let mut shown = String::new();
        for problem in problems {
            let severity = if problem["severity"] == 1 { "error" } else { "warning" };
            let code = problem["code"].as_str().unwrap_or_default();
            let message = problem["message"].as_str().unwrap_or_default().replace('\n', "\n    ");
            let place = place(&problem["range"]);
            let _ = writeln!(shown, "{place} {severity}[{code}] {message}");
            for related in problem["relatedInformation"].as_array().into_iter().flatten() {
                let at = self.location(&related["location"]);
                let message = related["message"].as_str().unwrap_or_default();
                let _ = writeln!(shown, "    {at} {message}");
            }
        }
        shown
    }

    /// Those that have in them what was typed: an editor shows no others.
    fn completions(&self, answer: &Value, at: usize) -> String {
        let mut items = answer["items"].as_array().cloned().unwrap_or_default();
        items.retain(|item| {
            let start = self.editor.offset(&self.file, &item["textEdit"]["range"]["start"]);
            let typed = &self.editor.text(&self.file)[start..at];
            item["filterText"].as_str().is_some_and(|text| text.contains(typed))
        });
        let mut shown = String::new();
        for item in items.iter().take(MOST) {
            let label = item["label"].as_str().unwrap_or_default();
            let written = item["textEdit"]["newText"].as_str().unwrap_or_default();
            let mut line = label.to_owned();
            if written != label {
                let _ = write!(line, " ({written:?})");
            }
            if let Some(detail) = item["detail"].as_str() {
                let _ = write!(line, "  {detail}");
            }
            let _ = writeln!(shown, "{line}");
        }
        match items.len() {
            0 => "nothing\n".to_owned(),
            count if count > MOST => format!("{shown}and {} more\n", count - MOST),
            _ => shown,
        }
    }

    fn locations(&self, answer: &Value) -> String {
        let places = answer.as_array().cloned().unwrap_or_default();
        if places.is_empty() {
            return "nothing\n".to_owned();
        }
        places.iter().map(|location| format!("{}\n", self.location(location))).collect()
    }

    fn location(&self, location: &Value) -> String {
        format!("{}:{}", self.editor.name(&location["uri"]), place(&location["range"]))
    }

    fn actions(&self, answer: &Value) -> String {
        let actions = answer.as_array().cloned().unwrap_or_default();
        if actions.is_empty() {
            return "nothing\n".to_owned();
        }
        let mut shown = String::new();
        for action in actions {
            let _ = writeln!(shown, "{}", action["title"].as_str().unwrap_or_default());
            shown.push_str(&indented(self.edits(&action["edit"]["changes"]).trim_end()));
        }
        shown
    }

    /// `FILE:LINE:COLUMN "old" -> "new"`
    fn edits(&self, changes: &Value) -> String {
        let mut lines = Vec::new();
        for (uri, edits) in changes.as_object().into_iter().flatten() {
            let name = self.editor.name(&json!(uri));
            for edit in edits.as_array().into_iter().flatten() {
                let range = &edit["range"];
                let old = self.editor.texts.get(&name).map(|text| {
                    let at = |key: &str| self.editor.offset(&name, &range[key]);
                    text[at("start")..at("end")].to_owned()
                });
                let old = old.unwrap_or_else(|| "...".to_owned());
                let new = edit["newText"].as_str().unwrap_or_default();
                let line = range["start"]["line"].as_u64();
                lines.push((
                    name.clone(),
                    line,
                    format!("{name}:{} {old:?} -> {new:?}\n", place(range)),
                ));
            }
        }
        lines.sort();
        match lines.is_empty() {
            true => "nothing\n".to_owned(),
            false => lines.into_iter().map(|(.., line)| line).collect(),
        }
    }
}

fn symbols(answer: &Value, depth: usize) -> String {
    let mut shown = String::new();
    for symbol in answer.as_array().into_iter().flatten() {
        let name = symbol["name"].as_str().unwrap_or_default();
        let _ = writeln!(shown, "{:depth$}{} {name}", "", place(&symbol["range"]));
        shown.push_str(&symbols(&symbol["children"], depth + 2));
    }
    shown
}

/// `LINE:COLUMN`, from 1, and the end where that is another line.
fn place(range: &Value) -> String {
    let number = |end: &str, key: &str| range[end][key].as_u64().unwrap_or_default() + 1;
    let start = format!("{}:{}", number("start", "line"), number("start", "character"));
    match number("start", "line") == number("end", "line") {
        true => format!("{start}-{}", number("end", "character")),
        false => format!("{start}-{}:{}", number("end", "line"), number("end", "character")),
    }
}

fn refusal(error: Value) -> String {
    let message = error["message"].as_str().unwrap_or_default();
    format!("error {}: {message}\n", error["code"])
}

fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
    text.lines().map(line).collect()
}

/// The text in single quotes, and what stands behind it.
fn quoted(rest: &str) -> (String, &str) {
    let rest = rest.strip_prefix('\'').expect("a text in quotes");
    let (text, rest) = rest.split_once('\'').expect("a text in quotes");
    (unescaped(text), rest.trim_start())
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\r", "\r")
}
