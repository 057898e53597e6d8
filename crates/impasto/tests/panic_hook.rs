//! What a process prints when something panics. The hook belongs to the whole process, so each case is one of its own:
//! this test binary, run again with the name of a scene.

use std::process::Command;

use impasto::{App, Exchange, Request, Response};

/// Lines that the scene logs, and whatever it writes to standard error.
fn play(scene: &str) -> (Vec<String>, String) {
    let itself = std::env::current_exe().unwrap();
    let arguments = ["--exact", "scene", "--include-ignored", "--nocapture", "--quiet"];
    let output = Command::new(itself)
        .args(arguments)
        .env("SCENE", scene)
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines =
        text.lines().map(str::trim).filter(|line| line.starts_with("ERROR")).map(str::to_owned);
    (lines.collect(), String::from_utf8(output.stderr).unwrap())
}

#[test]
#[ignore = "run by the others, in a process of its own"]
fn scene() {
    let scene = std::env::var("SCENE").unwrap_or_default();
    if scene != "no subscriber" {
        tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false).init();
    }
    impasto::install_panic_hook();
    impasto::install_panic_hook();
    match &*scene {
        "elsewhere" => drop(
            std::thread::Builder::new()
                .name("elsewhere".into())
                .spawn(|| panic!("alone"))
                .unwrap()
                .join(),
        ),
        "caught by the app" => drop(answer(App::from_fn(catching))),
        "while unwinding" => drop(answer(App::from_fn(twice))),
        _ => drop(answer(App::from_fn(broken))),
    }
}

async fn broken(_: &mut Exchange) -> Response {
    panic!("broken\napp")
}

async fn catching(_: &mut Exchange) -> Response {
    let caught = std::panic::catch_unwind(|| panic!("only trying"));
    assert!(caught.is_err());
    Response::default()
}

async fn twice(_: &mut Exchange) -> Response {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            let caught = std::panic::catch_unwind(|| panic!("second"));
            assert!(caught.is_err());
        }
    }
    let _bomb = Bomb;
    panic!("first")
}

fn answer(app: App) -> Response {
    let request = Request::get("/a").body(Default::default()).unwrap();
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(app.handle(request, None))
}

#[test]
fn a_contained_panic_is_one_line_with_its_place() {
    let (lines, stderr) = play("contained");
    let [line] = &*lines else { panic!("{lines:?}") };
    for part in
        ["ERROR panicked ", r#"panic="broken\napp""#, "tests/panic_hook.rs:", r#"path="/a""#]
    {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert_eq!(stderr, "");
}

#[test]
fn a_panic_elsewhere_is_one_line_too() {
    let (lines, stderr) = play("elsewhere");
    let [line] = &*lines else { panic!("{lines:?}") };
    for part in [r#"panic="alone""#, "tests/panic_hook.rs:", r#"thread="elsewhere""#] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert_eq!(stderr, "");
}

#[test]
fn a_panic_that_an_app_catches_itself_is_told_all_the_same() {
    let (lines, stderr) = play("caught by the app");
    let [line] = &*lines else { panic!("{lines:?}") };
    assert!(line.contains("only trying"), "{line}");
    assert_eq!(stderr, "");
}

#[test]
fn every_panic_of_several_is_told() {
    let (lines, stderr) = play("while unwinding");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("first"))
            && lines.iter().any(|line| line.contains("second"))
    );
    assert_eq!(stderr, "");
}

#[test]
fn without_a_subscriber_the_panic_is_not_lost() {
    let (lines, stderr) = play("no subscriber");
    assert!(lines.is_empty());
    assert!(stderr.contains("broken\napp"), "{stderr}");
}
