use std::fs;
use std::sync::Arc;
use std::time::Duration;

use impasto_tests::certificates::{Issued, issue, pem, trust};
use impasto_tests::load::{Expected, Load, Mix, Tally};
use impasto_tests::server::Server;
use rustls::ClientConfig;

const FILE: &str = "[composite:main]\nuse = egg:impasto#urlmap\n\
    / = text\n/echo = echo\n/files = files\n\
    [app:text]\nuse = egg:impasto#respond\nbody = hello\n\
    [app:echo]\nuse = egg:impasto-tests#echo\n\
    [app:files]\nuse = egg:impasto#static\nroot = %(here)s\n\
    [server:main]\nuse = egg:impasto#http\nport = 0\nworkers = 2\n";

/// A server with two workers.
pub(crate) struct Attacked {
    pub(crate) server: Server,
    encrypted: Option<Issued>,
}

impl Attacked {
    /// `settings` are lines of the server's section.
    pub(crate) fn serve(settings: &str, encrypts: bool) -> Attacked {
        let encrypted = encrypts.then(|| issue("127.0.0.1"));
        let directory = tempfile::tempdir().expect("a directory").keep();
        let mut text = format!("{FILE}{settings}\n");
        if let Some(issued) = &encrypted {
            let path = directory.join("a.pem");
            fs::write(&path, pem(issued)).expect("writable");
            text.push_str(&format!("tls_cert = {}\n", path.display()));
        }
        let server = Server::start(env!("CARGO_BIN_EXE_impasto-tests"), &text, &[]);
        // They have read it.
        let attacked = Attacked { encrypted, server };
        attacked.url();
        fs::remove_dir_all(directory).expect("ours");
        attacked
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// `HOST:PORT`
    pub(crate) fn address(&self) -> String {
        self.url().split_once("://").expect("an address of the net").1.to_owned()
    }

    fn client(&self) -> Option<Arc<ClientConfig>> {
        self.encrypted.as_ref().map(|issued| trust(&[issued]))
    }

    /// Clients that want nothing bad.
    pub(crate) fn load(&self) -> Load {
        let mix = Mix { slow: 0, ..Mix::SOME };
        Load::over(self.client(), &self.address(), mix, Expected::default())
    }
}

/// That they were served, and soon.
pub(crate) fn were_served(what: &str, tally: &Tally) {
    let (median, p99) = (tally.percentile(50.0), tally.percentile(99.0));
    println!("{what}: {} requests, median {median:?}, p99 {p99:?}", tally.requests);
    assert_eq!(tally.failed(), 0, "{what}: {tally}");
    // Without optimisations, among other tests, the time says little.
    let most = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 50 });
    assert!(p99 <= most, "{what}: {p99:?}");
}
