//! What a start that fails tells: everything at once.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use crate::service::{Faults, Service};

/// How long factories may take once it is clear that nothing will be served. Whoever waits for one that
/// does not come back is to see what is known.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that keeps `services` from being served, beside what is known.
pub(super) fn everything(services: Vec<Service>, known: Faults) -> Faults {
    look(services, known, Faults::add_found)
}

/// What is wrong with the apps of all services, one of whose workers has `said` what is wrong with its own.
pub(super) fn of_apps(services: Vec<Service>, said: &str) -> String {
    // In the order of the services, whichever worker is the first.
    let mut text = look(services, Faults::new(), Faults::add_app_of).to_string();
    for problem in said.split("\n\n").map(str::trim_end) {
        if !text.contains(problem) {
            text.push_str("\n\n");
            text.push_str(problem);
        }
    }
    text.trim_start().to_owned()
}

fn look(services: Vec<Service>, known: Faults, add: fn(&mut Faults, &Service)) -> Faults {
    let (sender, receiver) = channel();
    let mut faults = known.clone();
    let looking = thread::Builder::new().spawn(move || {
        // Factories may ask for one.
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
        let entered = runtime.enter();
        services.iter().for_each(|service| add(&mut faults, service));
        drop(entered);
        // Nobody waits any more where this fails.
        let _ = sender.send(faults);
        runtime.shutdown_background();
    });
    match looking {
        Ok(_) => receiver.recv_timeout(PATIENCE).unwrap_or(known),
        Err(_) => known,
    }
}
