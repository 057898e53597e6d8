use std::io::{Read, Write};
use std::net::TcpListener;

use super::super::{TRACEPARENT, trace};
use crate::testing::{get, named, send, settings, wrap};

/// Reads one request, with its body, and answers it.
fn received(listener: &TcpListener) -> Vec<u8> {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut piece).unwrap();
        request.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length").parse().unwrap();
        if request.len() >= head.len() + 4 + length {
            break;
        }
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn sampled_spans_reach_the_collector() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let received = std::thread::spawn(move || received(&collector));
    let options = [("otlp_endpoint", &*endpoint), ("service_name", "compute")];
    let app = wrap(trace(settings(&options)).unwrap(), named("app"));
    let mut traced = get("/servers");
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    traced.headers_mut().insert(TRACEPARENT, parent.parse().unwrap());
    assert_eq!(send(&app, traced).await.status(), 200);
    let mut unsampled = get("/unsampled");
    unsampled.headers_mut().insert(TRACEPARENT, parent.replace("-01", "-00").parse().unwrap());
    send(&app, unsampled).await;
    // The end of the filter sends what there is.
    drop(app);
    let request = received.join().unwrap();
    let has = |bytes: &[u8]| request.windows(bytes.len()).any(|window| window == bytes);
    assert!(has(b"POST /v1/traces HTTP/1.1\r\n"));
    for text in ["compute", "service.name", "/servers", "http.response.status_code", "GET"] {
        assert!(has(text.as_bytes()), "{text} is not in what was sent");
    }
    assert!(has(&0x0af7651916cd43dd8448eb211c80319c_u128.to_be_bytes()));
    assert!(has(&0xb7ad6b7169203331_u64.to_be_bytes()));
    assert!(!has(b"/unsampled"));
}

#[test]
fn an_endpoint_is_an_address() {
    let error = trace(settings(&[("otlp_endpoint", "collector:4318")])).unwrap_err().to_string();
    assert!(error.starts_with("`otlp_endpoint`: "), "{error}");
}
