use serde_json::json;

use super::editor;

const MAIN: &str = "[pipeline:main]\npipeline = id app\n[filter:id]\nuse = config:other.ini#id\n\
                    [app:app]\nuse = egg:impasto#respond\n";
const OTHER: &str = "[filter:id]\nuse = egg:impasto#request_id\n[pipeline:main]\npipeline = id echo\n\
                     [app:echo]\nuse = egg:impasto#debug\n";

#[test]
fn a_file_that_another_one_names_is_read_as_it_is_in_the_editor() {
    let (mut editor, _directory) = editor(&[("main.ini", MAIN), ("other.ini", "[filter:none]\n")]);
    editor.open("main.ini");
    let problems = editor.problems("main.ini");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0]["code"], "missing-section");
    // Nobody saves it.
    editor.open_with("other.ini", OTHER);
    editor.wait(|message| {
        message["params"]["uri"].as_str().is_some_and(|uri| uri.ends_with("main.ini"))
            && message["params"]["diagnostics"] == json!([])
    });
    let at = MAIN.find("#id").expect("there") + 1;
    let found = editor.ask("textDocument/definition", "main.ini", at).expect("an answer");
    assert_eq!(found[0]["uri"], editor.uri("other.ini"));
    assert_eq!(found[0]["range"]["start"], json!({ "line": 0, "character": 1 }));
    let hover = editor.ask("textDocument/hover", "main.ini", at).expect("an answer");
    let text = hover["contents"]["value"].as_str().expect("a text");
    assert!(text.contains("egg:impasto#request_id"), "{text}");
}

#[test]
fn a_section_is_renamed_in_all_files_that_are_open() {
    let (mut editor, _directory) = editor(&[("main.ini", MAIN), ("other.ini", OTHER)]);
    editor.open("main.ini");
    editor.open("other.ini");
    for (file, at) in [
        ("other.ini", 3),
        ("other.ini", OTHER.find("id echo").expect("there")),
        ("main.ini", MAIN.find("#id").expect("there") + 1),
    ] {
        let params = json!({
            "textDocument": { "uri": editor.uri(file) },
            "position": editor.position(file, at + if file == "other.ini" && at == 3 { 5 } else { 0 }),
            "newName": "request",
        });
        let edit = editor.request("textDocument/rename", params).expect("a rename");
        let texts = |name: &str| {
            let edits = edit["changes"][editor.uri(name)].as_array().cloned().unwrap_or_default();
            let mut text = editor.text(name).to_owned();
            let mut edits: Vec<_> = edits
                .iter()
                .map(|edit| {
                    let at = |end: &str| editor.offset(name, &edit["range"][end]);
                    (at("start")..at("end"), edit["newText"].as_str().expect("a text").to_owned())
                })
                .collect();
            edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
            edits.into_iter().for_each(|(range, new)| text.replace_range(range, &new));
            text
        };
        assert_eq!(texts("main.ini"), MAIN.replace("#id", "#request"), "{file}:{at}");
        let other = OTHER.replace("filter:id", "filter:request").replace("= id", "= request");
        assert_eq!(texts("other.ini"), other, "{file}:{at}");
    }
}

#[test]
fn a_section_is_renamed_in_files_that_are_included_and_closed() {
    let library = "[filter:id]\nuse = config:main.ini#base\n[pipeline:p]\npipeline = config:main.ini#base id\n";
    let main =
        "[filter:base]\nuse = egg:impasto#request_id\n[app:main]\nuse = config:between.ini\n";
    let between = "[app:main]\nuse = egg:impasto#respond\nfilter-with = config:library.ini#id\n";
    let files = [("main.ini", main), ("between.ini", between), ("library.ini", library)];
    let (mut editor, directory) = editor(&files);
    editor.open("main.ini");
    let params = json!({
        "textDocument": { "uri": editor.uri("main.ini") },
        "position": { "line": 0, "character": 9 },
        "newName": "other",
    });
    let edit = editor.request("textDocument/rename", params).expect("a rename");
    let library = directory.path().join("library.ini");
    let changes = edit["changes"].as_object().expect("changes");
    let edits = changes
        .iter()
        .find(|(uri, _)| uri.ends_with(&*library.file_name().expect("a name").to_string_lossy()))
        .map(|(_, edits)| edits.clone());
    let range = |line: u32, start: u32| {
        json!({
            "newText": "other",
            "range": {
                "start": { "line": line, "character": start },
                "end": { "line": line, "character": start + 4 },
            },
        })
    };
    assert_eq!(edits, Some(json!([range(1, 22), range(3, 27)])), "{edit}");
    assert_eq!(changes.len(), 2, "{edit}");
}

#[test]
fn a_section_is_renamed_in_closed_files_that_name_it() {
    let library = "[filter:id]\nuse = egg:impasto#request_id\n";
    let files = [("library.ini", library), ("main.conf", "")];
    let (mut editor, directory) = editor(&files);
    let root = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("a directory").join("library.ini");
    let user =
        format!("[app:main]\nuse = egg:acme#app\nfilter-with = config:{}#id\n", path.display());
    let deep = root.path().join("deep/deeper");
    for folder in [directory.path().join("below"), root.path().join(".hidden"), deep.clone()] {
        std::fs::create_dir_all(&folder).expect("writable");
        std::fs::write(folder.join("user.ini"), &user).expect("writable");
    }
    let mut other = user.replace(&*path.to_string_lossy(), "library.ini");
    for name in ["sibling.ini", "sibling.conf", "sibling.txt"] {
        std::fs::write(directory.path().join(name), &other).expect("writable");
    }
    // What is too large for a moment is left out.
    other.push_str(&"# Nothing.\n".repeat(200_000));
    std::fs::write(directory.path().join("large.ini"), &other).expect("writable");
    let renamed = |editor: &mut impasto_tests::editor::Editor| {
        let params = json!({
            "textDocument": { "uri": editor.uri("library.ini") },
            "position": { "line": 0, "character": 9 },
            "newName": "request",
        });
        let edit = editor.request("textDocument/rename", params).expect("a rename");
        let changes = edit["changes"].as_object().expect("changes");
        let mut names: Vec<_> = changes.keys().map(|uri| editor.name(&json!(uri))).collect();
        names.sort();
        names
    };
    editor.open("library.ini");
    assert_eq!(renamed(&mut editor), ["library.ini", "sibling.conf", "sibling.ini"]);
    let folder = json!({ "uri": format!("file://{}", root.path().display()), "name": "root" });
    let folders = |key: &str| json!({ "event": { "added": [], "removed": [], (key): [folder] } });
    editor.notify("workspace/didChangeWorkspaceFolders", folders("added"));
    let user = format!("file://{}", deep.join("user.ini").display());
    assert_eq!(renamed(&mut editor), [&*user, "library.ini", "sibling.conf", "sibling.ini"]);
    editor.notify("workspace/didChangeWorkspaceFolders", folders("removed"));
    assert_eq!(renamed(&mut editor).len(), 3);
}

#[test]
fn a_change_on_the_disk_is_seen_when_the_editor_tells() {
    let (mut editor, directory) = editor(&[("main.ini", MAIN), ("other.ini", "[filter:none]\n")]);
    editor.open("main.ini");
    assert_eq!(editor.problems("main.ini").len(), 1);
    std::fs::write(directory.path().join("other.ini"), OTHER).expect("writable");
    let changes = json!({ "changes": [{ "uri": editor.uri("other.ini"), "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", changes);
    editor.wait(|message| message["params"]["diagnostics"] == json!([]));
}

#[test]
fn what_is_wrong_in_a_file_that_is_closed_is_forgotten() {
    let (mut editor, _directory) = editor(&[("main.ini", "[app:main]\nuse = nobody\n")]);
    editor.open("main.ini");
    assert_eq!(editor.problems("main.ini").len(), 1);
    let closed = json!({ "textDocument": { "uri": editor.uri("main.ini") } });
    editor.notify("textDocument/didClose", closed);
    editor.wait(|message| message["params"]["diagnostics"] == json!([]));
    assert_eq!(editor.quit(), Some(0));
}
