//! The access log that a server's settings ask for: the filter of that name, around the whole app.
//!
//! The server knows no filters. It names this one as a file would, and gives it texts.

mod nova_format;

use std::borrow::Cow;

use impasto::{Conf, Context, Filter, Group, Problem, Problems, Registry, SettingError};

use crate::http::Http;

/// A log of which nothing is kept.
const NOWHERE: &str = "/dev/null";

impl Http {
    /// What is around every app that these settings serve; `None` where nothing is logged.
    ///
    /// # Errors
    ///
    /// When no linked crate has such a filter, and what that says of its settings.
    pub(crate) fn access_log(&self) -> Result<Option<Filter>, SettingError> {
        self.log_path().map(|path| filter(path, self.log_format().as_deref())).transpose()
    }

    /// Refuses what [`access_log`](Http::access_log) would, short of opening the log: whoever reads the
    /// settings may not be who writes it.
    pub(crate) fn check_access_log(&self) -> Result<(), SettingError> {
        match (self.log_path(), self.log_format()) {
            // nova logs in any case.
            (None, Some(_)) if self.has_format_of_nova() => Ok(()),
            (None, Some(_)) => {
                let error = SettingError::new("access_log_format", "there is no log to go with it");
                Err(error.help("say in `access_log` where it goes"))
            }
            (None, None) => Ok(()),
            (Some(_), format) => filter(NOWHERE, format.as_deref()).map(drop),
        }
    }

    fn has_format_of_nova(&self) -> bool {
        self.access_log_format.as_deref().is_some_and(nova_format::is_one)
    }

    fn log_format(&self) -> Option<Cow<'_, str>> {
        self.access_log_format.as_deref().map(|format| match nova_format::is_one(format) {
            true => nova_format::in_braces(format).into(),
            false => format.into(),
        })
    }

    fn log_path(&self) -> Option<&str> {
        match self.access_log.as_deref().map_or("", str::trim) {
            "" | "off" => None,
            "on" | "-" => Some("stdout"),
            path => Some(path),
        }
    }
}

fn filter(path: &str, format: Option<&str>) -> Result<Filter, SettingError> {
    let format = format.map(|format| ("format", format));
    let settings = Conf::from_iter([("path", path)].into_iter().chain(format));
    let context = Context::of_factory(Group::Filter, "impasto", "access_log", settings);
    context.create_filter(Registry::linked()).map_err(in_our_words)
}

/// The first of the filter's problems, about the server's setting that it comes from.
fn in_our_words(problems: Problems) -> SettingError {
    let Some(Problem { key, message, help, .. }) = problems.into_iter().next() else {
        return SettingError::new("access_log", "cannot be written");
    };
    let key = key.unwrap_or_default();
    let setting = if key == "format" { "access_log_format" } else { "access_log" };
    // Where a problem begins with the name of its setting, that is another one here.
    let message = match message.strip_prefix(&format!("`{key}`")) {
        Some(says) => says.trim_start_matches(':').trim_start(),
        None => &message,
    };
    let error = SettingError::new(setting, message);
    if help.is_empty() { error } else { error.help(help.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_a_place_or_there_is_none() {
        for (written, path) in [
            (None, None),
            (Some(""), None),
            (Some("off"), None),
            (Some("-"), Some("stdout")),
            (Some("on"), Some("stdout")),
            (Some(" /var/log/api.log "), Some("/var/log/api.log")),
        ] {
            let access_log = written.map(str::to_owned);
            let settings = Http { access_log, ..Http::default() };
            assert_eq!(settings.log_path(), path, "{written:?}");
        }
    }

    #[test]
    fn a_program_without_filters_says_that_it_has_none() {
        let access_log = Some("stdout".to_owned());
        let error = Http { access_log, ..Http::default() }.access_log().err().unwrap();
        let says = "`access_log`: nothing linked provides a filter `egg:impasto#access_log`";
        assert_eq!(error.to_string(), says);
    }
}
