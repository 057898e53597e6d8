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

    pub(super) fn resume(mount: Option<Mount>, mut request: Request) -> Exchange {
        let Some(mount) = mount else { return Exchange::new(request, Some(Connection::unknown())) };
        Exchange {
            connection: mount.connection().clone(),
            mount: mount.resume(request.uri_mut()),
            request_id: mount.request_id().cloned(),
            request,
            told: Some(mount),
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

    /// Takes the request out by value, the URI as it is. Method, URI and version stay behind in the exchange.
    pub fn take_request(&mut self) -> Request {
        let mut left = Request::default();
        *left.method_mut() = self.request.method().clone();
        *left.uri_mut() = self.request.uri().clone();
        *left.version_mut() = self.request.version();
        std::mem::replace(&mut self.request, left)
    }

    /// Puts a request in, as [`try_clone_request`](Exchange::try_clone_request) gave it.
    pub fn set_request(&mut self, request: Request) {
        self.told = None;
        self.mount.follow(self.request.uri().path(), request.uri().path());
        self.request = request;
    }

    /// A copy of the request, to try again with; `None` when its body is a stream, which can be read only once.
    pub fn try_clone_request(&self) -> Option<Request> {
        let body = self.request.body().try_clone()?;
        let mut copy = Request::new(body);
        *copy.method_mut() = self.request.method().clone();
        *copy.uri_mut() = self.request.uri().clone();
        *copy.version_mut() = self.request.version();
        *copy.headers_mut() = self.request.headers().clone();
        *copy.extensions_mut() = self.request.extensions().clone();
        Some(copy)
    }

    /// A second exchange like this one, for an app that may fail without a trace; `None` when the body is a stream,
    /// which can be read only once.
    pub fn try_clone(&self) -> Option<Exchange> {
        Some(Exchange {
            request: self.try_clone_request()?,
            connection: self.connection.clone(),
            mount: self.mount.clone(),
            request_id: self.request_id.clone(),
            told: self.told.clone(),
        })
    }

    /// Takes the request out as a tower service wants it: the URI without the mount point, what is around the
    /// request in its extensions.
    pub(super) fn hand_over(&mut self) -> (Request, Mount) {
        let mount = self.told.take().unwrap_or_else(|| Mount::new(self));
        self.told = Some(mount.clone());
        let mut request = self.take_request();
        mount.put_into(&mut request);
        (request, mount)
    }

    pub(super) fn mount_point(&self) -> &MountPoint {
        &self.mount
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Exchange>()
};

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(uri: &str) -> Exchange {
        Exchange::new(Request::get(uri).header("x-a", "1").body(Body::from("body")).unwrap(), None)
    }

    #[test]
    fn what_is_certain_stays_when_the_request_is_taken() {
        let mut exchange = exchange("/a/b?q");
        exchange.mount_at(2);
        let (request, _) = exchange.hand_over();
        assert_eq!((request.uri().to_string(), request.headers().len()), ("/b?q".to_owned(), 1));
        assert_eq!(
            (exchange.method(), &*exchange.mount(), exchange.path()),
            (&Method::GET, "/a", "/b")
        );
        assert!(exchange.headers().is_empty() && exchange.extensions().is_empty());
    }

    #[test]
    fn a_request_comes_back_as_it_was_handed_over() {
        let mut outer = exchange("/a/b");
        outer.mount_at(2);
        outer.set_script_name("/site");
        outer.set_request_id(HeaderValue::from_static("id"));
        let inner = Exchange::new(outer.hand_over().0, None);
        assert_eq!((&*inner.mount(), inner.path(), inner.uri().path()), ("/site/a", "/b", "/a/b"));
        assert_eq!(inner.request_id().unwrap(), "id");
        assert!(Arc::ptr_eq(outer.connection(), inner.connection()));
    }

    #[test]
    fn what_changed_on_the_way_is_told_to_the_next_tower_service() {
        let mut exchange = Exchange::new(exchange("/a/b/c").hand_over().0, None);
        exchange.mount_at(2);
        let mut exchange = Exchange::new(exchange.hand_over().0, None);
        exchange.mount_at(2);
        exchange.set_request_id(HeaderValue::from_static("id"));
        let (request, mount) = exchange.hand_over();
        assert_eq!((mount.as_str(), request.uri().path()), ("/a/b", "/c"));
        assert_eq!(Exchange::new(request, None).request_id().unwrap(), "id");
    }

    #[test]
    fn an_empty_path_under_a_mount_survives_a_tower_service() {
        let mut outer = exchange("/a");
        outer.mount_at(2);
        let (request, _) = outer.hand_over();
        assert_eq!(request.uri().path(), "/");
        assert_eq!(Exchange::new(request, None).path(), "");
    }

    #[test]
    fn a_uri_that_a_tower_service_rewrote_lies_under_the_mount() {
        let mut outer = exchange("/a/b");
        outer.mount_at(2);
        let (mut request, _) = outer.hand_over();
        *request.uri_mut() = Uri::from_static("/other");
        let inner = Exchange::new(request, None);
        assert_eq!((&*inner.mount(), inner.path()), ("/a", "/other"));
    }

    #[test]
    fn a_copy_of_the_request_brings_it_back() {
        let mut exchange = exchange("/a");
        let copy = exchange.try_clone_request().unwrap();
        exchange.take_request();
        exchange.set_request(copy);
        assert_eq!((exchange.headers().len(), exchange.body().as_bytes()), (1, Some(&b"body"[..])));
        exchange.set_body(Body::from("x").on_end(|_| ()));
        assert!(exchange.try_clone_request().is_none());
    }

    #[test]
    fn what_happens_to_a_copy_stays_there() {
        let mut exchange = exchange("/a/b");
        exchange.mount_at(2);
        let mut copy = exchange.try_clone().unwrap();
        assert_eq!((&*copy.mount(), copy.path(), copy.headers().len()), ("/a", "/b", 1));
        copy.mount_at(2);
        copy.take_request();
        assert_eq!(
            (&*exchange.mount(), exchange.path(), exchange.headers().len()),
            ("/a", "/b", 1)
        );
    }
}
