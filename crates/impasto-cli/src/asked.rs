//! What is asked about: an app, a value in it, or a request.

use clap::CommandFactory;
use clap::error::ErrorKind;
use impasto_workbench::Question;

use crate::command::Command;

/// What the words behind a file mean.
#[derive(Debug)]
pub(crate) enum Asked {
    /// The app that is meant when none is named.
    Nothing,
    /// An app, or a section.
    App(String),
    /// An option of a section.
    Value(String, String),
    /// A request.
    Request(Box<Question>),
}

impl Asked {
    /// What the words of the command `of` mean. Tells `METHOD URL` from `APP KEY`: a method is in upper case, and
    /// a URL has a `/` or is `*`. Behind a method that everybody knows only a URL can be meant.
    ///
    /// # Errors
    ///
    /// Words that mean nothing.
    pub(crate) fn new(
        of: &str,
        words: Vec<String>,
        headers: &[String],
    ) -> Result<Asked, clap::Error> {
        let asked = match &words[..] {
            [] => Asked::Nothing,
            [app] => Asked::App(app.clone()),
            [method, url] if is_request(method, url) => return ask(of, method, url, headers),
            [app, key] => Asked::Value(app.clone(), key.clone()),
            [.., word] => return Err(wrong(of, format!("unexpected word `{word}`"))),
        };
        match headers {
            [] => Ok(asked),
            _ => Err(wrong(of, "a header needs a request: write METHOD URL".to_owned())),
        }
    }
}

/// Makes a request of words.
///
/// # Errors
///
/// Why it is none.
pub(crate) fn ask(
    of: &str,
    method: &str,
    url: &str,
    headers: &[String],
) -> Result<Asked, clap::Error> {
    let question = Question::new(method, url, headers).map_err(|why| wrong(of, why))?;
    Ok(Asked::Request(Box::new(question)))
}

/// Whether two words are a method and a URL.
pub(crate) fn is_request(method: &str, url: &str) -> bool {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let is_method = method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    let is_url = url == "*" || url.starts_with('/') || url.contains("://");
    KNOWN.contains(&method) || is_method && is_url
}

/// A command line of the command `of` that means nothing.
pub(crate) fn wrong(of: &str, message: String) -> clap::Error {
    let mut all = Command::command();
    // It is told how the command is used, which it knows when all are built.
    all.build();
    match all.find_subcommand_mut(of) {
        Some(command) => command.error(ErrorKind::ValueValidation, message),
        None => all.error(ErrorKind::ValueValidation, message),
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;

    fn asked(words: &[&str]) -> String {
        let words = words.iter().map(|word| word.to_string()).collect();
        match Asked::new("explain", words, &[]) {
            Ok(Asked::Nothing) => "nothing".to_owned(),
            Ok(Asked::App(app)) => format!("app {app}"),
            Ok(Asked::Value(app, key)) => format!("{key} of {app}"),
            Ok(Asked::Request(question)) => format!("{} {}", question.method(), question.target()),
            Err(_) => "wrong".to_owned(),
        }
    }

    #[test]
    fn a_request_has_a_method_and_a_url() {
        for (words, meant) in [
            (&[][..], "nothing"),
            (&["main"], "app main"),
            (&["GET"], "app GET"),
            (&["main", "/v2"], "/v2 of main"),
            (&["app:main", "debug"], "debug of app:main"),
            (&["GET", "debug"], "wrong"),
            (&["MAIN", "debug"], "debug of MAIN"),
            (&["GET", "/x?y=z"], "GET /x?y=z"),
            (&["M-SEARCH", "*"], "M-SEARCH *"),
            (&["GET", "http://a.org/x"], "GET /x"),
            (&["GET", "/a b"], "wrong"),
            (&["a", "b", "c"], "wrong"),
        ] {
            assert_eq!(asked(words), meant, "{words:?}");
        }
    }
}
