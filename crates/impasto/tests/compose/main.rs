//! Stacks as a service composes them, driven through the public API.

mod bodies; // sizes, trailers, and what happens after the filters have returned
mod cancellation; // a request whose client went away
mod containment; // panics in every place, as filters outside see them
mod depth; // more filters than a thread's stack has room for
mod errors; // tower services that fail
mod foreign; // layers that spawn, replay, and make requests of their own
mod mounts; // apps under a prefix
mod order; // who sees what when
mod readiness; // services that are not ready at once
mod support;
mod upgrade; // a connection that stops being HTTP
