//! Apps and composites, each as a file has it, and a request for it.

use std::path::Path;

use anyhow::Context;
use impasto::{App, Body, Loader, Request};

/// An app, and what it is asked.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    file: &'static str,
    target: &'static str,
    header: Option<(&'static str, &'static str)>,
}

/// What all others are beside: the shortest answer that a file can name.
pub(crate) const LEAST: Row = row("respond", "one text", RESPOND, "/");

const RESPOND: &str = "[app:main]\nuse = egg:impasto#respond\nbody = hello\n";

/// What the composites lead to.
const END: &str = "[app:end]\nuse = egg:impasto#respond\nbody = hello\n\
                   [app:none]\nuse = egg:impasto#respond\nstatus = 404\nbody = nothing\n";

const fn row(
    name: &'static str,
    what: &'static str,
    file: &'static str,
    target: &'static str,
) -> Row {
    Row { name, what, file, target, header: None }
}

pub(crate) fn rows() -> Vec<Row> {
    let versions = "[app:main]\nuse = egg:impasto#versions\nstatus.v2.0 = SUPPORTED\n\
                    status.v2.1 = CURRENT\nmin_version.v2.1 = 2.1\nmax_version.v2.1 = 2.96\n";
    let files = "[app:main]\nuse = egg:impasto#static\nroot = files\n";
    let urlmap = "[composite:main]\nuse = egg:impasto#urlmap\n/ = none\n/a = none\n/b = none\n\
                  /c = none\n/d = none\n/e = none\n/f = none\n/g = none\n/h = none\n/api = end\n";
    let nova =
        "[composite:main]\nuse = egg:impasto#nova_urlmap\n/ = none\n/v2 = none\n/v2.1 = end\n";
    let host = "[composite:main]\nuse = egg:impasto#host\napi.example.org = none\n\
                *.example.org = end\n";
    let first_match = "[composite:main]\nuse = egg:impasto#match\nheader X-Canary yes = none\n\
                       method GET,HEAD path /v2/* = end\n";
    let split = "[composite:main]\nuse = egg:impasto#split\napps = none end\nweights = 1 0\n\
                 cookie = release\n";
    let with = |row: Row, name, value| Row { header: Some((name, value)), ..row };
    vec![
        row(
            "redirect",
            "a path that is kept",
            "[app:main]\nuse = egg:impasto#redirect\nlocation = /v2\nkeep_path = true\n",
            "/servers/1?limit=3",
        ),
        row("healthcheck", "no backend", "[app:main]\nuse = egg:impasto#healthcheck\n", "/"),
        row("versions", "two of them", versions, "/"),
        row("static", "a file of 1 KiB", files, "/file.txt"),
        row("static", "a file that is not there", files, "/none.txt"),
        with(row("static", "a file that the client has", files, "/file.txt"), "if-none-match", "*"),
        row("debug", "what it sees", "[app:main]\nuse = egg:impasto#debug\n", "/servers/1"),
        row("metrics", "no counter", "[app:main]\nuse = egg:impasto#metrics\n", "/"),
        row("urlmap", "the last of ten paths", urlmap, "/api/servers/1"),
        row("nova_urlmap", "a version", nova, "/v2.1/servers/1"),
        with(row("host", "a wildcard", host, "/"), "host", "a.example.org"),
        row("match", "the second of two", first_match, "/v2/servers"),
        with(row("split", "a client that stays", split, "/"), "cookie", "a=b; release=end"),
        row(
            "cascade",
            "the second of two",
            "[composite:main]\nuse = egg:impasto#cascade\napp1 = none\napp2 = end\n",
            "/",
        ),
    ]
}

impl Row {
    /// The app `main` of its file.
    pub(crate) fn app(self) -> anyhow::Result<App> {
        let directory = tempfile::tempdir()?;
        // The files are asked for as long as the program runs.
        let directory = directory.keep();
        self.load(&directory).with_context(|| format!("the file of {}", self.name))
    }

    fn load(self, directory: &Path) -> anyhow::Result<App> {
        let files = directory.join("files");
        std::fs::create_dir(&files)?;
        std::fs::write(files.join("file.txt"), "0123456789abcdef".repeat(64))?;
        let path = directory.join("api-paste.ini");
        std::fs::write(&path, format!("{}{END}", self.file))?;
        Ok(Loader::open(path)?.app("main")?)
    }

    pub(crate) fn request(self) -> anyhow::Result<Request> {
        let mut request = Request::get(self.target).header("accept", "*/*");
        request = match self.header {
            Some(("host", name)) => request.header("host", name),
            Some((name, value)) => request.header("host", "example.org").header(name, value),
            None => request.header("host", "example.org"),
        };
        Ok(request.body(Body::empty())?)
    }
}
