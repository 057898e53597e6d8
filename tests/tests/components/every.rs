//! Every component as a file names it: what is said of a wrong setting, and what it does to a request.

use std::collections::BTreeSet;

use impasto::{Kind, Registry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{serve, wrong_file};
use impasto_tests::server::Server;

/// A component, options of its section that are wrong, and how what is said of them begins: `line:column: message`.
/// The options stand from the third line on.
type Wrong = (Kind, &'static str, &'static str, &'static str);

/// A component, the options of its section, what is asked of it (a path below its mount, and lines of a head), and
/// what the answer begins with and has in it.
type Served = (Kind, &'static str, &'static str, &'static str, &'static str, u16, &'static str);

const UNKNOWN: &str = "surprise = 1";
const IS_UNKNOWN: &str = "3:1: unknown setting `surprise`";

const WRONG: [Wrong; 63] = [
    (Kind::Composite, "cascade", "app1 = end\ncatch = 42", "4:9: an item of `catch`"),
    (Kind::Composite, "host", "a b = end", "3:1: `a b` is neither"),
    (Kind::Composite, "match", "header X = end", "3:1: `header X`"),
    (Kind::Composite, "nova_urlmap", "v2 = end", "3:1: `v2` is neither"),
    (Kind::Composite, "pipeline_factory", "auth_strategy = none", "3:17: "),
    (Kind::Composite, "split", "apps = end end\nweights = 1", "4:11: `weights`"),
    (Kind::Composite, "urlmap", "api = end", "3:1: `api` is neither"),
    (Kind::App, "debug", UNKNOWN, IS_UNKNOWN),
    (Kind::App, "healthcheck", "backends = none", "3:12: an item of `backends`"),
    (Kind::App, "metrics", UNKNOWN, IS_UNKNOWN),
    (Kind::App, "redirect", "location = /a b", "3:12: `location`"),
    (Kind::App, "respond", "status = 99", "3:10: `status`"),
    (Kind::App, "static", "root = /nowhere/at/all", "3:8: `root`"),
    (Kind::App, "versions", "status.v2.0 = OLD", "3:15: `status.v2.0`"),
    (Kind::Filter, "access_log", "format = {nothing}", "3:10: `format`"),
    (Kind::Filter, "basic_auth", "auth_file = /nowhere/at/all", "3:"),
    (Kind::Filter, "buffer", "max_size = much", "3:12: `max_size`"),
    (Kind::Filter, "catch_errors", "format = yaml", "3:10: `format`"),
    (Kind::Filter, "compress", "level = 0", "3:9: `level`"),
    (Kind::Filter, "compute_request_id", "compat_headers = a:b", "3:18: `compat_headers`"),
    (Kind::Filter, "compute_request_log", "path = /nowhere/at/all", "3:8: `path`"),
    (Kind::Filter, "concurrency_limit", "max = 0", "3:7: `max`"),
    (Kind::Filter, "correlation_id", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "cors", "max_age = old", "3:11: `max_age`"),
    (Kind::Filter, "csrf", "trusted_origins = nowhere", "3:19: `trusted_origins`"),
    (Kind::Filter, "debug", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "decompress", "max_ratio = 0", "3:13: `max_ratio`"),
    (Kind::Filter, "error_catcher", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "error_documents", "page.200 = /x", "3:"),
    (Kind::Filter, "etag", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "fault_injection", "status = 42", "3:10: `status`"),
    (Kind::Filter, "fault_wrapper", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "gzip", "compress_level = 10", "3:18: `compress_level`"),
    (Kind::Filter, "headers", "request.set.a b = 1", "3:"),
    (Kind::Filter, "healthcheck", "path = alive", "3:8: `path`"),
    (Kind::Filter, "heat_fault_wrapper", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "httpexceptions", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "ip_access", "allow = 10.0.0.0/33", "3:9: `allow`"),
    (Kind::Filter, "jwt", "key_file = /nowhere/at/all", "3:"),
    (Kind::Filter, "maintenance", "enabled = perhaps", "3:11: `enabled`"),
    (Kind::Filter, "metrics", UNKNOWN, IS_UNKNOWN),
    (Kind::Filter, "normalize_path", "trailing_slash = maybe", "3:18: `trailing_slash`"),
    (Kind::Filter, "openstack_request_id", "compat_headers = a:b", "3:18: `compat_headers`"),
    (Kind::Filter, "openstack_stats", "name = a\nstats_host = a b", "4:14: `stats_host`"),
    (Kind::Filter, "oslo_cors", "max_age = old", "3:11: `max_age`"),
    (Kind::Filter, "oslo_tracing", "enabled = on\nsampling_rate = 2", "4:17: `sampling_rate`"),
    (Kind::Filter, "osprofiler", "enabled = perhaps", "3:11: `enabled`"),
    (Kind::Filter, "prefix", "scheme = gopher", "3:10: `scheme`"),
    (Kind::Filter, "propagate_headers", "headers = a:b", "3:11: `headers`"),
    (Kind::Filter, "proxy_headers", "trusted = somebody", "3:11: `trusted`"),
    (Kind::Filter, "rate_limit", "requests = 0", "3:12: `requests`"),
    (Kind::Filter, "redirect_https", "status = 200", "3:10: `status`"),
    (Kind::Filter, "request_id", "header = a:b", "3:10: `header`"),
    (Kind::Filter, "rewrite", "rule.a = ( /x", "3:"),
    (Kind::Filter, "secure_headers", "x_frame_options = \u{1}", "3:"),
    (Kind::Filter, "sensitive_headers", "request = a:b", "3:11: `request`"),
    (Kind::Filter, "set_status", "status = 42", "3:10: `status`"),
    (Kind::Filter, "size_limit", "max_body_size = -1", "3:17: `max_body_size`"),
    (Kind::Filter, "stats", "prefix = a b", "3:10: `prefix`"),
    (Kind::Filter, "timeout", "timeout = 0s", "3:11: `timeout`"),
    (Kind::Filter, "trace", "sample = 101", "3:10: `sample`"),
    (Kind::Filter, "translogger", "format = %(nothing", "3:10: `%(nothing`"),
    (Kind::Filter, "validate_request", "accept = nothing", "3:10: `accept`"),
];

/// What every component of the crate is called.
fn all() -> BTreeSet<(&'static str, &'static str)> {
    let factories = Registry::linked().factories().iter();
    let own = factories.filter(|it| it.package() == "impasto-filters");
    own.map(|factory| (factory.kind().as_str(), factory.name())).collect()
}

/// What does nothing that a client could see is at least in nobody's way.
const SERVED: [Served; 63] = [
    (Kind::Composite, "cascade", "app1 = none\napp2 = end", "/x", "", 200, "path: /x"),
    (Kind::Composite, "host", "localhost = end", "/x", "", 200, "path: /x"),
    (Kind::Composite, "match", "path /x = end", "/x", "", 200, "path: /x"),
    (
        Kind::Composite,
        "nova_urlmap",
        "/ = none\n/v2 = end",
        "/v2/x",
        "",
        200,
        "/composite-nova_urlmap/v2",
    ),
    (Kind::Composite, "pipeline_factory", "default = end", "/x", "", 200, "path: /x"),
    (Kind::Composite, "split", "apps = end end\nweights = 1 1", "/x", "", 200, "path: /x"),
    (Kind::Composite, "urlmap", "/ = none\n/a = end", "/a/x", "", 200, "/composite-urlmap/a"),
    (Kind::App, "debug", "", "/x", "", 200, "path: /x"),
    (Kind::App, "healthcheck", "", "/", "", 200, "\r\n\r\nok"),
    (Kind::App, "metrics", "", "/", "", 200, "text/plain"),
    (Kind::App, "redirect", "location = /there", "/", "", 307, "location: /there"),
    (Kind::App, "respond", "status = 404\nbody = nothing", "/", "", 404, "nothing"),
    (Kind::App, "static", "root = %(here)s", "/api-paste.ini", "", 200, "[app:static]"),
    (Kind::App, "versions", "status.v2.1 = CURRENT", "/", "", 200, "\"v2.1\""),
    (Kind::Filter, "access_log", "path = %(here)s/log", "/", "", 200, "get"),
    (
        Kind::Filter,
        "basic_auth",
        "user.ann = $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "/",
        "",
        401,
        "www-authenticate: basic",
    ),
    (Kind::Filter, "buffer", "", "/", "content-length: 0", 200, "get"),
    (
        Kind::Filter,
        "catch_errors",
        "format = json",
        "/panic",
        "",
        500,
        "{\"error\": {\"code\": 500",
    ),
    (
        Kind::Filter,
        "compress",
        "min_size = 0\ntypes = text/*",
        "/",
        "accept-encoding: br",
        200,
        "content-encoding: br",
    ),
    (Kind::Filter, "compute_request_id", "", "/", "", 200, "x-compute-request-id: req-"),
    (Kind::Filter, "compute_request_log", "path = %(here)s/log", "/", "", 200, "get"),
    (Kind::Filter, "concurrency_limit", "max = 1", "/", "", 200, "get"),
    (
        Kind::Filter,
        "correlation_id",
        "",
        "/",
        "x-correlation-id: mine",
        200,
        "x-correlation-id: mine",
    ),
    (
        Kind::Filter,
        "cors",
        "allow_origins = http://a.example",
        "/",
        "origin: http://a.example",
        200,
        "access-control-allow-origin: http://a.example",
    ),
    (Kind::Filter, "csrf", "", "/", "", 200, "get"),
    (Kind::Filter, "debug", "", "/", "", 200, "get"),
    (Kind::Filter, "decompress", "", "/", "content-encoding: br\r\ncontent-length: 0", 200, "get"),
    (Kind::Filter, "error_catcher", "", "/panic", "", 500, "internal server error"),
    (Kind::Filter, "error_documents", "404 = /page", "/status/404", "", 404, "/page"),
    (Kind::Filter, "etag", "", "/", "", 200, "etag: "),
    (Kind::Filter, "fault_injection", "status = 418\nstatus_percentage = 100", "/", "", 418, ""),
    (Kind::Filter, "fault_wrapper", "", "/panic", "", 500, "{\"computefault\": "),
    (Kind::Filter, "gzip", "", "/", "accept-encoding: gzip, br", 200, "content-encoding: gzip"),
    (Kind::Filter, "headers", "set_response.x-own = 1", "/", "", 200, "x-own: 1"),
    (
        Kind::Filter,
        "healthcheck",
        "path = /filter-healthcheck/alive",
        "/alive",
        "",
        200,
        "\r\n\r\nok",
    ),
    (Kind::Filter, "heat_fault_wrapper", "", "/panic", "", 500, "{\"code\": 500, \"title\": "),
    (Kind::Filter, "httpexceptions", "", "/", "", 200, "get"),
    (Kind::Filter, "ip_access", "allow = 192.0.2.1", "/", "", 403, ""),
    (
        Kind::Filter,
        "jwt",
        "secret = a-secret-of-thirty-two-letters!!",
        "/",
        "",
        401,
        "www-authenticate: bearer",
    ),
    (Kind::Filter, "maintenance", "enabled = true", "/", "", 503, "retry-after: 60"),
    (Kind::Filter, "metrics", "", "/", "", 200, "get"),
    (Kind::Filter, "normalize_path", "", "/a/./b", "", 200, "/a/b"),
    (Kind::Filter, "openstack_request_id", "", "/", "", 200, "x-openstack-request-id: req-"),
    (Kind::Filter, "openstack_stats", "name = a\nstats_host = 127.0.0.1:9", "/", "", 200, "get"),
    (
        Kind::Filter,
        "oslo_cors",
        "allowed_origin = http://a.example",
        "/",
        "origin: http://a.example",
        200,
        "access-control-allow-origin: http://a.example",
    ),
    (Kind::Filter, "oslo_tracing", "enabled = true", "/", "", 200, "traceparent: 00-"),
    (Kind::Filter, "osprofiler", "hmac_keys = a", "/", "", 200, "get"),
    (Kind::Filter, "prefix", "prefix = /blog", "/", "", 200, "/blog"),
    (
        Kind::Filter,
        "propagate_headers",
        "headers = x-tenant",
        "/",
        "x-tenant: a",
        200,
        "x-tenant: a",
    ),
    (
        Kind::Filter,
        "proxy_headers",
        "trusted = 127.0.0.1",
        "/",
        "forwarded: for=192.0.2.1;host=a.example",
        200,
        "host: a.example",
    ),
    (Kind::Filter, "rate_limit", "requests = 5", "/", "", 200, "ratelimit"),
    (Kind::Filter, "redirect_https", "", "/", "", 308, "location: https://localhost/"),
    (Kind::Filter, "request_id", "", "/", "x-request-id: mine", 200, "x-request-id: mine"),
    (Kind::Filter, "rewrite", "prefix./old = /new", "/old", "", 200, "/new"),
    (Kind::Filter, "secure_headers", "", "/", "", 200, "x-content-type-options: nosniff"),
    (Kind::Filter, "sensitive_headers", "", "/", "cookie: a=b", 200, "cookie: a=b"),
    (Kind::Filter, "set_status", "status = 418", "/", "", 418, ""),
    (
        Kind::Filter,
        "size_limit",
        "max_body_size = 4",
        "/",
        "content-length: 5",
        413,
        "larger than 4 bytes",
    ),
    (Kind::Filter, "stats", "host = 127.0.0.1:9", "/", "", 200, "get"),
    (Kind::Filter, "timeout", "timeout = 20ms", "/delay/60", "", 503, "no answer in time"),
    (Kind::Filter, "trace", "response_header = traceresponse", "/", "", 200, "traceresponse: 00-"),
    (Kind::Filter, "translogger", "path = %(here)s/log", "/", "", 200, "get"),
    (Kind::Filter, "validate_request", "accept = text/html", "/", "accept: image/png", 406, ""),
];

/// A server with every case below a mount of its own, as `/KIND-NAME`.
fn everything() -> Server {
    let mut file = String::from("[composite:main]\nuse = egg:impasto#urlmap\n/ = static\n");
    let cases = SERVED.iter().map(|(kind, name, ..)| format!("{kind}-{name}"));
    cases.for_each(|case| file.push_str(&format!("/{case} = {case}\n")));
    for (kind, name, options, ..) in SERVED {
        let (section, more) = match kind {
            Kind::Filter => ("filter-app", "next = end\n"),
            Kind::Composite => ("composite", ""),
            _ => ("app", ""),
        };
        let head = format!("[{section}:{kind}-{name}]\nuse = egg:impasto#{name}\n");
        file.push_str(&format!("{head}{options}\n{more}"));
    }
    file.push_str(
        "[app:static]\nuse = egg:impasto#respond\n[app:end]\nuse = egg:impasto#debug\n\
         [app:none]\nuse = egg:impasto#respond\nstatus = 404\n",
    );
    serve(&file)
}

/// The answer to a request, as it comes, in lower case.
async fn ask(server: &Server, target: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(server.authority()).await.expect("it listens");
    let more = if head.is_empty() { String::new() } else { format!("{head}\r\n") };
    let sent =
        format!("GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n");
    stream.write_all(sent.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_component_answers_over_a_socket() {
    let server = everything();
    let mut served = BTreeSet::new();
    for (kind, name, _, target, head, status, shows) in SERVED {
        let answer = ask(&server, &format!("/{kind}-{name}{target}"), head).await;
        let is_so = answer.starts_with(&format!("http/1.1 {status} ")) && answer.contains(shows);
        assert!(is_so, "{kind} {name}: {answer}");
        served.insert((kind.as_str(), name));
    }
    assert_eq!(served, all(), "every component has a case here");
}

#[test]
fn of_every_component_a_wrong_setting_is_told_at_its_place() {
    let mut told = BTreeSet::new();
    for (kind, name, options, expected) in WRONG {
        let section = format!("use = egg:impasto#{name}\n{options}\n");
        let end = "[app:end]\nuse = egg:impasto#debug\n";
        let found = wrong_file(&match kind {
            Kind::Filter => format!("[filter-app:main]\n{section}next = end\n{end}"),
            Kind::Composite => format!("[composite:main]\n{section}{end}"),
            _ => format!("[app:main]\n{section}"),
        });
        let is_told = found.iter().any(|line| line.starts_with(expected));
        assert!(is_told, "{kind} {name} with {options}: {found:?}");
        told.insert((kind.as_str(), name));
    }
    assert_eq!(told, all(), "every component has a case here");
}
