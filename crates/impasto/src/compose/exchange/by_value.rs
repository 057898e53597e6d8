//! The request as a value: taken out, copied, and handed to tower services and back.

use super::Exchange;
use crate::compose::{Connection, Mount, Request};

impl Exchange {
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
    pub(in crate::compose) fn hand_over(&mut self) -> (Request, Mount) {
        let mount = self.told.take().unwrap_or_else(|| Mount::new(self));
        self.told = Some(mount.clone());
        let mut request = self.take_request();
        mount.put_into(&mut request);
        (request, mount)
    }

    pub(in crate::compose) fn resume(mount: Option<Mount>, mut request: Request) -> Exchange {
        let Some(mount) = mount else { return Exchange::new(request, Some(Connection::unknown())) };
        Exchange {
            connection: mount.connection().clone(),
            mount: mount.resume(request.uri_mut()),
            request_id: mount.request_id().cloned(),
            request,
            told: Some(mount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;
    use http::{HeaderValue, Method, Uri};
    use std::sync::Arc;

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
