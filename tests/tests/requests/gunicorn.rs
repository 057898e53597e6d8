//! The requests with which gunicorn tests its own parser.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use impasto_tests::oracle::{ForeignCase, ForeignRequest, gunicorn_requests, latin1};

use crate::ask;
use crate::cases::Case;
use crate::connection::PROBE;
use crate::escape::escaped;

/// What is seen of [`PROBE`].
const PROBED: &str = "> GET /probe\n> connection: close\n";

/// What gunicorn reads and is refused, or read otherwise.
const OTHERWISE: [(&str, &str); 19] = [
    ("valid/002", STRANGE_HOST),
    ("valid/003", STRANGE_HOST),
    ("valid/005", "a fragment belongs to no target (RFC 9112, 3.2)"),
    ("valid/009", "`identity` is no coding any more (RFC 9112, 7)"),
    ("valid/014", "quotation marks belong to no target"),
    ("valid/025", TWO_CODINGS),
    ("valid/025_line", "codings of a transfer but `chunked` are not known"),
    ("valid/027", "bytes above 127 belong to no target"),
    ("valid/028", "a space between a header and its colon is refused (RFC 9112, 5.1)"),
    ("valid/029", TWO_CODINGS),
    ("valid/030", TWO_CODINGS),
    ("valid/031compat", "methods are not turned into capitals (RFC 9110, 9.1)"),
    ("valid/040", UNDERSCORE),
    ("valid/040_compat", UNDERSCORE),
    ("valid/099", "its body is shorter than its length, which gunicorn's test does not mind"),
    ("valid/compat_obs_fold", FOLDED),
    ("valid/compat_obs_fold_huge", FOLDED),
    ("valid/pp_01", PROXY),
    ("valid/pp_02", PROXY),
];
const STRANGE_HOST: &str =
    "a URI may have `=` in the name of a host (RFC 3986, 3.2.2), the DNS has none";
const TWO_CODINGS: &str = "two lines that say how the body is framed are refused";
const UNDERSCORE: &str = "`Content_Length` is `Content-Length` to others";
const FOLDED: &str = "folded lines are refused, and no setting allows them";
const PROXY: &str = "the PROXY protocol is not expected by this server";

/// What gunicorn refuses and is answered.
const ANSWERED: [(&str, &str); 8] = [
    ("invalid/003c", "whoever may use it, `-bl` is a token, as methods are"),
    ("invalid/006", LONG),
    ("invalid/007", LONG),
    ("invalid/008", LONG),
    ("invalid/010", "its limit is 10 bytes by a setting of gunicorn"),
    ("invalid/017", LONG),
    ("invalid/019", "a filter, `proxy_headers`, decides whom to believe about the scheme"),
    ("invalid/chunked_09", "hyper takes spaces behind the size of a chunk"),
];
const LONG: &str = "longer than gunicorn's limit, and not than ours";

#[tokio::test(flavor = "multi_thread")]
async fn what_gunicorn_reads_is_read_alike() {
    let found = found("valid/").await;
    let wrong = found.iter().filter_map(|(case, found)| {
        let expected = case.requests.iter().map(seen).collect::<String>();
        let (statuses, saw) = found.split_once('\n').unwrap_or((found, ""));
        let answers = case.requests.len();
        let ok = " 200".repeat(answers);
        let is_fine = match saw.strip_suffix(PROBED) {
            Some(saw) => statuses == format!("={ok} 200 closed") && saw == expected,
            None => statuses == format!("={ok} closed") && saw == expected,
        };
        (!is_fine).then(|| (case.name.clone(), format!("{found}expected:\n{expected}")))
    });
    differ(wrong.collect(), &OTHERWISE);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gunicorn_refuses_is_refused() {
    let found = found("invalid/").await;
    let wrong = found.iter().filter_map(|(case, found)| {
        let statuses = found.lines().next().unwrap_or_default();
        let is_fine = statuses.matches(" 2").count() == 0
            && statuses.split(' ').count() <= 3
            && !found.contains(PROBED);
        (!is_fine).then(|| (case.name.clone(), found.clone()))
    });
    differ(wrong.collect(), &ANSWERED);
}

/// What comes of each file.
async fn found(directory: &str) -> Vec<(ForeignCase, String)> {
    let all = tokio::task::spawn_blocking(gunicorn_requests).await.expect("they can be had");
    let files: Vec<_> = all.into_iter().filter(|case| case.name.starts_with(directory)).collect();
    assert!(files.len() >= 40, "only {} are found", files.len());
    let cases = files.iter().map(|file| Case::closing(sent(file))).collect();
    let found = ask(cases).await;
    files.into_iter().zip(found).collect()
}

/// What is sent: the file, and a request behind it. A host is named in each head that has none, as
/// in most of these files, which would all be refused for that.
fn sent(file: &ForeignCase) -> Vec<u8> {
    let (bytes, mut whole) = (file.bytes(), Vec::new());
    let mut rest = &bytes[..];
    // What looks like another may be a body.
    for _ in 0..file.requests.len().max(1) {
        let Some(version) = find(rest, b" HTTP/1.") else { break };
        let Some(end) = find(&rest[version..], b"\r\n") else { break };
        let (before, behind) = rest.split_at(version + end + 2);
        whole.extend_from_slice(before);
        let head = &behind[..find(behind, b"\r\n\r\n").unwrap_or(behind.len())];
        if find(&head.to_ascii_lowercase(), b"host:").is_none() {
            whole.extend_from_slice(b"host: test\r\n");
        }
        rest = behind;
    }
    [&whole, rest, PROBE].concat()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A request as the files of cases tell of it.
fn seen(request: &ForeignRequest) -> String {
    let ForeignRequest { method, target, headers, body, trailers } = request;
    let mut seen = format!("> {method} {target}\n");
    for (name, value) in headers {
        let _ = writeln!(seen, "> {}: {}", name.to_lowercase(), escaped(&latin1(value)));
    }
    if !body.is_empty() {
        let _ = writeln!(seen, ">\n> {}", escaped(&latin1(body)));
    }
    for (name, value) in trailers {
        let _ = writeln!(seen, "> (trailer) {}: {value}", name.to_lowercase());
    }
    seen
}

/// Holds that those which are listed with a reason are wrong, and no others.
fn differ(wrong: BTreeMap<String, String>, listed: &[(&str, &str)]) {
    let listed: BTreeMap<_, _> = listed.iter().copied().collect();
    let new = wrong.iter().filter(|(name, _)| !listed.contains_key(name.as_str()));
    let new: Vec<_> = new.map(|(name, found)| format!("{name}\n{found}")).collect();
    let gone: Vec<_> = listed.keys().filter(|name| !wrong.contains_key(**name)).collect();
    assert!(new.is_empty() && gone.is_empty(), "{}\nno longer: {gone:?}", new.join("\n"));
}
