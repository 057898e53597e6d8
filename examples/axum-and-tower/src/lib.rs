//! An axum router and tower layers, put together by an INI file.
//!
//! [`App::service`](impasto::App::service) takes any tower service, so a router is an app as it is;
//! [`Filter::layer`](impasto::Filter::layer) takes any tower layer, so the layers of tower and
//! tower-http are filters. Which of them wrap the router, and in which order, the file decides.
//!
//! ```sh
//! cd examples/axum-and-tower
//! cargo run -- serve
//! curl -i http://127.0.0.1:8080/v1/notes -d 'buy milk'
//! curl -i http://127.0.0.1:8080/v1/notes --compressed
//! ```

mod layers;
mod notes;
