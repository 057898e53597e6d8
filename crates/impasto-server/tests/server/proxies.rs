use std::time::Duration;

use impasto_server::{Http, ProxyProtocol};

use crate::support::Running;

fn behind(from: &str) -> Http {
    Http {
        proxy_protocol: ProxyProtocol::Auto,
        proxy_protocol_from: vec![from.parse().unwrap()],
        handshake_timeout: Duration::from_millis(300).into(),
        ..Http::default()
    }
}

#[tokio::test]
async fn a_proxy_says_who_its_client_is() {
    let server = Running::start(behind("127.0.0.0/8")).await;
    let mut client = server.client().await;
    client.send("PROXY TCP4 192.0.2.1 192.0.2.2 5 80\r\n").await;
    let body = client.get("/connection").await.body;
    assert_eq!(body, "Some(192.0.2.1:5) Some(192.0.2.2:80) http");
    assert_eq!(client.get("/connection").await.body, body, "for the whole connection");

    let mut health_check = server.client().await;
    health_check.send("PROXY UNKNOWN\r\n").await;
    assert!(health_check.get("/connection").await.body.starts_with("Some(127.0.0.1:"));
}

#[tokio::test]
async fn nobody_else_does() {
    let server = Running::start(behind("192.0.2.0/24")).await;
    let mut client = server.client().await;
    client.send("PROXY TCP4 192.0.2.1 192.0.2.2 5 80\r\nGET / HTTP/1.0\r\n\r\n").await;
    client.ended().await;
    let server = Running::start(behind("127.0.0.1")).await;
    for begins in ["GET / HTTP/1.0\r\n\r\n", "PROXY TCP4 192.0", ""] {
        let mut client = server.client().await;
        client.send(begins).await;
        assert_eq!(client.rest_lossy().await, "", "{begins:?} is no beginning");
    }
}
