use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use http::{HeaderValue, Method, Uri};

use super::exchange::Exchange;
use super::mount_point::MountPoint;
use super::{Connection, Request};

/// Where the app that answers this request is mounted: WSGI's `SCRIPT_NAME`.
///
/// A tower service or an axum router under a mount point sees the URI without it, and this as a request extension.
/// Links and redirects to itself need the mount point back:
///
/// ```
/// use axum::{Extension, Router, response::Redirect, routing::get};
/// use impasto::{App, Mount};
///
/// async fn index(Extension(mount): Extension<Mount>) -> Redirect {
///     Redirect::to(&mount.path("/login"))
/// }
///
/// let app = App::service(Router::new().route("/", get(index)));
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct Mount(Arc<Arrival>);

/// What an [`Exchange`] knew when it gave its request away.
struct Arrival {
    script_name: Box<str>,
    method: Method,
    uri: Uri,
    stripped: Option<Uri>,
    point: MountPoint,
    connection: Arc<Connection>,
    request_id: Option<HeaderValue>,
}

thread_local! {
    /// The mount of the tower service that this thread is polling.
    static CURRENT: Cell<Option<Mount>> = const { Cell::new(None) };
}

impl Mount {
    /// The mount point: empty at the root, else beginning with `/` and never ending in it.
    pub fn as_str(&self) -> &str {
        &self.0.script_name
    }

    /// `path` as the client must ask for it.
    pub fn path(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The URI before the mount point was taken off it.
    pub fn original_uri(&self) -> &Uri {
        &self.0.uri
    }

    pub(super) fn new(exchange: &Exchange) -> Mount {
        Mount(Arc::new(Arrival {
            script_name: exchange.mount().into(),
            method: exchange.method().clone(),
            uri: exchange.uri().clone(),
            stripped: exchange.mount_point().strip(exchange.uri()),
            point: exchange.mount_point().clone(),
            connection: exchange.connection().clone(),
            request_id: exchange.request_id().cloned(),
        }))
    }

    /// Makes the request what a tower service wants: the URI without the mount point, the rest in its extensions.
    pub(super) fn put_into(&self, request: &mut Request) {
        if let Some(stripped) = &self.0.stripped {
            *request.uri_mut() = stripped.clone();
        }
        match request.extensions().get::<Mount>() {
            Some(told) if Arc::ptr_eq(&told.0, &self.0) => {}
            _ => self.extend(request),
        }
    }

    fn extend(&self, request: &mut Request) {
        request.extensions_mut().insert(self.connection().clone());
        request.extensions_mut().insert(self.clone());
    }

    pub(super) fn of(request: &Request) -> Option<Mount> {
        request.extensions().get::<Mount>().cloned()
    }

    /// Gives a request that lost its extensions the mount under which this thread is polling a service.
    #[cold]
    pub(super) fn restore(request: &mut Request) -> Option<Mount> {
        let mount = Mount::current()?;
        mount.extend(request);
        Some(mount)
    }

    fn current() -> Option<Mount> {
        let read = |current: &Cell<Option<Mount>>| {
            let mount = current.take();
            current.set(mount.clone());
            mount
        };
        CURRENT.try_with(read).ok().flatten()
    }

    /// Runs `poll` with this as the [`current`](Mount::current) one.
    pub(super) fn scope<T>(mount: &mut Option<Mount>, poll: impl FnOnce() -> T) -> T {
        struct Restore<'a>(&'a mut Option<Mount>);
        fn swap(mount: &mut Option<Mount>) {
            // A thread that is ending has no current mount any more, and needs none.
            let _ = CURRENT.try_with(|current| *mount = current.replace(mount.take()));
        }
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                swap(self.0);
            }
        }
        swap(mount);
        let _restore = Restore(mount);
        poll()
    }

    /// The URI and the mount point of a request that comes back out of a tower service's hands.
    ///
    /// If nobody touched the URI, it is again as it was before; a URI that was changed lies wholly under the mount.
    pub(super) fn resume(&self, uri: &mut Uri) -> MountPoint {
        let Arrival { stripped, point, .. } = &*self.0;
        match stripped {
            Some(stripped) if stripped == uri => *uri = self.0.uri.clone(),
            None if self.0.uri == *uri => {}
            _ => return MountPoint::outside(self.as_str()),
        }
        point.clone()
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.0.connection
    }

    pub(super) fn request_id(&self) -> Option<&HeaderValue> {
        self.0.request_id.as_ref()
    }

    pub(super) fn method(&self) -> &Method {
        &self.0.method
    }
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mount").field(&self.as_str()).finish()
    }
}
