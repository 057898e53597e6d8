mod claims;
mod keys;
mod remote;
mod token;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use impasto::settings::{Duration, Secret};
use impasto::{Exchange, Filter, Hook, Next, Response, SettingError, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::paths::Paths;
use crate::text;
use crate::user::User;
use claims::Identity;
use keys::Keys;
use remote::Source;
use token::{Algorithm, Refusal, Rules};

/// Lets in whoever has a JSON Web Token (RFC 7519) that a known key has signed, and tells the app what is in it.
///
/// The token is a bearer token (RFC 6750). Its signature must be that of one of the keys, which are in a file, at
/// an address, or a secret that is shared with the issuer. A key verifies what it was made for and nothing
/// else: a secret never stands for a public key, the algorithm `none` for nothing. Then `exp` must be there
/// and to come, `nbf` past, `iss` one of `issuer`, and `aud` one of `audience`; a token for an audience is
/// refused where none is named. Whoever is refused gets a 401 that says why.
///
/// Keys of an address are fetched when the first token comes, again after `refresh` while requests go on with
/// the old ones, and when a token names a key that is not there, every ten seconds at most. While the address
/// does not answer, the old keys hold; without any, the answer is a 503.
///
/// The app finds claims in the headers that `header` says; what a client sends under these names, also with
/// `_` for `-`, is removed. So is the token, unless `forward_token` is set.
///
/// It belongs inside `cors`, `access_log` and `rate_limit`, and outside of everything that is to be
/// protected. Without TLS everybody on the way can use the tokens.
///
/// ```ini
/// [filter:jwt]
/// use = egg:impasto#jwt
/// jwks_url = https://login.example.org/.well-known/jwks.json
/// issuer = https://login.example.org
/// audience = compute
/// header.X-User = sub
/// header.X-Roles = realm_access.roles
/// exempt_paths = /healthcheck
/// required = false
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Jwt {
    /// The address of a JWK set (RFC 7517): `https`, or `http` on this machine.
    jwks_url: Option<String>,
    /// The certificates in PEM that the address must be certified by. Those of the system by default.
    jwks_ca_file: Option<PathBuf>,
    /// How long keys of the address are taken for new.
    refresh: Duration,
    /// A file with a JWK set, or with public keys in PEM. It is read again by a reload.
    keys_file: Option<PathBuf>,
    /// A secret that the issuer signs with, of 32 bytes or more.
    secret: Option<Secret>,
    /// The algorithms that tokens may be signed with, of `HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384
    /// PS512 ES256 ES384 EdDSA`. By default all that the keys are for.
    algorithms: Vec<Algorithm>,
    /// Whose tokens are taken, one of them. Anybody's that the keys have signed by default.
    issuer: Vec<String>,
    /// For whom tokens may be, one of them. By default a token with an audience is refused.
    audience: Vec<String>,
    /// How far clocks may differ; whole seconds.
    leeway: Duration,
    /// Whether a request without a token is refused. Without, it passes as nobody's.
    required: bool,
    /// Headers for the app and the claims that are in them: `header.NAME = CLAIM`, with dots between the names
    /// of claims in claims. Items of a list have commas between them. `X-User` is `sub` by default.
    header: BTreeMap<String, String>,
    /// Whether the app sees the token, too.
    forward_token: bool,
    /// What a refused client is told that it wanted.
    realm: String,
    /// Paths, and all that is below them, that need no token; with their mount point.
    exempt_paths: Vec<String>,
}

impl Default for Jwt {
    fn default() -> Jwt {
        Jwt {
            jwks_url: None,
            jwks_ca_file: None,
            refresh: Duration::from_secs(3600),
            keys_file: None,
            secret: None,
            algorithms: Vec::new(),
            issuer: Vec::new(),
            audience: Vec::new(),
            leeway: Duration::from_secs(60),
            required: true,
            header: BTreeMap::from([("X-User".to_owned(), "sub".to_owned())]),
            forward_token: false,
            realm: "restricted".to_owned(),
            exempt_paths: Vec::new(),
        }
    }
}

register!("jwt" => jwt,
    is "authentication",
    may answer,
);

fn jwt(settings: Jwt) -> anyhow::Result<Filter> {
    let guard = Guard {
        rules: Rules::of(&settings),
        identity: Identity::of(&settings.header)?,
        challenge: challenge(&settings.realm)?,
        exempt: Paths::of("exempt_paths", &settings.exempt_paths)?,
        is_required: settings.required,
        forwards: settings.forward_token,
    };
    if settings.jwks_ca_file.is_some() && settings.jwks_url.is_none() {
        let message = "is for keys of an address, and there is no `jwks_url`";
        return Err(SettingError::new("jwks_ca_file", message).into());
    }
    let keys = match (&settings.secret, &settings.keys_file, &settings.jwks_url) {
        (Some(secret), None, None) => Keys::shared(secret),
        (None, Some(path), None) => Keys::read(path),
        (None, None, Some(_)) => {
            let source = Arc::new(Source::of(&settings)?);
            return Ok(filter_with(Remote { guard, source }, guarded));
        }
        (None, None, None) => {
            let error = SettingError::new("jwks_url", "must be given, or `keys_file`, or `secret`");
            return Err(error.into());
        }
        (secret, _, _) => {
            let key = if secret.is_some() { "secret" } else { "keys_file" };
            let message = "`jwks_url`, `keys_file` and `secret` exclude each other";
            return Err(SettingError::new(key, message).into());
        }
    }?;
    Ok(Filter::hook(Local { guard, keys }))
}

/// How a refused client is asked for a token; more follows for one that has sent one.
fn challenge(realm: &str) -> Result<String, SettingError> {
    let challenge = format!("Bearer realm=\"{realm}\"");
    if realm.contains(['"', '\\']) {
        return Err(SettingError::new("realm", "must be without quotes and backslashes"));
    }
    match HeaderValue::try_from(&challenge) {
        Ok(_) => Ok(challenge),
        Err(_) => Err(SettingError::new("realm", "cannot be written in a header")),
    }
}

/// What is the same wherever keys come from.
struct Guard {
    rules: Rules,
    identity: Identity,
    challenge: String,
    exempt: Paths,
    is_required: bool,
    forwards: bool,
}

/// What a request comes with.
enum Asked {
    /// No token, and none is needed.
    Nothing,
    /// `Authorization`, as it came.
    Token(HeaderValue),
}

impl Guard {
    /// What the request comes with, or why it is not let in. What it says of its user itself is gone then.
    fn asked(&self, exchange: &mut Exchange) -> Result<Asked, Response> {
        self.identity.strip(exchange.headers_mut());
        if self.exempt.have(exchange) {
            return Ok(Asked::Nothing);
        }
        let mut values = exchange.headers().get_all(AUTHORIZATION).iter();
        match (values.next().filter(|value| bearer(value).is_some()), values.next()) {
            (Some(_), Some(_)) => Err(self.refusal(&Refusal::Malformed)),
            (Some(value), None) => Ok(Asked::Token(value.clone())),
            (None, _) if self.is_required => Err(self.question()),
            (None, _) => Ok(Asked::Nothing),
        }
    }

    /// What is in a token that one of these keys has signed.
    fn verified(&self, token: &HeaderValue, keys: &Keys) -> Result<Map<String, Value>, Refusal> {
        let token = bearer(token).ok_or(Refusal::Malformed)?;
        self.rules.verified(token, keys)
    }

    /// Tells the app who asks.
    fn admit(
        &self,
        exchange: &mut Exchange,
        claims: &Map<String, Value>,
    ) -> Result<Option<User>, Response> {
        let headers = exchange.headers_mut();
        if !self.forwards {
            headers.remove(AUTHORIZATION);
        }
        self.identity.tell(claims, headers).map_err(|refusal| self.refusal(&refusal))?;
        Ok(claims::user(claims))
    }

    fn question(&self) -> Response {
        self.unauthorized("A token, please.\n".to_owned(), &self.challenge)
    }

    fn refusal(&self, refusal: &Refusal) -> Response {
        let why = refusal.words();
        let challenge =
            format!("{}, error=\"invalid_token\", error_description=\"{why}\"", self.challenge);
        self.unauthorized(format!("The token {why}.\n"), &challenge)
    }

    #[cold]
    fn unauthorized(&self, words: String, challenge: &str) -> Response {
        let mut answer = text(StatusCode::UNAUTHORIZED, words);
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

/// The token of a header.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Keys that are there already.
struct Local {
    guard: Guard,
    keys: Keys,
}

impl Hook<Option<User>> for Local {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Option<User>> {
        match self.user(exchange) {
            Ok(user) => ControlFlow::Continue(user),
            Err(refusal) => ControlFlow::Break(refusal),
        }
    }

    fn on_response(&self, _: &mut Exchange, user: Option<User>, response: &mut Response) {
        if let Some(user) = user {
            response.extensions_mut().insert(user);
        }
    }
}

impl Local {
    fn user(&self, exchange: &mut Exchange) -> Result<Option<User>, Response> {
        let Asked::Token(token) = self.guard.asked(exchange)? else { return Ok(None) };
        let claims = self.guard.verified(&token, &self.keys);
        let claims = claims.map_err(|refusal| self.guard.refusal(&refusal))?;
        self.guard.admit(exchange, &claims)
    }
}

/// Keys that may have to be waited for.
struct Remote {
    guard: Guard,
    source: Arc<Source>,
}

async fn guarded(remote: &Remote, exchange: &mut Exchange, next: Next<'_>) -> Response {
    match remote.user(exchange).await {
        Err(refusal) => refusal,
        Ok(user) => {
            let mut response = next.run(exchange).await;
            if let Some(user) = user {
                response.extensions_mut().insert(user);
            }
            response
        }
    }
}

impl Remote {
    async fn user(&self, exchange: &mut Exchange) -> Result<Option<User>, Response> {
        let Remote { guard, source } = self;
        let Asked::Token(token) = guard.asked(exchange)? else { return Ok(None) };
        let known = source.keys().map(|keys| guard.verified(&token, &keys));
        let verified = match known {
            None | Some(Err(Refusal::UnknownKey)) => {
                source.renew().await;
                let keys = source.keys().ok_or_else(no_keys)?;
                guard.verified(&token, &keys)
            }
            Some(verified) => verified,
        };
        let claims = verified.map_err(|refusal| guard.refusal(&refusal))?;
        guard.admit(exchange, &claims)
    }
}

#[cold]
fn no_keys() -> Response {
    let words = "Tokens cannot be verified now. Try again later.\n";
    let mut answer = text(StatusCode::SERVICE_UNAVAILABLE, words);
    answer.headers_mut().insert(RETRY_AFTER, remote::PAUSE.as_secs().into());
    answer
}

#[cfg(test)]
mod tests;
