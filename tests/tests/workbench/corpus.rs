use std::path::Path;

use impasto::{Group, Loader};
use impasto_tests::fixtures::{ini_files, shared};
use impasto_workbench::{Explanation, Graph, Question};

use crate::speed::in_time;

/// Runs `command` over the files of real projects that can be read.
fn on_all(command: impl Fn(&Path, &Loader)) {
    let Some(directory) = shared("corpus") else { return };
    let mut read = 0;
    for file in ini_files(&directory) {
        let Ok(loader) = Loader::open(&file) else { continue };
        read += 1;
        in_time(&file, || command(&file, &loader));
    }
    assert!(read > 40, "only {read} files could be read");
}

#[test]
fn every_file_is_explained_at_once() {
    let requests = ["/", "/v2.1/servers", "http://a.example.org/v1/x?y=z"];
    on_all(|_, loader| {
        for url in requests {
            let question = Question::new("GET", url, &[]).expect("a request");
            if let Ok(explanation) = Explanation::of_request(loader, None, &question) {
                assert!(!explanation.to_string().is_empty());
                assert!(explanation.to_json()["stack"].is_array());
            }
        }
    });
}

#[test]
fn every_app_of_every_file_is_explained() {
    on_all(|file, loader| {
        for declared in loader.declared() {
            let is_app = declared.group == Group::App;
            let Some(name) = declared.name.filter(|_| is_app) else { continue };
            let Ok(context) = loader.context(Group::App, &name) else { continue };
            let explanation = Explanation::of_app(loader, Some(&name)).expect("it resolves");
            let layers = explanation.way().layers();
            assert!(!layers.is_empty() || context.children().is_some(), "{}", file.display());
            assert!(!explanation.to_string().is_empty());
        }
    });
}

#[test]
fn every_file_is_drawn_at_once() {
    on_all(|file, loader| {
        let graph = Graph::of(loader, None).expect("a whole file is always drawn");
        let json = graph.to_json();
        let nodes = json["nodes"].as_array().expect("nodes");
        let text = graph.to_string();
        for node in nodes {
            let name = node["name"].as_str().expect("a name");
            assert!(text.contains(name), "{}: {name}", file.display());
        }
        assert_eq!(graph.to_dot().matches("[label = \"").count(), {
            let choices = json["edges"].as_array().expect("edges").iter();
            nodes.len() + choices.filter(|edge| !edge["choice"].is_null()).count()
        });
        assert_eq!(graph.to_mermaid().matches("\n  n").count(), {
            nodes.len() + json["edges"].as_array().map_or(0, Vec::len)
        });
        assert_eq!(graph.to_svg().matches("</text></g>").count(), nodes.len());
    });
}
