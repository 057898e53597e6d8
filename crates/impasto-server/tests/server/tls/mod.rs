//! TLS over real sockets.

/// Certificates and who signs them.
mod certificates;
/// Certificates of clients.
mod clients;
/// Files that are good, bad, or almost good.
mod files;
/// What is no handshake, or no whole one.
mod garbage;
/// Handshakes that stall, and certificates that change under many.
mod load;
/// Which certificate, and which host.
mod names;
/// What ALPN decides.
mod protocols;
/// Tickets.
mod resumption;
/// What goes through a connection once it is encrypted.
mod serving;
/// What settings name, and what they leave out.
mod settings;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use impasto_server::{Acceptor, Http};
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::certificates::Issued;
use crate::support::{Running, soon};

async fn start(acceptor: Acceptor) -> Running {
    let server = Running::start(Http::default()).await;
    server.tls.set(Some(acceptor));
    server
}

/// A handshake; a name that is an address is not sent.
async fn connect(
    address: SocketAddr,
    client: ClientConfig,
    name: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    soon(TlsConnector::from(Arc::new(client)).connect(name, stream)).await
}

fn with_alpn(mut client: ClientConfig, protocols: &[&str]) -> ClientConfig {
    client.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    client
}

fn certificate(stream: &TlsStream<TcpStream>) -> &CertificateDer<'static> {
    &stream.get_ref().1.peer_certificates().unwrap()[0]
}

fn der(issued: &Issued) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(issued.cert.as_bytes()).unwrap()
}

async fn get_over_http2(stream: TlsStream<TcpStream>, host: &str) -> (u16, String) {
    let io = TokioIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("https://{host}/")).body(Empty::<Bytes>::new()).unwrap();
    let (head, body) = soon(sender.send_request(request)).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
}
