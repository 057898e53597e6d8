//! What is wrong with a server's settings, at the lines that say them.

use impasto::settings::Options;
use impasto::{Conf, Context, Place, Problem, Problems, SettingError};

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

/// Where settings are written that are not in the section of their server.
#[derive(Clone)]
pub(super) enum Written {
    /// In another server's section.
    Section(Context),
    /// In `[DEFAULT]`, as this app sees it.
    Defaults(Context),
}

/// The same as [`setting`], of one that is written elsewhere.
fn written(place: &Written, error: SettingError) -> Problems {
    let app = match place {
        Written::Section(server) => return setting(Some(server), error),
        Written::Defaults(app) => app,
    };
    let none = Conf::default();
    let options =
        Options { local: app.global_conf(), global: &none, section: "DEFAULT", place: None };
    options.refused_by::<Http>(error.into())
}

/// The files that settings name, in the section of the server or elsewhere.
pub(super) fn files(
    server: Option<&Context>,
    elsewhere: Option<&Written>,
    errors: &TlsErrors,
) -> Problems {
    let problems = errors.iter().flat_map(|error| {
        let wrong = SettingError::new(error.setting, "");
        let problems = match elsewhere {
            Some(place) => written(place, wrong),
            None => setting(server, wrong),
        };
        problems.into_iter().map(move |problem| file(problem, error))
    });
    Problems(problems.collect())
}

/// Points at the very file where the value shows it.
fn file(mut problem: Problem, error: &TlsError) -> Problem {
    problem.message = error.to_string();
    if let (Some(place), Some(file)) = (&problem.place, &error.file) {
        let file = file.to_string_lossy();
        problem.place = Some(part(place, &file));
    }
    problem
}

/// Where within a value a part of it is; the whole where it is written in another way.
pub(super) fn part(place: &Place, text: &str) -> Place {
    match place.text().find(text) {
        Some(at) => place.narrow(at..at + text.len()),
        None => place.clone(),
    }
}
