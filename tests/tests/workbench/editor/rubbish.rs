use serde_json::{Value, json};

use super::{editor, program};
use impasto_tests::editor::Editor;

const FILE: &str =
    "[pipeline:main]\npipeline = ü😀 app\n[app:app]\nuse = egg:impasto#respond\nbody = x\n";

const METHODS: [&str; 10] = [
    "textDocument/completion",
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/codeAction",
    "textDocument/formatting",
];

#[test]
fn every_position_is_answered() {
    let (mut editor, _directory) = editor(&[("api-paste.ini", FILE)]);
    editor.open("api-paste.ini");
    let uri = editor.uri("api-paste.ini");
    let lines = (0..8).chain([u32::MAX]);
    for line in lines {
        for character in (0..22).chain([u32::MAX]) {
            let at = json!({ "line": line, "character": character });
            let params = json!({
                "textDocument": { "uri": uri }, "position": at, "newName": "other",
                "context": { "includeDeclaration": true, "triggerKind": 1, "diagnostics": [] },
                "range": { "start": at, "end": { "line": 0, "character": 0 } },
                "options": { "tabSize": 4, "insertSpaces": true },
            });
            for method in METHODS {
                if let Err(error) = editor.request(method, params.clone()) {
                    // Nothing has a name there.
                    assert_eq!(error["code"], -32803, "{method} at {at}: {error}");
                }
            }
        }
    }
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn wrong_parameters_are_refused() {
    let (mut editor, _directory) = editor(&[("api-paste.ini", FILE)]);
    editor.open("api-paste.ini");
    let uri = editor.uri("api-paste.ini");
    let at = json!({ "line": 0, "character": 0 });
    let unknown = json!({
        "textDocument": { "uri": "file:///nobody.ini" }, "position": at, "newName": "x",
        "context": { "includeDeclaration": true, "triggerKind": 1, "diagnostics": [] },
        "range": { "start": at, "end": at }, "options": { "tabSize": 4, "insertSpaces": true },
    });
    for method in METHODS {
        for params in [
            unknown.clone(),
            Value::Null,
            json!([1]),
            json!({ "textDocument": { "uri": uri }, "position": { "line": -1, "character": "x" } }),
            json!({ "textDocument": { "uri": 7 } }),
        ] {
            let needs_position = !["documentSymbol", "formatting", "codeAction"]
                .iter()
                .any(|it| method.ends_with(it));
            if !needs_position && params["textDocument"]["uri"] == uri.as_str() {
                continue;
            }
            let error = editor.request(method, params.clone()).expect_err("it is refused");
            assert_eq!(error["code"], -32602, "{method} {params}: {error}");
        }
    }
    let error = editor.request("textDocument/nonsense", json!({})).expect_err("it is refused");
    assert_eq!(error["code"], -32601);
    let command = json!({ "command": "impasto.bake", "arguments": [] });
    let error = editor.request("workspace/executeCommand", command).expect_err("it is refused");
    assert_eq!(error["code"], -32602);
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn wrong_notifications_change_nothing() {
    let (mut editor, _directory) = editor(&[("api-paste.ini", FILE)]);
    editor.open("api-paste.ini");
    for (method, params) in [
        ("textDocument/didOpen", json!({})),
        (
            "textDocument/didChange",
            json!({ "textDocument": { "uri": "x", "version": 1 }, "contentChanges": [] }),
        ),
        ("textDocument/didChange", Value::Null),
        ("textDocument/didClose", json!("x")),
        ("workspace/didChangeWatchedFiles", json!({ "changes": [{}] })),
        ("$/nonsense", json!({})),
        ("$/cancelRequest", json!({ "id": 99 })),
    ] {
        editor.notify(method, params);
    }
    // No place is too wrong for a change.
    let params = json!({
        "textDocument": { "uri": editor.uri("api-paste.ini"), "version": 9 },
        "contentChanges": [
            { "range": { "start": { "line": 99, "character": 9 }, "end": { "line": 3, "character": 1 } }, "text": "" },
            { "range": { "start": { "line": 1, "character": 13 }, "end": { "line": 1, "character": 13 } }, "text": "" },
        ],
    });
    editor.notify("textDocument/didChange", params);
    let hover = editor.ask("textDocument/hover", "api-paste.ini", 3).expect("an answer");
    assert!(hover["contents"]["value"].as_str().is_some_and(|text| text.contains("pipeline:main")));
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn what_is_no_message_is_refused() {
    let (mut editor, _directory) = editor(&[]);
    for content in
        ["{", "[]", "null", "{\"jsonrpc\":\"2.0\"}", "{\"id\":1.5,\"method\":\"x\"}", "\"\u{0}\""]
    {
        editor.send_bytes(format!("Content-Length: {}\r\n\r\n{content}", content.len()).as_bytes());
        let answer = editor.wait(|message| message["method"].is_null());
        assert_eq!(answer["error"]["code"], -32700, "{content}: {answer}");
        assert_eq!(answer["id"], Value::Null);
    }
    editor.send_bytes(b"Content-Length: 2\r\n\r\n\xff\xfe");
    assert_eq!(editor.wait(|message| message["method"].is_null())["error"]["code"], -32700);
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn what_is_no_frame_ends_the_server() {
    let directory = tempfile::tempdir().expect("a directory");
    for bytes in [&b"Content-Length: many\r\n\r\n"[..], b"Content-Length: 9999999999999\r\n\r\n"] {
        let mut editor = Editor::silent(program(), directory.path());
        editor.send_bytes(bytes);
        assert_eq!(editor.end(), Some(1));
    }
    // An editor that is gone without a word.
    assert_eq!(Editor::silent(program(), directory.path()).end(), Some(1));
}

#[test]
fn nothing_is_answered_before_hello_and_after_goodbye() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut editor = Editor::silent(program(), directory.path());
    let error = editor.request("textDocument/hover", json!({})).expect_err("too early");
    assert_eq!(error["code"], -32002);
    let error = editor.request("initialize", json!({ "capabilities": 1 })).expect_err("no hello");
    assert_eq!(error["code"], -32602);
    editor.request("initialize", json!({ "capabilities": {} })).expect("a hello");
    let error =
        editor.request("initialize", json!({ "capabilities": {} })).expect_err("once is enough");
    assert_eq!(error["code"], -32601);
    editor.request("shutdown", Value::Null).expect("a goodbye");
    let error = editor.request("textDocument/hover", json!({})).expect_err("too late");
    assert_eq!(error["code"], -32600);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn an_editor_that_counts_bytes_may() {
    let (mut editor, directory) = editor(&[("api-paste.ini", FILE)]);
    editor.open("api-paste.ini");
    // In UTF-16, `app` begins at 15; in UTF-8, at 18.
    let at = |line: u32, character: u32| json!({ "line": line, "character": character });
    let uri = editor.uri("api-paste.ini");
    let params = |at: Value| json!({ "textDocument": { "uri": uri }, "position": at });
    let start = |answer: Value| answer["range"]["start"].clone();
    let hover = editor.request("textDocument/hover", params(at(1, 15))).expect("an answer");
    assert_eq!(start(hover), at(1, 15));

    let mut other = Editor::silent(program(), directory.path());
    let capabilities = json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } });
    let hello =
        other.request("initialize", json!({ "capabilities": capabilities })).expect("a hello");
    assert_eq!(hello["capabilities"]["positionEncoding"], "utf-8");
    other.open("api-paste.ini");
    let hover = other.request("textDocument/hover", params(at(1, 18))).expect("an answer");
    assert_eq!(start(hover), at(1, 18));
}
