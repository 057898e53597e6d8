//! nova's options of a service in `[DEFAULT]`.

use impasto::{Code, Conf, Place, Problem};

use crate::MOST_THREADS;
use crate::http::Http;

/// A service, and the section that is its own: what that says is not said again by nova's options.
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) section: Option<&'a Conf>,
}

impl Given<'_> {
    /// Sets what nova's options say, and adds what is wrong with them; where the address is written, if it is.
    pub(super) fn apply(
        &self,
        globals: &Conf,
        settings: &mut Http,
        problems: &mut Vec<Problem>,
    ) -> Option<Place> {
        let mut place = None;
        let in_section = |names: &[&str]| {
            self.section.is_some_and(|conf| names.iter().any(|name| conf.contains(name)))
        };
        if !in_section(&["listen", "bind", "host", "unix_socket"])
            && let Some((host, at)) = self.option(globals, "listen")
        {
            (settings.host, settings.listen, place) = (host, Vec::new(), at);
        }
        if !in_section(&["listen", "bind", "port", "unix_socket"])
            && let Some((port, at)) = self.option(globals, "listen_port")
        {
            match port.parse() {
                Ok(port) => settings.port = port,
                Err(_) => {
                    let rule = "must be a port, from 0 to 65535";
                    problems.push(self.wrong("listen_port", &port, rule, at.clone()));
                }
            }
            // Addresses of a section that is not its own would win over the port.
            settings.listen = Vec::new();
            place = place.or(at);
        }
        if !in_section(&["workers"])
            && let Some((workers, at)) = self.option(globals, "workers")
        {
            match workers.parse::<u64>() {
                Ok(workers @ 1..=MOST_THREADS) => settings.workers = workers as usize,
                _ => {
                    let rule = format!("must be a whole number from 1 to {MOST_THREADS}");
                    problems.push(self.wrong("workers", &workers, &rule, at));
                }
            }
        }
        place
    }

    /// The value of `<name>_<option>`, and where it is.
    fn option(&self, globals: &Conf, option: &str) -> Option<(String, Option<Place>)> {
        let value = globals.get(&format!("{}_{option}", self.name))?;
        Some((value.text().trim().to_owned(), value.origin().value_place()))
    }

    fn wrong(&self, option: &str, value: &str, rule: &str, at: Option<Place>) -> Problem {
        let message = format!("`{}_{option} = {value}`: it {rule}", self.name);
        let key = format!("{}_{option}", self.name);
        Problem::error(Code::BadValue, message).at(at).section("DEFAULT").key(key)
    }
}
