mod checker;
mod users;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use impasto::settings::Secret;
use impasto::{Exchange, Filter, Next, Response, SettingError, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;
use crate::oslo::Oslo;
use crate::text;
use crate::user::User;
use checker::{Checker, Verdict};
use users::{Hash, Users};

/// Lets in users by name and password (RFC 7617), from a file as `htpasswd` of the Apache server writes it,
/// or from settings.
///
/// Passwords are hashed with bcrypt (`htpasswd -B`), Argon2, SHA-256 or SHA-512 crypt
/// (`htpasswd -2`, `-5`, `mkpasswd`); weaker hashes are refused when the file is loaded. They are checked on
/// threads of their own, a few at once, and a password that was right is known again for five minutes. A
/// user who does not exist costs as much time as one who is. The file is read again by a reload.
///
/// The app finds the user's name in `X-User` and `X-User-Name`, as behind oslo.middleware's filter; what a
/// client sends under these names is removed, and so is the password.
///
/// It belongs inside `cors`, `access_log` and `rate_limit`, and outside of everything that is to be
/// protected. Without TLS everybody on the way can read the passwords.
///
/// ```ini
/// [filter:basic_auth]
/// use = egg:impasto#basic_auth
/// realm = billing
/// user.ann = $2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct BasicAuth {
    /// The file: a line `NAME:HASH` for each user, and comments behind `#`. Where no user is given here,
    /// it is `/etc/htpasswd` by default, as with oslo.
    #[serde(alias = "http_basic_auth_user_file")]
    auth_file: Option<PathBuf>,
    /// Users beside those of the file: `user.NAME = HASH`.
    user: BTreeMap<String, Secret>,
    /// What a browser shows when it asks for the password.
    realm: String,
    /// The headers in which the app finds the user's name.
    user_headers: Vec<String>,
    /// How many passwords are checked at once; others wait for up to five seconds. 2 by default.
    #[schemars(range(min = 1, max = 65535))]
    max_checks: u16,
    /// The project whose oslo.config file has more settings, in its section `[oslo_middleware]`: the first of
    /// `~/.PROJECT/PROJECT.conf`, `~/PROJECT.conf`, `/etc/PROJECT/PROJECT.conf` and `/etc/PROJECT.conf`
    /// that exists, if one does. What is set here, or in `[DEFAULT]`, goes before it.
    oslo_config_project: Option<String>,
    /// A program of the project; `PROGRAM.conf` is looked for in the same places, and goes before.
    oslo_config_program: Option<String>,
    /// The path of a file to read in place of all these. It has an effect only together with
    /// `oslo_config_project`, as with oslo.middleware.
    oslo_config_file: Option<String>,
}

impl Default for BasicAuth {
    fn default() -> BasicAuth {
        BasicAuth {
            auth_file: None,
            user: BTreeMap::new(),
            realm: "restricted".to_owned(),
            user_headers: ["X-User", "X-User-Name"].map(str::to_owned).to_vec(),
            max_checks: 2,
            oslo_config_project: None,
            oslo_config_program: None,
            oslo_config_file: None,
        }
    }
}

register!("basic_auth" => basic_auth, for
    "oslo_middleware:BasicAuthMiddleware.factory",
    "oslo_middleware.basic_auth:BasicAuthMiddleware.factory",
    "egg:oslo.middleware#basic_auth",
    is "authentication",
    may answer,
);

fn basic_auth(settings: BasicAuth) -> anyhow::Result<Filter> {
    if settings.realm.contains(['"', '\\']) {
        return Err(SettingError::new("realm", "must be without quotes and backslashes").into());
    }
    let challenge = format!("Basic realm=\"{}\", charset=\"UTF-8\"", settings.realm);
    let challenge = HeaderValue::try_from(challenge)
        .map_err(|_| SettingError::new("realm", "cannot be written in a header"))?;
    let user_headers = settings.user_headers.iter();
    let user_headers = user_headers.map(|name| header_map::named("user_headers", name));
    let user_headers = user_headers.collect::<Result<_, _>>()?;
    let checker = Arc::new(Checker::new(users(&settings)?, settings.max_checks));
    Ok(filter_with(Guard { checker, challenge, user_headers }, guard))
}

fn users(settings: &BasicAuth) -> Result<Users, SettingError> {
    let oslo = Oslo {
        project: &settings.oslo_config_project,
        program: &settings.oslo_config_program,
        file: &settings.oslo_config_file,
    };
    let file: BasicAuth = oslo.group("oslo_middleware", &["http_basic_auth_user_file"])?;
    let of_oslo = || settings.user.is_empty().then(|| PathBuf::from("/etc/htpasswd"));
    let mut users = match settings.auth_file.clone().or(file.auth_file).or_else(of_oslo) {
        None => Users::default(),
        Some(path) => {
            Users::read(&path).map_err(|why| SettingError::new("auth_file", why.to_string()))?
        }
    };
    for (name, hash) in &settings.user {
        let hash = Hash::of(hash.expose().trim())
            .map_err(|why| SettingError::new(format!("user.{name}"), why))?;
        users.0.insert(name.clone(), hash);
    }
    Ok(users)
}

struct Guard {
    checker: Arc<Checker>,
    challenge: HeaderValue,
    user_headers: Vec<HeaderName>,
}

/// How long a request waits for its password to be checked.
const PATIENCE: Duration = Duration::from_secs(5);

async fn guard(guard: &Guard, exchange: &mut Exchange, next: Next<'_>) -> Response {
    let headers = exchange.headers_mut();
    header_map::strip(headers, &guard.user_headers);
    let Some(credentials) = Credentials::of(headers) else { return guard.refusal() };
    let Ok(user) = HeaderValue::try_from(&*credentials.user) else { return guard.refusal() };
    headers.remove(AUTHORIZATION);
    let checking = Checker::check(&guard.checker, credentials);
    match tokio::time::timeout(PATIENCE, checking).await {
        Ok(Verdict::Right) => {}
        Ok(Verdict::Wrong) => return guard.refusal(),
        Err(_) => {
            let words = "Too many passwords are being checked. Try again later.\n";
            return text::text(StatusCode::SERVICE_UNAVAILABLE, words);
        }
    }
    for name in &guard.user_headers {
        exchange.headers_mut().insert(name, user.clone());
    }
    let mut response = next.run(exchange).await;
    response.extensions_mut().insert(User(user));
    response
}

impl Guard {
    fn refusal(&self) -> Response {
        let mut answer = text::text(StatusCode::UNAUTHORIZED, "Name and password, please.\n");
        answer.headers_mut().insert(WWW_AUTHENTICATE, self.challenge.clone());
        answer
    }
}

/// What a client says of itself.
struct Credentials {
    user: String,
    password: Vec<u8>,
}

impl Credentials {
    /// Those of a request; `None` if it has none, or not exactly one.
    fn of(headers: &HeaderMap) -> Option<Credentials> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let mut pair = STANDARD.decode(token.trim()).ok()?;
        let colon = pair.iter().position(|byte| *byte == b':')?;
        let password = pair.split_off(colon + 1);
        pair.pop();
        Some(Credentials { user: String::from_utf8(pair).ok()?, password })
    }
}

#[cfg(test)]
mod tests;
