//! The servers that are measured. All give the same answer; two of them with what eight filters add.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use impasto::{App, Exchange, Loader, Swap, register};
use impasto_filters as _;
use impasto_server::{Http, Stop};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::layers;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Server {
    Hyper,
    Empty,
    Eight,
    Waiting,
    Tower,
}

impl Server {
    pub(crate) const ALL: [Server; 5] =
        [Server::Hyper, Server::Empty, Server::Eight, Server::Waiting, Server::Tower];

    /// The name by which this program is asked to be one.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Hyper => "hyper",
            Server::Empty => "empty",
            Server::Eight => "eight",
            Server::Waiting => "waiting",
            Server::Tower => "tower",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Server> {
        Server::ALL.into_iter().find(|server| server.name() == name)
    }

    pub(crate) fn description(self) -> &'static str {
        match self {
            Server::Hyper => "bare hyper",
            Server::Empty => "impasto, from a file, no filter",
            Server::Eight => "impasto, from a file, eight filters",
            Server::Waiting => "the same eight around an async app",
            Server::Tower => "hyper, eight tower-http layers by hand",
        }
    }

    /// Serves, on a port that is printed first, until standard input ends.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        std::thread::spawn(|| {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            std::process::exit(0);
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            match self {
                Server::Hyper => serve_hyper(service_fn(hello)).await,
                Server::Tower => {
                    layers::log_to("/dev/null")?;
                    serve_hyper(TowerToHyperService::new(layers::stack())).await
                }
                Server::Empty => serve_impasto("empty").await,
                Server::Eight => serve_impasto("eight").await,
                Server::Waiting => serve_impasto("waiting").await,
            }
        })
    }
}

/// Answers as `egg:impasto#respond` does, but may wait, as far as anybody knows.
///
/// ```ini
/// [app:future]
/// use = egg:impasto-tests#future
/// ```
#[derive(Deserialize, JsonSchema)]
struct Waits {}

register!("future" => future);

fn future(_: Waits) -> App {
    App::from_fn(async |_: &mut Exchange| {
        let mut response = impasto::Response::new(impasto::Body::from("Hello, world!"));
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, text);
        response
    })
}

/// What `egg:impasto#respond` answers.
pub(crate) async fn hello<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"Hello, world!")));
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    Ok(response)
}

async fn serve_hyper<S, B>(service: S) -> anyhow::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: std::error::Error + Send + Sync,
    B: Body<Data: Send, Error: Into<impasto::BoxError>> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    listens_on(listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = service.clone();
        tokio::spawn(async move {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn serve_impasto(name: &str) -> anyhow::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/stack/stack.ini");
    let app = Loader::open(file)?.app(name)?;
    let server = impasto_server::Server::new(Http { port: 0, ..Http::default() })?;
    let bound = server.bind().await?;
    let address = bound.addresses().next().and_then(|address| address.socket_addr());
    listens_on(address.ok_or_else(|| anyhow::anyhow!("a server without an address"))?)?;
    let _ = bound.serve(Arc::new(Swap::new(app)), Stop::new()).await;
    Ok(())
}

fn listens_on(address: SocketAddr) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{}", address.port())
}
