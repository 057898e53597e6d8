//! How the composites of impasto choose the app for a request: by path, by host, by what the request is
//! like, by a cookie.
//!
//! The composites themselves and the tools that explain a file both ask here, so that what is told of a
//! request is what happens to it. Nothing here loads or runs anything: what is chosen is any `T`.
//!
//! ```
//! use impasto::{Body, Exchange, Request};
//! use impasto_routing::{Expression, Mounts};
//!
//! let mut mounts = Mounts::default();
//! for path in ["/", "/v2", "domain api.example.org /v2"] {
//!     mounts.insert(Expression::parse(path)?, path);
//! }
//! let request = Request::get("/v2/servers").body(Body::empty())?;
//! let mut exchange = Exchange::new(request, None);
//! assert_eq!(mounts.enter(&mut exchange), Some(&"/v2"));
//! assert_eq!((&*exchange.mount(), exchange.path()), ("/v2", "/servers"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod asked;
mod urlmap;

mod conditions;
mod cookie;
mod hosts;

pub mod accept;

pub use asked::Asked;
pub use conditions::Conditions;
pub use cookie::cookies;
pub use hosts::Hosts;
pub use urlmap::{Expression, Host, Mount, Mounts, Refusal, Way};
