use std::net::SocketAddr;

use impasto_server::TlsFiles;
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
    let known = theirs.issue(&["client"]);
    let shown = format!(" https a.example {} bytes", der(&known).len());
    let old = theirs.issue_with(&["client"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 2, 3);
    });
    for is_optional in [false, true] {
        let files = files.load_files(&TlsFiles {
            cert: vec!["a.pem".into()],
            client_ca: Some("ca.pem".into()),
            client_is_optional: is_optional,
            ..TlsFiles::default()
        });
        let server = start(files.unwrap()).await;
        let address = server.address();
        let answer = said(address, ours.client_with(&known)).await;
        assert!(answer.ends_with(&shown), "{answer}");
        let answer = said(address, ours.client()).await;
        match is_optional {
            true => assert!(answer.ends_with(" https a.example -"), "{answer}"),
            false => assert!(answer.contains("CertificateRequired"), "{answer}"),
        }
        for (certificate, alert) in
            [(&old, "CertificateExpired"), (&ours.issue(&["client"]), "UnknownCA")]
        {
            let error = said(address, ours.client_with(certificate)).await;
            assert!(error.contains(alert), "{error}");
        }
    }
}

/// The answer to who the client is, or what the handshake came to.
async fn said(address: SocketAddr, client: ClientConfig) -> String {
    let mut stream = match connect(address, client, "a.example").await {
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
}
