//! An app loaded by name and called in process, without a server.
//!
//! What comes out of a file is an [`App`], which is a tower service: a program can put it under a
//! router or a server of its own, a test can call it.
//!
//! ```sh
//! cd examples/load-by-name
//! cargo run -- /greetings/world
//! ```

use std::path::Path;

use anyhow::Context as _;
use http_body_util::BodyExt;
use impasto::http::Request;
use impasto::{App, Body};
// Without this line the crate would not be linked, and the file's references would lead nowhere.
use impasto_filters as _;
use tower::ServiceExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/".to_owned());
    let app = load("api")?;
    print!("{}", ask(app, &path).await?);
    Ok(())
}

/// The app of this name in the file beside this package.
fn load(name: &str) -> anyhow::Result<App> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("api-paste.ini");
    Ok(impasto::load_app(&format!("config:{}", file.display()), name)?)
}

/// Status and body of the answer to a GET.
async fn ask(app: App, path: &str) -> anyhow::Result<String> {
    let request = Request::get(path).body(Body::empty()).context("that is no path")?;
    let response = app.oneshot(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await.map_err(anyhow::Error::from_boxed)?.to_bytes();
    Ok(format!("{status}\n{}\n", String::from_utf8_lossy(&body)))
}

#[cfg(test)]
mod tests {
    use super::{ask, load};

    #[tokio::test]
    async fn an_app_is_called_like_any_tower_service() {
        let api = load("api").unwrap();
        assert_eq!(ask(api.clone(), "/").await.unwrap(), "200 OK\nask for /greetings\n");
        let greeting = ask(api, "/greetings/world").await.unwrap();
        assert_eq!(greeting, "200 OK\nhello\n");
    }

    #[tokio::test]
    async fn each_name_is_an_app_of_its_own() {
        let admin = load("admin").unwrap();
        assert_eq!(ask(admin, "/").await.unwrap(), "403 Forbidden\nnot from here\n");
        let error = load("amdin").unwrap_err().to_string();
        assert!(error.contains("there is no app `amdin`"), "{error}");
        assert!(error.contains("did you mean `admin`?"), "{error}");
    }
}
