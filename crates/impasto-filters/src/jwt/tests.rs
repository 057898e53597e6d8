use std::io::Write as _;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use super::*;
use crate::testing::{answer, get, send, settings, wrap};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use impasto::{App, Body, Request};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SECRET: &str = "a secret of more than thirty-two bytes";

/// Seconds from now.
fn at(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    now as i64 + seconds
}

/// A pair of keys for an algorithm.
struct Pair {
    algorithm: Algorithm,
    private: EncodingKey,
    public_pem: String,
    public: Vec<u8>,
}

impl Pair {
    fn new(algorithm: Algorithm) -> Pair {
        let of = match algorithm {
            Algorithm::ES256 => &PKCS_ECDSA_P256_SHA256,
            Algorithm::EdDSA => &PKCS_ED25519,
            _ => &PKCS_RSA_SHA256,
        };
        let pair = KeyPair::generate_for(of).unwrap();
        let private = pair.serialize_pem();
        let private = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_pem(private.as_bytes()),
            Algorithm::EdDSA => EncodingKey::from_ed_pem(private.as_bytes()),
            _ => EncodingKey::from_rsa_pem(private.as_bytes()),
        };
        let public = pair.public_key_raw().to_vec();
        Pair { algorithm, private: private.unwrap(), public_pem: pair.public_key_pem(), public }
    }

    fn jwk(&self, id: &str) -> serde_json::Value {
        if self.algorithm == Algorithm::EdDSA {
            let public = URL_SAFE_NO_PAD.encode(&self.public);
            return json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "x": public});
        }
        let mut jwk = Jwk::from_encoding_key(&self.private, self.algorithm).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    fn token(&self, id: Option<&str>, claims: serde_json::Value) -> String {
        let header = Header { kid: id.map(str::to_owned), ..Header::new(self.algorithm) };
        encode(&header, &claims, &self.private).unwrap()
    }
}

fn shared(algorithm: Algorithm, secret: &[u8], claims: serde_json::Value) -> String {
    encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn good() -> serde_json::Value {
    json!({"sub": "ann", "exp": at(60)})
}

/// An app that says who it was told of.
fn app(options: &[(&str, &str)]) -> App {
    let app = App::at_once(|exchange| {
        let shown = |name| exchange.headers().get_all(name).iter();
        let users: Vec<_> = shown("x-user").chain(shown("x_user")).collect();
        let words = format!("{users:?} {}", exchange.headers().contains_key(AUTHORIZATION));
        Response::new(Body::from(words))
    });
    wrap(jwt(settings(options)).unwrap(), app)
}

fn with(token: &str) -> Request {
    let mut request = get("/");
    request.headers_mut().insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    request
}

/// What is said of a token: the user, or why not.
async fn said(app: &App, token: &str) -> String {
    let (status, words) = answer(app, with(token)).await;
    match status.as_u16() {
        200 => words,
        _ => format!("{} {}", status.as_u16(), words.trim_end()),
    }
}

const ANN: &str = "[\"ann\"] false";

fn file(text: &str) -> (tempfile::NamedTempFile, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    (file, path)
}

#[tokio::test]
async fn each_kind_of_key_verifies_its_own_tokens() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let app = app(&[("secret", SECRET)]);
        assert_eq!(said(&app, &shared(algorithm, SECRET.as_bytes(), good())).await, ANN);
    }
    for algorithm in [Algorithm::RS256, Algorithm::PS384, Algorithm::ES256, Algorithm::EdDSA] {
        let (pair, other) = (Pair::new(algorithm), Pair::new(algorithm));
        let set = json!({"keys": [other.jwk("other"), pair.jwk("this")]}).to_string();
        let pems = format!("{}\n{}", other.public_pem, pair.public_pem);
        for (text, id) in [(&set, Some("this")), (&set, None), (&pems, Some("any")), (&pems, None)]
        {
            let (_file, path) = file(text);
            let app = app(&[("keys_file", &path)]);
            assert_eq!(said(&app, &pair.token(id, good())).await, ANN, "{algorithm:?} {id:?}");
            let stranger = Pair::new(algorithm).token(id, good());
            let refused = "401 The token is not signed by a known key.";
            assert_eq!(said(&app, &stranger).await, refused, "{algorithm:?}");
        }
    }
}

#[tokio::test]
async fn no_key_verifies_what_it_was_not_made_for() {
    let pair = Pair::new(Algorithm::RS256);
    let (_file, path) = file(&pair.public_pem);
    let by_pem = app(&[("keys_file", &path)]);
    let unknown = "401 The token is not signed by a known key.";
    // The public key as a secret, which everybody knows.
    for secret in [pair.public_pem.as_bytes(), pair.public_pem.trim().as_bytes()] {
        assert_eq!(said(&by_pem, &shared(Algorithm::HS256, secret, good())).await, unknown);
    }
    // A key that says it is for one algorithm.
    let (_file, path) = file(&json!({"keys": [pair.jwk("a")]}).to_string());
    let by_set = app(&[("keys_file", &path)]);
    let pss = Pair { algorithm: Algorithm::PS256, ..pair };
    assert_eq!(said(&by_set, &pss.token(Some("a"), good())).await, unknown);
    assert_eq!(said(&by_pem, &pss.token(None, good())).await, ANN);
    // No signature at all.
    let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJleHAiOjQxMDI0NDQ4MDB9.";
    assert_eq!(said(&by_pem, none).await, "401 The token cannot be read.");
    // An algorithm that is not taken.
    let strict = app(&[("secret", SECRET), ("algorithms", "HS512")]);
    let weak = shared(Algorithm::HS256, SECRET.as_bytes(), good());
    assert_eq!(said(&strict, &weak).await, "401 The token is signed in a way that is not taken.");
}

#[tokio::test]
async fn what_a_token_says_of_itself_must_hold() {
    let app = app(&[("secret", SECRET), ("issuer", "a b"), ("audience", "x y"), ("leeway", "5s")]);
    for (change, outcome) in [
        (json!({}), ANN),
        (json!({"aud": ["z", "y"]}), ANN),
        (json!({"exp": at(-3), "nbf": at(3)}), ANN),
        (json!({"exp": at(-8)}), "401 The token has expired."),
        (json!({"exp": "soon"}), "401 The token lacks a claim."),
        (json!({"exp": null}), "401 The token lacks a claim."),
        (json!({"nbf": at(60)}), "401 The token is not valid yet."),
        (json!({"iss": "c"}), "401 The token is of another issuer."),
        (json!({"iss": null}), "401 The token lacks a claim."),
        (json!({"aud": "z"}), "401 The token is for somebody else."),
        (json!({"sub": "a\nb"}), "401 The token has a claim that cannot be passed on."),
    ] {
        let mut claims = json!({"sub": "ann", "exp": at(60), "iss": "b", "aud": "x"});
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let token = shared(Algorithm::HS256, SECRET.as_bytes(), claims);
        assert_eq!(said(&app, &token).await, outcome, "{change}");
    }
}

#[tokio::test]
async fn a_token_for_an_audience_is_refused_where_there_is_none() {
    let token = json!({"sub": "ann", "exp": at(60), "aud": "x"});
    let token = shared(Algorithm::HS256, SECRET.as_bytes(), token);
    let refused = "401 The token is for somebody else.";
    assert_eq!(said(&app(&[("secret", SECRET)]), &token).await, refused);
}

#[tokio::test]
async fn what_must_be_understood_and_is_not_is_refused() {
    let header = Header { crit: Some(vec!["b64".to_owned()]), ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = encode(&header, &good(), &key).unwrap();
    let refused = "401 The token asks for something that is not known here.";
    assert_eq!(said(&app(&[("secret", SECRET)]), &token).await, refused);
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_removed() {
    let token = shared(Algorithm::HS256, SECRET.as_bytes(), json!({"exp": at(60)}));
    let optional = app(&[("secret", SECRET), ("required", "no"), ("exempt_paths", "/open")]);
    let mut open = get("/open/x");
    open.headers_mut().insert(AUTHORIZATION, "Bearer nonsense".parse().unwrap());
    for (mut request, told) in
        [(with(&token), "[] false"), (get("/"), "[] false"), (open, "[] true")]
    {
        for name in ["x-user", "x_user", "X_USER"] {
            let name = http::HeaderName::try_from(name).unwrap();
            request.headers_mut().append(name, "root".parse().unwrap());
        }
        assert_eq!(answer(&optional, request).await.1, told);
    }
    let forwarded = app(&[("secret", SECRET), ("forward_token", "yes")]);
    let token = shared(Algorithm::HS256, SECRET.as_bytes(), good());
    assert_eq!(said(&forwarded, &token).await, "[\"ann\"] true");
}

#[tokio::test]
async fn a_refusal_says_why() {
    let app = app(&[("secret", SECRET), ("realm", "billing")]);
    let challenge = |response: &Response| response.headers()[WWW_AUTHENTICATE].clone();
    let refused = send(&app, get("/")).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenge(&refused), "Bearer realm=\"billing\"");
    let mut basic = get("/");
    basic.headers_mut().insert(AUTHORIZATION, "Basic YTpi".parse().unwrap());
    assert_eq!(challenge(&send(&app, basic).await), "Bearer realm=\"billing\"");
    let mut twice = with("x");
    twice.headers_mut().append(AUTHORIZATION, "Bearer y".parse().unwrap());
    for request in [with("nonsense"), with("."), with("a.b.c"), twice] {
        let refused = send(&app, request).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        let words = "error=\"invalid_token\", error_description=\"cannot be read\"";
        assert_eq!(challenge(&refused), format!("Bearer realm=\"billing\", {words}"));
    }
}

#[tokio::test]
async fn the_user_is_known_outside() {
    let app = app(&[("secret", SECRET)]);
    let token = shared(Algorithm::HS256, SECRET.as_bytes(), good());
    let response = send(&app, with(&token)).await;
    let ann = User(HeaderValue::from_static("ann"));
    assert_eq!(response.extensions().get::<User>(), Some(&ann));
}

/// A server of whatever is in `text` (nothing is a 500), and how often it was asked.
async fn serve(text: Arc<Mutex<String>>) -> (String, Arc<Mutex<u32>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *count.lock().unwrap() += 1;
            let _ = stream.read(&mut [0; 4096]).await;
            let body = text.lock().unwrap().clone();
            let status = if body.is_empty() { "500 No" } else { "200 OK" };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
    });
    (url, asked)
}

async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn keys_of_an_address_are_fetched_when_they_are_needed() {
    let (old, new) = (Pair::new(Algorithm::ES256), Pair::new(Algorithm::ES256));
    let text = Arc::new(Mutex::new(String::new()));
    let (url, asked) = serve(text.clone()).await;
    let asked = || *asked.lock().unwrap();
    let app = app(&[("jwks_url", &url), ("refresh", "1h")]);
    let (by_old, by_new) = (old.token(Some("old"), good()), new.token(Some("new"), good()));
    // While there is none, nobody can be let in, and the address is left in peace.
    for _ in 0..3 {
        assert_eq!(answer(&app, with(&by_old)).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(asked(), 1);
    *text.lock().unwrap() = json!({"keys": [old.jwk("old")]}).to_string();
    later(10).await;
    assert_eq!(said(&app, &by_old).await, ANN);
    let unknown = "401 The token is not signed by a known key.";
    assert_eq!(said(&app, &by_new).await, unknown);
    assert_eq!(asked(), 2);
    // A key that is new is found out.
    *text.lock().unwrap() = json!({"keys": [old.jwk("old"), new.jwk("new")]}).to_string();
    later(10).await;
    assert_eq!(said(&app, &by_new).await, ANN);
    assert_eq!(asked(), 3);
    // An address that fails takes no key away.
    text.lock().unwrap().clear();
    later(3600).await;
    for _ in 0..3 {
        assert_eq!(said(&app, &by_old).await, ANN);
    }
    let waited = async {
        while asked() < 4 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), waited).await.unwrap();
    assert_eq!(said(&app, &by_new).await, ANN);
}

#[tokio::test]
async fn a_secret_at_an_address_is_none() {
    let secret = URL_SAFE_NO_PAD.encode(SECRET);
    let set = json!({"keys": [{"kty": "oct", "alg": "HS256", "k": secret}]}).to_string();
    let token = shared(Algorithm::HS256, SECRET.as_bytes(), good());
    let (_file, path) = file(&set);
    assert_eq!(said(&app(&[("keys_file", &path)]), &token).await, ANN);
    let (url, _) = serve(Arc::new(Mutex::new(set))).await;
    let app = app(&[("jwks_url", &url)]);
    assert_eq!(answer(&app, with(&token)).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |options: &[(&str, &str)]| jwt(settings(options)).unwrap_err().to_string();
    assert_eq!(wrong(&[]), "`jwks_url` must be given, or `keys_file`, or `secret`");
    assert_eq!(wrong(&[("secret", "short")]), "`secret` must be of 32 bytes or more");
    let both = wrong(&[("secret", SECRET), ("keys_file", "/x")]);
    assert_eq!(both, "`secret`: `jwks_url`, `keys_file` and `secret` exclude each other");
    for (url, why) in [
        ("http://login.example.org/", "is not on this machine, and so must be https"),
        ("ftp://localhost/", "is no http address"),
        ("/keys", "is no http address"),
    ] {
        assert_eq!(wrong(&[("jwks_url", url)]), format!("`jwks_url`: {url:?} {why}"));
    }
    let error = wrong(&[("secret", SECRET), ("header.X-A", "a..b")]);
    assert_eq!(error, "`header.X-A`: \"a..b\" is not the name of a claim");
    let error = wrong(&[("secret", SECRET), ("realm", "a\"b")]);
    assert_eq!(error, "`realm` must be without quotes and backslashes");
    assert!(wrong(&[("keys_file", "/no/such/file")]).starts_with("`keys_file` cannot be read: "));
    let (_file, path) = file("no keys");
    let error = wrong(&[("keys_file", &path)]);
    assert!(error.starts_with("`keys_file` cannot be used: it is neither a JWK set"), "{error}");
    let (_file, path) = file("{\"keys\": [{\"kty\": \"EC\", \"use\": \"enc\"}]}");
    let error = wrong(&[("keys_file", &path)]);
    assert_eq!(error, "`keys_file` cannot be used: there is no key for signatures in it");
}
