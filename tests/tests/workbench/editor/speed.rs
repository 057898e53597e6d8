use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::editor;

/// So soon an answer is there on a machine that has nothing else to do, and is no slower than most.
const GOAL: Duration = Duration::from_millis(20);

/// What else a machine has to do may be in the way; what is not linear takes longer than this.
const BUSY: u32 = 4;

/// A file of 10,000 sections, in which one pipeline names every filter and settings are inherited.
fn large() -> String {
    let mut text =
        "[DEFAULT]\nlevel = debug\n[composite:main]\nuse = egg:impasto#urlmap\n".to_owned();
    for at in 0..2_000 {
        let _ = writeln!(text, "/v{at} = api{at}");
    }
    for at in 0..2_000 {
        let _ =
            write!(text, "\n[pipeline:api{at}]\npipeline = id{at} cors{at} limit{at} app{at}\n");
        let _ = write!(text, "\n# Whom it knows.\n[filter:id{at}]\nuse = egg:impasto#request_id\n");
        let _ = write!(
            text,
            "\n[filter:cors{at}]\nuse = egg:impasto#cors\nallow_origins = http://{at}.example\n"
        );
        let _ = write!(
            text,
            "\n[filter:limit{at}]\nuse = egg:impasto#size_limit\nmax_body_size = {at}\n"
        );
        let _ = write!(text, "\n[app:app{at}]\nuse = egg:impasto#respond\nbody = %(level)s {at}\n");
    }
    text
}

/// Types a letter before each question, as an editor does, and gives the median time that an answer took.
fn medians(rounds: u32) -> Vec<(&'static str, Duration)> {
    let (mut editor, _directory) = editor(&[("api-paste.ini", &large())]);
    editor.open("api-paste.ini");
    editor.ask("textDocument/hover", "api-paste.ini", 3).expect("the first answer");
    let uri = editor.uri("api-paste.ini");
    let place = |context: &str, editor: &impasto_tests::editor::Editor| {
        let at = context.find('|').expect("a cursor");
        editor.text("api-paste.ini").find(&context.replace('|', "")).expect("there") + at
    };
    let mut found = Vec::new();
    for (method, context) in [
        ("textDocument/completion", "pipeline = id1000 |cors1000"),
        ("textDocument/completion", "max_body_size = 1000\n|"),
        ("textDocument/hover", "max_body|_size = 1000\n"),
        ("textDocument/hover", "[pipeline:api|1000]"),
        ("textDocument/hover", "bo|dy = %(level)s 1000"),
        ("textDocument/definition", "id1000 co|rs1000"),
        ("textDocument/references", "[app:app1|000]"),
        ("textDocument/prepareRename", "[app:app1|000]"),
        ("textDocument/rename", "[app:app1|000]"),
        ("textDocument/documentHighlight", "[app:app1|000]"),
        ("textDocument/documentSymbol", "[app:app1|000]"),
        ("textDocument/codeAction", "[app:app1|000]"),
        ("textDocument/formatting", "[app:app1|000]"),
        ("workspace/executeCommand", "[app:app1|000]"),
    ] {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let typed = place("# Whom it| knows.\n[filter:id900]", &editor);
            editor.replace("api-paste.ini", typed..typed, "x");
            editor.replace("api-paste.ini", typed..typed + 1, "");
            let at = editor.position("api-paste.ini", place(context, &editor));
            let params = json!({
                "textDocument": { "uri": uri }, "position": at, "newName": "other",
                "range": { "start": at, "end": at },
                "options": { "tabSize": 4, "insertSpaces": true },
                "command": "impasto.graph", "arguments": [{ "uri": uri, "app": "api1000" }],
                "context": { "includeDeclaration": true, "triggerKind": 1, "diagnostics": [] },
            });
            let answer = editor.request(method, params).expect("an answer");
            times.push(editor.took());
            let is_there = answer.to_string().len() > 20;
            assert!(is_there || method == "textDocument/codeAction", "{method}: {answer}");
        }
        times.sort();
        found.push((method, times[times.len() / 2]));
    }
    found
}

#[test]
fn a_large_file_keeps_nobody_waiting() {
    for (method, median) in medians(3) {
        // Unoptimised, and beside all other tests.
        assert!(median < Duration::from_secs(5), "{method} took {median:?}");
    }
}

#[test]
#[ignore = "means something at opt-level 3 only"]
fn a_large_file_is_answered_at_once() {
    let found = medians(21);
    for (method, median) in &found {
        println!("{method}: {median:.1?}{}", if *median < GOAL { "" } else { ", which is late" });
    }
    for (method, median) in found {
        assert!(median < GOAL * BUSY, "{method} took {median:?}");
    }
}
