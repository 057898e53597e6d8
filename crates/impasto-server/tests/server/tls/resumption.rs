async fn a_session_is_resumed_with_the_certificate_exchanged_and_by_no_other_process() {
    let authority = Authority::new("ours");
    let issued = authority.issue(&["a.example"]);
    let client = Arc::new(authority.client());
    let handshake = async |server: &Running| {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let name = ServerName::try_from("a.example").unwrap();
        let stream = soon(TlsConnector::from(client.clone()).connect(name, stream)).await.unwrap();
        let mut client = Client::new(stream);
        // The tickets come with the answer.
        assert_eq!(client.get("/").await.body, "hello");
        client.into_inner().get_ref().1.handshake_kind().unwrap()
    };
    let server = start(acceptor(&[&issued])).await;
    assert_eq!(handshake(&server).await, rustls::HandshakeKind::Full);
    assert_eq!(handshake(&server).await, rustls::HandshakeKind::Resumed);
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    assert_eq!(handshake(&server).await, rustls::HandshakeKind::Resumed);
    let another = start(acceptor(&[&issued])).await;
    assert_eq!(handshake(&another).await, rustls::HandshakeKind::Full);
}
