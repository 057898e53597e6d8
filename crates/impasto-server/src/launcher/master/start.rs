//! What a start that fails tells: everything at once.

use crate::service::{Faults, Service, aside};

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

/// Everything that is wrong with the apps of services that cannot be served, beside what is known.
pub(super) fn with_apps(services: Vec<Service>, known: Faults) -> Faults {
    look(services, known, Faults::add_app_of)
}

fn look(services: Vec<Service>, known: Faults, add: fn(&mut Faults, &Service)) -> Faults {
    aside(known, move |faults| services.iter().for_each(|service| add(faults, service)))
}
