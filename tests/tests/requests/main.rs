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

use std::net::SocketAddr;
use std::sync::Arc;

use impasto::Swap;
use impasto::settings::Size;
use impasto_server::{Http, Server, Stop};
use impasto_tests::fixtures::REWRITE;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use app::Witness;
use cases::Family;

/// So many connections are open at a time.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_read_in_one_way() {
    let (address, witness) = serve().await;
    let families = Family::all();
    let mut asking = JoinSet::new();
    let free = Arc::new(Semaphore::new(AT_ONCE));
    for (family, file) in families.iter().enumerate() {
        for (place, case) in file.cases.iter().enumerate() {
            let (case, free, witness) = (case.clone(), Arc::clone(&free), witness.clone());
            asking.spawn(async move {
                let _free = free.acquire().await;
                let found = connection::run(address, &case, &witness).await;
                (family, place, found)
            });
        }
    }
    let mut found = asking.join_all().await;
    assert!(found.len() >= 300, "only {} cases are found", found.len());
    found.sort();
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
