use rcgen::date_time_ymd;
use rustls::ClientConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::certificates::{Authority, Files};
use super::{connect, der, start};
use crate::support::soon;

#[tokio::test]
async fn clients_show_certificates_where_they_must() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let server = ours.issue(&["a.example"]);
    let files = Files::default()
        .with("a.pem", format!("{}{}", server.cert, server.key))
        .with("ca.pem", theirs.pem());
    let server = start(files.load_all(&["a.pem"], &[], Some("ca.pem")).unwrap()).await;
    let said = async |client: ClientConfig| -> String {
        let mut stream = match connect(server.address(), client, "a.example").await {
            Ok(stream) => stream,
            Err(error) => return error.to_string(),
        };
        // With TLS 1.3 a client learns of its refusal when it reads.
        let request = b"GET /connection HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(request).await;
        let mut answer = String::new();
        match soon(stream.read_to_string(&mut answer)).await {
            Ok(_) => answer,
            Err(error) => error.to_string(),
        }
    };
    let known = theirs.issue(&["client"]);
    let answer = said(ours.client_with(&known)).await;
    let shown = format!(" https a.example {} bytes", der(&known).len());
    assert!(answer.ends_with(&shown), "{answer}");

    let old = theirs.issue_with(&["client"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 2, 3);
    });
    for (client, alert) in [
        (ours.client(), "CertificateRequired"),
        (ours.client_with(&old), "CertificateExpired"),
        (ours.client_with(&ours.issue(&["client"])), "UnknownCA"),
    ] {
        let error = said(client).await;
        assert!(error.contains(alert), "{error}");
    }
}
