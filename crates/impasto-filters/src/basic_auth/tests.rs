use super::*;
use crate::testing::{answer, get, send, wrap};
use argon2::password_hash::PasswordHasher;
use impasto::{App, Body, Request};

const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const SHA_256: &str = "$5$rounds=1000$saltsalt$eKLZU9t9OoPWrqOQsoTIKG0aYkZ5rGOoOQhiIvoSWX2";
const SHA_512: &str = "$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/";

fn argon2() -> String {
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    hasher.hash_password_with_salt(b"secret", b"saltsalt").unwrap().to_string()
}

fn checker(file: &str) -> Arc<Checker> {
    Arc::new(Checker::new(Users::parse(file).unwrap(), 2))
}

fn credentials(user: &str, password: &str) -> Credentials {
    Credentials { user: user.to_owned(), password: password.as_bytes().to_owned() }
}

fn settings(file: &str) -> (tempfile::TempDir, BasicAuth) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("htpasswd");
    std::fs::write(&path, file).unwrap();
    let path = path.to_str().unwrap();
    (directory, crate::testing::settings(&[("http_basic_auth_user_file", path)]))
}

/// An app that says who asks, and whether it sees a password.
fn app() -> App {
    let app = App::at_once(|exchange: &mut Exchange| {
        let headers = exchange.headers();
        let users = headers.get_all("x-user").iter().chain(headers.get_all("x-user-name"));
        let users: Vec<_> = users.map(|user| user.to_str().unwrap()).collect();
        Response::new(Body::from(format!("{users:?} {}", headers.contains_key(AUTHORIZATION))))
    });
    let (_directory, settings) = settings(&format!("# users\nann:{BCRYPT}\n\nbob:{SHA_512}\n"));
    wrap(basic_auth(settings).unwrap(), app)
}

fn asking(authorization: &str) -> Request {
    let mut request = get("/");
    for (name, value) in
        [("authorization", authorization), ("x-user", "root"), ("x-user-name", "root")]
    {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

#[tokio::test]
async fn a_user_with_the_password_gets_in_and_is_named() {
    for pair in ["ann:secret", "bob:secret", "ann:secret"] {
        let name = &pair[..3];
        let (status, seen) = answer(&app(), asking(&basic(pair))).await;
        assert_eq!((status.as_u16(), seen), (200, format!("[{name:?}, {name:?}] false")));
    }
    let lower = basic("ann:secret").replace("Basic", "bAsIc");
    assert_eq!(send(&app(), asking(&lower)).await.status(), 200);
}

#[tokio::test]
async fn users_may_stand_in_the_settings() {
    let app = App::at_once(|_: &mut Exchange| Response::new("in".into()));
    let app = wrap(basic_auth(crate::testing::settings(&[("user.ann", BCRYPT)])).unwrap(), app);
    assert_eq!(send(&app, asking(&basic("ann:secret"))).await.status(), 200);
    assert_eq!(send(&app, asking(&basic("bob:secret"))).await.status(), 401);
}

#[tokio::test]
async fn nobody_else_does() {
    let app = app();
    for authorization in [
        basic("ann:wrong"),
        basic("ann:"),
        basic("ann"),
        basic(":secret"),
        basic("eve:secret"),
        basic("ann:secret "),
        basic("ANN:secret"),
        basic(&format!("ann:{BCRYPT}")),
        "Basic".to_owned(),
        "Basic %%".to_owned(),
        "Bearer x".to_owned(),
        String::new(),
    ] {
        let refused = send(&app, asking(&authorization)).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{authorization}");
        let challenge = "Basic realm=\"restricted\", charset=\"UTF-8\"";
        assert_eq!(refused.headers()[WWW_AUTHENTICATE], challenge);
    }
    assert_eq!(send(&app, get("/")).await.status(), StatusCode::UNAUTHORIZED);
    let mut twice = asking(&basic("ann:secret"));
    twice.headers_mut().append(AUTHORIZATION, basic("ann:secret").parse().unwrap());
    assert_eq!(send(&app, twice).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_hash_is_understood_and_only_what_was_right_is_remembered() {
    for hash in [BCRYPT, SHA_256, SHA_512, &argon2()] {
        let checker = checker(&format!("ann:{hash}"));
        for (user, password, verdict, known) in [
            ("ann", "wrong", Verdict::Wrong, 0),
            ("eve", "secret", Verdict::Wrong, 0),
            ("ann", "secret", Verdict::Right, 1),
            ("ann", "secret", Verdict::Right, 1),
            ("ann", "wrong", Verdict::Wrong, 1),
            ("eve", "secret", Verdict::Wrong, 1),
        ] {
            let seen = Checker::check(&checker, credentials(user, password)).await;
            assert_eq!((seen, checker.known()), (verdict, known), "{user} {password} {hash}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_without_its_hashes() {
    let wrong = |file: &str| {
        let (_directory, settings) = settings(file);
        basic_auth(settings).unwrap_err().to_string()
    };
    for (file, why) in [
        ("", "names no user"),
        ("# nobody\n", "names no user"),
        ("ann\n", "line 1 is not `NAME:HASH`"),
        (
            "\nann:plain",
            "the password of \"ann\" (line 2) is hashed with neither bcrypt, Argon2 nor SHA crypt",
        ),
        (
            "a:$apr1$x$y",
            "the password of \"a\" (line 1) is hashed with neither bcrypt, Argon2 nor SHA crypt",
        ),
        ("a:$2y$x", "the password of \"a\" (line 1) is no bcrypt hash"),
        ("a:$argon2id$x", "the password of \"a\" (line 1) is no Argon2 hash"),
    ] {
        assert_eq!(wrong(file), format!("`auth_file`: {why}"), "{file}");
    }
    let inline: BasicAuth = crate::testing::settings(&[("user.ann", "plain")]);
    let error = basic_auth(inline).unwrap_err().to_string();
    assert_eq!(error, "`user.ann` is hashed with neither bcrypt, Argon2 nor SHA crypt");
    let missing: BasicAuth = crate::testing::settings(&[("auth_file", "/no/such/file")]);
    let error = basic_auth(missing).unwrap_err().to_string();
    assert!(error.starts_with("`auth_file` cannot be read: No such file"), "{error}");
}
