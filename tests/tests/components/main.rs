//! Components as a file names them, over real sockets: what each does to requests and answers, and what
//! is said of wrong settings.

mod access_log;
mod basic_auth;
mod buffer;
mod composites;
mod compress;
mod concurrency_limit;
mod correlation_id;
mod csrf;
mod debug;
mod decompress;
mod error_documents;
mod etag;
mod every;
mod fault_injection;
mod headers;
mod ip_access;
mod jwt;
mod maintenance;
mod metrics;
mod normalize_path;
mod oslo_config;
mod propagate_headers;
mod rate_limit;
mod redirect;
mod redirect_https;
mod rewrite;
mod sensitive_headers;
mod set_status;
mod size_limit;
mod static_files;
mod stats;
mod trace;
mod validate_request;
mod versions;

/// A client for HTTP/1.1 and HTTP/2.
#[allow(dead_code)]
#[path = "../serving/client.rs"]
mod client;

use impasto::Loader;
use impasto_filters as _;
use impasto_tests::server::{ANY_PORT, Server};

/// A server of this file.
fn serve(file: &str) -> Server {
    Server::start(env!("CARGO_BIN_EXE_impasto-tests"), &format!("{file}{ANY_PORT}"), &[])
}

/// What is wrong with a filter of these settings, each as `line:column: message`.
fn wrong(settings: &str) -> Vec<String> {
    wrong_file(&format!(
        "[filter:other]\n{settings}\n[pipeline:main]\npipeline = other end\n\
         [app:end]\nuse = egg:impasto#respond\n"
    ))
}

/// What is wrong with an app of these settings, each as `line:column: message`.
fn wrong_app(settings: &str) -> Vec<String> {
    wrong_file(&format!("[app:main]\n{settings}\n"))
}

fn wrong_file(file: &str) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, file).expect("a file");
    let problems = match Loader::open(&path).expect("a file that can be read").app("main") {
        Ok(_) => return Vec::new(),
        Err(problems) => problems,
    };
    let line = |problem: &impasto::Problem| {
        let place = problem.place.as_ref().map(|place| format!("{place}"));
        let place = place.unwrap_or_default();
        let place = place.rsplit_once(".ini:").map_or(place.as_str(), |(_, place)| place);
        format!("{place}: {}", problem.message)
    };
    problems.iter().map(line).collect()
}
