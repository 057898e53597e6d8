//! Two services of one file under one launcher, the one with two workers, the other with one.
//!
//! ```sh
//! cd examples/two-services
//! cargo run
//! ```
//!
//! What `impasto serve` does is a library: services are found by name, a launcher starts workers for
//! them, replaces those that die, reloads on `SIGHUP` and stops on `SIGTERM`.

use std::path::Path;
use std::process::ExitCode;

use impasto::Loader;
// Without this line the crate would not be linked, and the file's references would lead nowhere.
use impasto_filters as _;
use impasto_server::{Launcher, Service};

fn main() -> anyhow::Result<ExitCode> {
    // A worker is this program once more: there, this call serves and does not return.
    impasto_server::init();

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("api-paste.ini");
    // Before files are read, so that a signal that comes meanwhile is obeyed.
    let mut launcher = Launcher::new()?;
    let loader = Loader::open(file)?;
    launcher.launch(Service::from_config(&loader, "public")?, 2)?;
    launcher.launch(Service::from_config(&loader, "admin")?, 1)?;
    launcher.before_start(|services| {
        services.iter().for_each(|it| println!("{} has {}", it.service.name(), it.workers));
    });
    let handle = launcher.handle();
    launcher.on_start(move |served| {
        served.iter().for_each(|(name, address)| println!("{name} on {address}"));
        for served in handle.services() {
            println!("{} by {:?}", served.service.name(), served.children);
        }
    });
    Ok(launcher.wait().code().into())
}
