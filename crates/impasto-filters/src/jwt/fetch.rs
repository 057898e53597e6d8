//! A document at an address.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use http::header::{ACCEPT, HOST};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
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

/// How long fetching may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest document, in bytes.
const LARGEST: usize = 1 << 20;

/// An address on the web.
pub(super) struct Address {
    uri: Uri,
    host: String,
    port: u16,
    /// `None` in clear text.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Address {
    /// Reads the setting `jwks_url`; the server must have a certificate of `ca_file`, or of the system.
    pub(super) fn of(text: &str, ca_file: Option<&Path>) -> Result<Address, SettingError> {
        let text = text.trim();
        let error = |why: &str| SettingError::new("jwks_url", format!("{text:?} {why}"));
        let uri: Uri = text.parse().map_err(|_| error("is no address"))?;
        let host = uri.host().unwrap_or_default();
        let host = host.trim_matches(['[', ']']).to_owned();
        let (tls, usual_port) = match uri.scheme_str() {
            Some("https") => {
                let name = ServerName::try_from(host.clone())
                    .map_err(|_| error("has no name that a certificate could be for"))?;
                (Some((connector(ca_file)?, name)), 443)
            }
            Some("http") if is_here(&host) => (None, 80),
            Some("http") => {
                let error = error("is not on this machine, and so must be https");
                return Err(error.help("who can change the keys on the way can sign tokens"));
            }
            _ => return Err(error("is no http address")),
        };
        Ok(Address { port: uri.port_u16().unwrap_or(usual_port), host, uri, tls })
    }

    /// What is there.
    pub(super) async fn get(&self) -> anyhow::Result<Bytes> {
        tokio::time::timeout(PATIENCE, self.fetched()).await.context("it takes too long")?
    }

    async fn fetched(&self) -> anyhow::Result<Bytes> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        match &self.tls {
            None => self.asked(stream).await,
            Some((connector, name)) => {
                self.asked(connector.connect(name.clone(), stream).await?).await
            }
        }
    }

    async fn asked<S>(&self, stream: S) -> anyhow::Result<Bytes>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It is aborted when this is dropped.
        let mut tasks = JoinSet::new();
        tasks.spawn(connection);
        let target = self.uri.path_and_query().map_or("/", |target| target.as_str());
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        let request = Request::get(target)
            .header(HOST, authority)
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .body(Empty::<Bytes>::new())?;
        let (head, body) = sender.send_request(request).await?.into_parts();
        if head.status != StatusCode::OK {
            bail!("the answer is {}", head.status);
        }
        let body = Limited::new(body, LARGEST).collect().await;
        body.map(|body| body.to_bytes()).map_err(|error| anyhow::anyhow!(error))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// Whether this is a name or an address of this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, SettingError> {
    let error = |why: String| match ca_file {
        Some(_) => SettingError::new("jwks_ca_file", why),
        None => SettingError::new("jwks_url", why),
    };
    let mut roots = RootCertStore::empty();
    let certificates = match ca_file {
        None => rustls_native_certs::load_native_certs().certs,
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|why| error(format!("cannot be read: {why}")))?,
    };
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
