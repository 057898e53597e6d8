use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use impasto_tests::certificates::{issue, pem};
use impasto_tests::server::Server;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::KeyPair;
use serde_json::json;

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

const SECRET: &str = "a secret of more than thirty-two bytes";

fn claims() -> serde_json::Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({"sub": "ann", "exp": now + 600, "iss": "here", "realm_access": {"roles": ["a", "b"]}})
}

/// What an app answers to a request with this token, and with what a client would like to be.
async fn answer(client: &mut Client, token: &str) -> (u16, String) {
    let mut asked = request(Method::GET, "/", "");
    asked.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    for name in ["x-user", "x-roles", "x_roles"] {
        asked.headers_mut().insert(name, "root".parse().unwrap());
    }
    let answer = client.send(asked).await.unwrap();
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    (answer.status().as_u16(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_told_and_a_client_claims_nothing() {
    let server = serve(&format!(
        "[pipeline:main]\npipeline = jwt debug\n\
         [filter:jwt]\nuse = egg:impasto#jwt\nsecret = {SECRET}\nissuer = here\n\
         header.X-User = sub\nheader.X-Roles = realm_access.roles\n\
         [app:debug]\nuse = egg:impasto#debug\n"
    ));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = encode(&Header::new(Algorithm::HS256), &claims(), &key).unwrap();
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let (status, seen) = answer(&mut client, &token).await;
        assert_eq!(status, 200);
        assert!(seen.contains("x-user: ann\n") && seen.contains("x-roles: a,b\n"), "{seen}");
        assert!(!seen.contains("root") && !seen.contains("authorization"), "{seen}");
        let refused = client.get("/").await;
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.headers()["www-authenticate"], "Bearer realm=\"restricted\"");
        let (status, words) = answer(&mut client, "x.y.z").await;
        assert_eq!((status, &*words), (401, "The token cannot be read.\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_over_https() {
    let key = EncodingKey::from_ec_pem(KeyPair::generate().unwrap().serialize_pem().as_bytes());
    let key = key.unwrap();
    let set = json!({"keys": [Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap()]});
    let folder = tempfile::tempdir().unwrap();
    let (certificate, stranger) = (issue("localhost"), issue("localhost"));
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("server.pem"), pem(&certificate)).unwrap();
    std::fs::write(path("ca.pem"), certificate.cert.pem()).unwrap();
    std::fs::write(path("stranger.pem"), stranger.cert.pem()).unwrap();
    let issuer = Server::start(
        env!("CARGO_BIN_EXE_impasto-tests"),
        &format!(
            "[app:main]\nuse = egg:impasto#respond\nbody = {set}\n\
             [server:main]\nuse = egg:impasto#http\nport = 0\ntls_cert = {}\n",
            path("server.pem")
        ),
        &[],
    );
    let port = issuer.url().rsplit_once(':').unwrap().1.to_owned();
    let token = encode(&Header::new(Algorithm::ES256), &claims(), &key).unwrap();
    for (ca, status) in [("ca.pem", 200), ("stranger.pem", 503)] {
        let server = serve(&format!(
            "[pipeline:main]\npipeline = jwt debug\n\
             [filter:jwt]\nuse = egg:impasto#jwt\njwks_url = https://localhost:{port}/keys\n\
             jwks_ca_file = {}\n\
             [app:debug]\nuse = egg:impasto#debug\n",
            path(ca)
        ));
        let mut client = Client::connect(&server.url(), BOTH[0]).await;
        let (given, words) = answer(&mut client, &token).await;
        assert_eq!(given, status, "{words} {}", server.err());
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let section = "use = egg:impasto#jwt\n";
    assert_eq!(wrong(section), ["1:2: `jwks_url` must be given, or `keys_file`, or `secret`"]);
    assert_eq!(
        wrong(&format!("{section}secret = short\n")),
        ["3:10: `secret` must be of 32 bytes or more"]
    );
    assert_eq!(
        wrong(&format!("{section}jwks_url = http://login.example.org/keys\n")),
        [
            "3:12: `jwks_url`: \"http://login.example.org/keys\" is not on this machine, and so must be https"
        ]
    );
    assert_eq!(
        wrong(&format!("{section}secret = {SECRET}\nalgorithms = HS256 none\n")),
        [
            "4:20: an item of `algorithms` must be one of `HS256`, `HS384`, `HS512`, `RS256`, `RS384`, \
             `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `EdDSA`, not `none`"
        ]
    );
}
