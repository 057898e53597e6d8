//! Requests over real sockets, byte for byte: what each is answered, and what of it the app sees.
//!
//! They are text, in `tests/cases/requests`, a family a file. `IMPASTO_REWRITE=1` writes what is
//! expected anew.

/// What an app sees.
mod app;
/// Files of cases.
mod cases;
/// A connection, from its first request to its end.
mod connection;
/// Bytes as text.
mod escape;
/// The requests of gunicorn's tests.
mod gunicorn;

use std::net::SocketAddr;
use std::sync::Arc;

use impasto::Swap;
use impasto::settings::Size;
use impasto_server::{Http, Server, Stop};
use impasto_tests::fixtures::REWRITE;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use app::Witness;
use cases::{Case, Family};

/// So many connections are open at a time.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_read_in_one_way() {
    let families = Family::all();
    let places = families.iter().enumerate().flat_map(|(family, file)| {
        file.cases.iter().enumerate().map(move |(place, case)| (family, place, case))
    });
    let cases = places.clone().map(|(_, _, case)| case.clone()).collect();
    let found = ask(cases).await;
    let found: Vec<_> =
        places.zip(found).map(|((family, place, _), found)| (family, place, found)).collect();
    assert!(found.len() >= 300, "only {} cases are found", found.len());
    for (family, place, found) in &found {
        let first = found.lines().next().unwrap_or_default();
        let is_clear = !first.contains("something else")
            && [" kept", " closed"].iter().any(|end| first.ends_with(end));
        assert!(is_clear, "{}", families[*family].differs(*place, found).unwrap_or_default());
    }
    if std::env::var_os(REWRITE).is_some() {
        for (family, file) in families.iter().enumerate() {
            let found = found.iter().filter(|found| found.0 == family);
            file.rewrite(found.map(|(_, _, found)| found.as_str()));
        }
        return;
    }
    let wrong: Vec<_> = found
        .iter()
        .filter_map(|(family, place, found)| families[*family].differs(*place, found))
        .collect();
    assert!(wrong.is_empty(), "{} cases:\n\n{}", wrong.len(), wrong.join("\n"));
}

/// What comes of each, in their order.
async fn ask(cases: Vec<Case>) -> Vec<String> {
    let (address, witness) = serve().await;
    let free = Arc::new(Semaphore::new(AT_ONCE));
    let mut asking = JoinSet::new();
    for (place, case) in cases.into_iter().enumerate() {
        let (free, witness) = (Arc::clone(&free), witness.clone());
        asking.spawn(async move {
            let _free = free.acquire().await;
            (place, connection::run(address, &case, &witness).await)
        });
    }
    let mut found = asking.join_all().await;
    found.sort();
    found.into_iter().map(|(_, found)| found).collect()
}

/// Serves the witness with the usual settings, but for a smaller body.
async fn serve() -> (SocketAddr, Witness) {
    let settings = Http { port: 0, max_body_size: Size::from_kib(64), ..Http::default() };
    let bound = Server::new(settings).unwrap().bind().await.unwrap();
    let address = bound.addresses().next().unwrap().socket_addr().unwrap();
    let witness = Witness::default();
    let swap = Arc::new(Swap::new(impasto::App::new(witness.clone())));
    tokio::spawn(bound.serve(swap, Stop::new()));
    (address, witness)
}
