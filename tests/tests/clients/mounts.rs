use std::fs;

use impasto_tests::server::{ANY_PORT, shipped_path};

use crate::curl::curl;
use crate::{serve, serve_shipped};

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn the_longest_path_decides() {
    let server = serve_shipped();
    let url = server.url();

    for path in ["/", "/v2", "/v2.10/servers", "/nowhere"] {
        let versions = curl(&[&format!("{url}{path}")]);
        assert_eq!((versions.exit, versions.status), (0, 200), "{path}");
        assert_eq!(versions.header("content-type").unwrap(), "application/json", "{path}");
        let document: serde_json::Value = serde_json::from_slice(&versions.body).unwrap();
        assert_eq!(document["versions"][0]["links"][0]["href"], "/v2.1/");
    }

    for (target, shown) in [
        ("/v2.1", "mount: /v2.1\npath: \nquery: \n"),
        ("/v2.1/", "mount: /v2.1\npath: /\nquery: \n"),
        ("/v2.1/servers?limit=3", "mount: /v2.1\npath: /servers\nquery: limit=3\n"),
        ("//v2.1//a%20b?x=%2F", "mount: /v2.1\npath: /a%20b\nquery: x=%2F\n"),
    ] {
        let api = curl(&["--path-as-is", &format!("{url}{target}")]).text();
        assert!(api.starts_with(&format!("method: GET\n{shown}")), "{target}: {api}");
    }

    let health = || curl(&[&format!("{url}/healthcheck")]);
    assert_eq!((health().status, health().text().as_str()), (200, "OK"));
    fs::write(server.path("healthcheck_disable"), "").unwrap();
    assert_eq!(health().status, 503);
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn the_host_decides_before_the_path() {
    let server = serve(&format!(
        "[composite:main]\nuse = egg:impasto#urlmap\n\
         / = elsewhere\n\
         domain api.example.org / = api\n\
         domain api.example.org port 8774 / = compute\n\
         domain static.example.org /css = styles\n\
         [app:elsewhere]\nuse = egg:impasto#respond\nbody = elsewhere\n\
         [app:api]\nuse = elsewhere\nbody = api\n\
         [app:compute]\nuse = elsewhere\nbody = compute\n\
         [app:styles]\nuse = elsewhere\nbody = styles\n{ANY_PORT}"
    ));
    let authority = server.authority();
    for protocol in ["--http1.1", "--http2-prior-knowledge"] {
        for (url, body) in [
            ("http://api.example.org/", "api"),
            ("http://API.Example.ORG/css", "api"),
            ("http://api.example.org:8774/", "compute"),
            ("http://static.example.org/css/a", "styles"),
            ("http://static.example.org/", "elsewhere"),
            ("http://localhost/", "elsewhere"),
        ] {
            // Asks for this host and port, and connects to the server.
            let to = format!("::{authority}");
            assert_eq!(
                curl(&[protocol, "--connect-to", &to, url]).text(),
                body,
                "{protocol} {url}"
            );
        }
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn behind_a_proxy_redirects_lead_to_where_the_client_is() {
    let server = serve(&format!(
        "[pipeline:main]\npipeline = prefix map\n\
         [filter:prefix]\nuse = egg:PasteDeploy#prefix\nprefix = /behind\n\
         [composite:map]\nuse = egg:impasto#urlmap\n/files = static\n\
         [app:static]\nuse = config:{}#static\n{ANY_PORT}",
        shipped_path()
    ));
    let redirect = curl(&[&format!("{}/behind/files", server.url())]);
    assert_eq!(redirect.status, 301);
    assert_eq!(redirect.header("location").unwrap(), "/behind/files/");
}
