//! The commands called by a program with factories of its own.

use std::fs;

use impasto::{App, BoxFuture, Serve, register};
use impasto_cli::{Exit, run};
use impasto_filters as _;

/// A server that is not impasto's: it ends at once, well or not.
struct Brief(Result<(), &'static str>);

impl Serve for Brief {
    fn serve(&self, _: App) -> BoxFuture<'static, anyhow::Result<()>> {
        let outcome = self.0;
        Box::pin(async move { outcome.map_err(anyhow::Error::msg) })
    }
}

register!("brief" => |(): ()| Brief(Ok(())));
register!("deaf" => |(): ()| Brief(Err("no ears")));
register!("broken" => broken);

fn broken((): ()) -> App {
    panic!("a factory of the test's own")
}

fn serve(server: &str, app: &str) -> Exit {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api-paste.ini");
    let text = format!(
        "[app:main]\nuse = {app}\n[server:main]\nuse = egg:impasto-cli#{server}\n\
         [app:elsewhere]\nuse = egg:impasto-cli#broken\n"
    );
    fs::write(&path, text).unwrap();
    run(["impasto", "serve", path.to_str().unwrap()])
}

#[test]
fn a_foreign_server_serves_until_it_ends() {
    assert_eq!(serve("brief", "egg:impasto#respond"), Exit::Fine);
    assert_eq!(serve("deaf", "egg:impasto#respond"), Exit::Listener);
}

#[test]
fn a_factory_that_panics_is_a_problem_where_it_is_needed() {
    assert_eq!(serve("brief", "egg:impasto-cli#broken"), Exit::Configuration);
}
