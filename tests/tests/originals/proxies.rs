use crate::ask::{Answer, Asked, Question, fields, filtered};
use crate::compare::compare;

fn questions() -> Vec<Question> {
    let mut lines = Vec::new();
    for proto in [None, Some("https"), Some("http")] {
        for host in [None, Some("api.example"), Some("api.example:8443")] {
            for client in
                [None, Some("198.51.100.1"), Some("2001:db8::1"), Some("198.51.100.1, 10.0.0.1")]
            {
                for prefix in [None, Some("/compute")] {
                    lines.push((proto, host, client, prefix));
                }
            }
        }
    }
    let mut x_forwarded = Vec::new();
    let mut forwarded = Vec::new();
    for (proto, host, client, prefix) in lines {
        let mut asked = Asked::new("GET", "/servers?limit=1").header("host", "inner:8774");
        let mut rfc7239 = asked.clone();
        let mut pairs = Vec::new();
        for (name, value) in [
            ("x-forwarded-proto", proto),
            ("x-forwarded-host", host),
            ("x-forwarded-for", client),
            ("x-forwarded-prefix", prefix),
        ] {
            if let Some(value) = value {
                asked = asked.header(name, value);
                pairs.push(format!("{}={value}", &name["x-forwarded-".len()..]));
            }
        }
        x_forwarded.push(asked);
        pairs.retain(|pair| !pair.starts_with("prefix") && !pair.contains([',']));
        let quoted = pairs.iter().map(|pair| match pair.split_once('=') {
            Some((name, value)) if value.contains(':') => format!("{name}=\"{value}\""),
            _ => pair.clone(),
        });
        let line = quoted.collect::<Vec<_>>().join(";");
        if !line.is_empty() {
            rfc7239 = rfc7239.header("forwarded", line);
        }
        forwarded.push(rfc7239);
    }
    let question = |enabled: &str, requests: &[Asked]| Question {
        file: filtered(&format!(
            "paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory\n\
             enable_proxy_headers_parsing = {enabled}\ntrusted = 192.0.2.7 10.0.0.0/8"
        )),
        htpasswd: None,
        requests: requests.to_vec(),
    };
    vec![
        question("true", &x_forwarded),
        question("false", &x_forwarded),
        question("true", &forwarded),
    ]
}

fn reason(question: &Question, asked: &Asked, _: &Answer, _: &Answer) -> Option<&'static str> {
    if question.file.contains("parsing = false") {
        return None;
    }
    let client = asked.value("x-forwarded-for").unwrap_or_default();
    if client.contains(',') {
        return Some(
            "of several addresses the original takes the whole text; ours is the last that no proxy has",
        );
    }
    let forwarded = asked.value("forwarded").unwrap_or_default();
    if forwarded.contains('"') {
        return Some("the original takes quotes for a part of the value (RFC 7239, 4)");
    }
    None
}

#[tokio::test]
async fn a_client_behind_proxies_is_the_same() {
    let view = |_: &Asked, answer: &Answer| {
        let seen = ["script_name", "path_info", "query", "scheme", "host", "client"];
        (answer.status, fields(&answer.echo(), &seen))
    };
    compare(200, &questions(), view, reason).await;
}
