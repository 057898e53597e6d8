//! Requests to other servers, of which there are few: each has a connection of its own.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use impasto::SettingError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest body of an answer, in bytes.
const LARGEST: usize = 1 << 20;

/// An address on the web.
pub(crate) struct Address {
    uri: Uri,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: u16,
    /// What the server must have a certificate for; `None` in clear text.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Address {
    /// Reads the setting `key`. The server must have a certificate that those of a file, which another setting
    /// names, have signed; or those of the system.
    pub(crate) fn of(
        key: &str,
        text: &str,
        ca_file: Option<(&str, &Path)>,
    ) -> Result<Address, SettingError> {
        let text = text.trim();
        let error = |why: &str| SettingError::new(key, format!("{text:?} {why}"));
        let uri: Uri = text.parse().map_err(|_| error("is no address"))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let (tls, usual_port) = match uri.scheme_str() {
            Some("http") => (None, 80),
            Some("https") => {
                let name = ServerName::try_from(host.clone())
                    .map_err(|_| error("has no name that a certificate could be for"))?;
                (Some((connector(key, ca_file)?, name)), 443)
            }
            _ => return Err(error("is no http address")),
        };
        Ok(Address { port: uri.port_u16().unwrap_or(usual_port), host, uri, tls })
    }

    /// The host, an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether nobody on the way can read or change what is said.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// The answer to a request for this address; of the request's own target only the rest counts.
    pub(crate) async fn ask(&self, mut request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        let target = self.uri.path_and_query().cloned();
        *request.uri_mut() = target.unwrap_or(PathAndQuery::from_static("/")).into();
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        request.headers_mut().insert(HOST, HeaderValue::try_from(authority)?);
        let answer = tokio::time::timeout(PATIENCE, self.connected(request.map(Full::new)));
        answer.await.context("it takes too long")?
    }

    async fn connected(&self, request: Request<Full<Bytes>>) -> anyhow::Result<Response<Bytes>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        match &self.tls {
            None => answer(stream, request).await,
            Some((connector, name)) => {
                answer(connector.connect(name.clone(), stream).await?, request).await
            }
        }
    }
}

async fn answer<S>(stream: S, request: Request<Full<Bytes>>) -> anyhow::Result<Response<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It is aborted when this is dropped.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = Limited::new(body, LARGEST).collect().await;
    let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
    Ok(Response::from_parts(head, body))
}

fn connector(key: &str, ca_file: Option<(&str, &Path)>) -> Result<TlsConnector, SettingError> {
    let error = |why: String| SettingError::new(ca_file.map_or(key, |(key, _)| key), why);
    let certificates = match ca_file {
        None => rustls_native_certs::load_native_certs().certs,
        Some((_, path)) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|why| error(format!("cannot be read: {why}")))?,
    };
    let mut roots = RootCertStore::empty();
    // Some of a system's may be of a kind that is not known.
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() {
        return Err(error("cannot be verified: there is no certificate to do so with".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|why| error(format!("cannot be asked: {why}")))?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}
