mod by_value;

use std::borrow::Cow;
use std::sync::Arc;

use http::{Extensions, HeaderMap, HeaderValue, Method, Uri, Version};

use super::mount_point::MountPoint;
use super::{Body, Connection, Mount, Request};

/// A request on its way through the stack, with what is known around it.
///
/// Filters and apps share it by `&mut`: nothing is moved or copied from layer to layer.
///
/// # On the way out
///
/// An app may consume the request, and a tower service always does. After [`Next::run`](crate::Next::run), and in
/// [`Hook::on_response`](crate::Hook::on_response), these are certain: [`method`](Exchange::method),
/// [`version`](Exchange::version), [`uri`](Exchange::uri) with [`path`](Exchange::path), [`query`](Exchange::query)
/// and [`mount`](Exchange::mount), [`connection`](Exchange::connection) and
/// [`request_id`](Exchange::request_id), each as the filters outside the service left it. Headers, extensions and
/// body are what the app left of them: once the request was taken they are empty. What a filter needs of them later
/// it reads on the way in, and keeps as its state.
///
/// ```
/// use impasto::{Body, Exchange, Request};
///
/// let request = Request::get("/v2.1/servers?limit=3").body(Body::empty()).unwrap();
/// let mut exchange = Exchange::new(request, None);
/// assert!(exchange.mount_at("/v2.1".len()));
/// assert_eq!((&*exchange.mount(), exchange.path()), ("/v2.1", "/servers"));
/// ```
#[derive(Debug)]
pub struct Exchange {
    request: Request,
    connection: Arc<Connection>,
    mount: MountPoint,
    request_id: Option<HeaderValue>,
    /// What the request's extensions say of all this, as long as it is true.
    told: Option<Mount>,
}

impl Exchange {
    /// A request that begins its way through a stack.
    ///
    /// Without a connection, everything around the request is taken from the stack that it left as a tower request
    /// (its [`Mount`] extension), if it did.
    pub fn new(request: Request, connection: Option<Arc<Connection>>) -> Exchange {
        match connection {
            Some(connection) => Exchange {
                request,
                connection,
                mount: MountPoint::default(),
                request_id: None,
                told: None,
            },
            None => Exchange::resume(Mount::of(&request), request),
        }
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// Replaces the method.
    pub fn set_method(&mut self, method: Method) {
        self.told = None;
        *self.request.method_mut() = method;
    }

    /// The version of HTTP that the request came in.
    pub fn version(&self) -> Version {
        self.request.version()
    }

    /// The whole URI, mount point included.
    pub fn uri(&self) -> &Uri {
        self.request.uri()
    }

    /// Replaces the URI. The part of the mount point that lies in the URI is kept if the new path begins with it,
    /// else it is forgotten.
    pub fn set_uri(&mut self, uri: Uri) {
        self.told = None;
        self.mount.follow(self.request.uri().path(), uri.path());
        *self.request.uri_mut() = uri;
    }

    /// The path under the mount point, WSGI's `PATH_INFO`: empty, or beginning with `/`. Still percent-encoded.
    ///
    /// The paths of a `CONNECT` (empty) and of `OPTIONS *` are as they came.
    pub fn path(&self) -> &str {
        self.mount.rest(self.request.uri().path())
    }

    /// The query, without its `?`; `None` when the URI has no `?`.
    pub fn query(&self) -> Option<&str> {
        self.request.uri().query()
    }

    /// The mount point, WSGI's `SCRIPT_NAME`: empty at the root, else beginning with `/` and never ending in it.
    pub fn mount(&self) -> Cow<'_, str> {
        self.mount.script_name(self.request.uri().path())
    }

    /// Moves `bytes` bytes of [`path`](Exchange::path) to the end of the mount point.
    ///
    /// Does nothing and returns `false` unless that cuts the path at the end of a segment: what moves must not end
    /// in `/`, what stays must be empty or begin with `/`.
    pub fn mount_at(&mut self, bytes: usize) -> bool {
        self.told = None;
        self.mount.advance(self.request.uri().path(), bytes)
    }

    /// Puts `prefix` in front of the mount point: a part that a proxy has taken off the URI before it came here.
    ///
    /// It replaces an earlier one. A missing `/` in front is added and those at the end are taken off.
    pub fn set_script_name(&mut self, prefix: &str) {
        self.told = None;
        self.mount.set_outside(prefix);
    }

    /// The request's headers.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// The request's headers, to change.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.request.headers_mut()
    }

    /// Values that filters leave for those further in; a tower service sees them as the request's extensions.
    pub fn extensions(&self) -> &Extensions {
        self.request.extensions()
    }

    /// The request's extensions, to change.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        self.request.extensions_mut()
    }

    /// The request's body.
    pub fn body(&self) -> &Body {
        self.request.body()
    }

    /// The request's body, to read from.
    pub fn body_mut(&mut self) -> &mut Body {
        self.request.body_mut()
    }

    /// Takes the body out and leaves an empty one.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(self.request.body_mut())
    }

    /// Replaces the body. Headers that describe it are the caller's affair.
    pub fn set_body(&mut self, body: Body) {
        *self.request.body_mut() = body;
    }

    /// The connection the request came over; one without addresses for a request that came over none.
    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Replaces what is known about the connection, as a filter behind a trusted proxy does.
    pub fn set_connection(&mut self, connection: Arc<Connection>) {
        self.told = None;
        self.connection = connection;
    }

    /// The id that a filter gave the request. It is in the log line of a panic.
    pub fn request_id(&self) -> Option<&HeaderValue> {
        self.request_id.as_ref()
    }

    /// Gives the request an id.
    pub fn set_request_id(&mut self, id: HeaderValue) {
        self.told = None;
        self.request_id = Some(id);
    }

    pub(super) fn mount_point(&self) -> &MountPoint {
        &self.mount
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Exchange>()
};
