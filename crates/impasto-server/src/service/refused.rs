//! What is wrong with a server's settings, at the lines that say them.

use impasto::settings::Options;
use impasto::{Conf, Context, Problem, Problems, SettingError};

use crate::http::Http;
use crate::tls::{TlsError, TlsErrors};

/// A setting that turns out to be wrong when it is used; `server` is the section it is from.
pub(super) fn setting(server: Option<&Context>, error: SettingError) -> Problems {
    let none = Conf::default();
    let place = server.and_then(Context::place);
    let options = Options {
        local: server.map_or(&none, Context::local_conf),
        global: server.map_or(&none, Context::global_conf),
        section: server.and_then(Context::section).unwrap_or_default(),
        place: place.as_ref(),
    };
    options.refused_by::<Http>(error.into())
}

/// The files that settings name.
pub(super) fn files(server: Option<&Context>, errors: &TlsErrors) -> Problems {
    let problems = errors.iter().flat_map(|error| {
        let problems = setting(server, SettingError::new(error.setting, ""));
        problems.into_iter().map(move |problem| file(problem, error))
    });
    Problems(problems.collect())
}

/// Points at the very file where the value shows it.
fn file(mut problem: Problem, error: &TlsError) -> Problem {
    problem.message = error.to_string();
    if let (Some(place), Some(file)) = (&problem.place, &error.file) {
        let file = file.to_string_lossy();
        if let Some(at) = place.text().find(&*file) {
            problem.place = Some(place.narrow(at..at + file.len()));
        }
    }
    problem
}
