//! Paste's error handling, as far as there is something for it to handle.

use impasto::settings::Secret;
use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatchErrors, Format, catch_errors};

/// Answers a request that failed inside, in the place of Paste's `error_catcher`.
///
/// It is `catch_errors` with `format = text`. The reason is in the log of the server: it is neither shown to
/// the client, nor mailed, nor written to a file of its own, whatever the settings say.
///
/// It belongs outside everything that may fail.
///
/// ```ini
/// [filter:errors]
/// use = egg:impasto#error_catcher
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct ErrorCatcher {
    /// Whether Paste shows tracebacks; has no effect.
    debug: Option<String>,
    /// Whom Paste mails reports to; has no effect.
    error_email: Option<String>,
    /// The file that Paste writes reports to; has no effect.
    error_log: Option<String>,
    /// Whether Paste writes reports to the server's log; has no effect, since they are always there.
    show_exceptions_in_wsgi_errors: Option<String>,
    /// The sender of mails; has no effect.
    from_address: Option<String>,
    /// The server for mails; has no effect.
    smtp_server: Option<String>,
    /// The user at that server; has no effect.
    smtp_username: Option<String>,
    /// The password of that user; has no effect.
    smtp_password: Option<Secret>,
    /// Whether mails are sent over TLS; has no effect.
    smtp_use_tls: Option<String>,
    /// What the subjects of mails begin with; has no effect.
    error_subject_prefix: Option<String>,
    /// What Paste tells the client; has no effect.
    error_message: Option<String>,
    /// The parameter of a query by which Paste knows scripts; has no effect.
    xmlhttp_key: Option<String>,
}

register!("error_catcher" => error_catcher, for
    "egg:Paste#error_catcher",
    "paste.exceptions.errormiddleware:make_error_middleware",
    may answer,
    order [
        before "authentication", "request-body": "a fault in the other one would be answered without it";
    ],
);

fn error_catcher(_: ErrorCatcher) -> Filter {
    catch_errors(CatchErrors { format: Format::Text, ..CatchErrors::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, load, wrap};
    use impasto::{App, Exchange};

    #[tokio::test]
    async fn a_panic_is_answered_without_its_reason() {
        let app = App::from_fn(async |_: &mut Exchange| panic!("the password is hunter2"));
        let app = wrap(error_catcher(ErrorCatcher::default()), app);
        let (status, body) = answer_to(&app, "/").await;
        assert_eq!((status.as_u16(), &*body), (500, "Internal Server Error\n"));
    }

    #[test]
    fn what_pastes_own_is_told_is_accepted() {
        let file = "[DEFAULT]\ndebug = true\n[filter-app:main]\nuse = egg:Paste#error_catcher\nnext = app\n\
                    error_email = root@localhost\nerror_log = /var/log/errors\n\
                    show_exceptions_in_wsgi_errors = yes\nfrom_address = app@localhost\n\
                    smtp_server = localhost\nsmtp_username = app\nsmtp_password = hunter2\n\
                    smtp_use_tls = no\nerror_subject_prefix = app\nerror_message = sorry\nxmlhttp_key = _\n\
                    [app:app]\nuse = egg:impasto#respond\n";
        load(file).unwrap();
    }
}
