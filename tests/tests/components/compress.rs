use http::Method;
use http::header::{ACCEPT_ENCODING, HeaderValue};

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_what_it_asks_for() {
    let text =
        "It was a bright cold day in April, and the clocks were striking thirteen. ".repeat(50);
    let server = serve(&format!(
        "[pipeline:main]\npipeline = compress text\n\
         [filter:compress]\nuse = egg:impasto#compress\n\
         [app:text]\nuse = egg:impasto#respond\nbody = {text}\n"
    ));
    let magic: [(&str, &[u8]); 3] =
        [("gzip", &[0x1f, 0x8b]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd]), ("deflate", &[0x78])];
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let plain = client.get("/").await;
        assert_eq!(plain.body().as_ref(), text.trim().as_bytes());
        assert_eq!(plain.headers()["vary"], "accept-encoding");
        for (name, start) in magic {
            for method in [Method::GET, Method::HEAD] {
                let mut asked = request(method.clone(), "/", "");
                asked.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(name));
                let answer = client.send(asked).await.unwrap();
                assert_eq!(answer.headers()["content-encoding"], name);
                assert_ne!(
                    answer.headers().get("content-length"),
                    plain.headers().get("content-length")
                );
                if method == Method::GET {
                    assert!(answer.body().starts_with(start), "{name}");
                    assert!(answer.body().len() * 5 < text.len(), "{name}");
                } else {
                    assert!(answer.body().is_empty());
                }
            }
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#compress\nlevel = 10";
    assert_eq!(wrong(settings), ["3:9: `level` must be a whole number from 1 to 9, not `10`"]);
    let settings = "use = egg:impasto#compress\ntypes = text/html json";
    assert_eq!(wrong(settings), ["3:9: `types`: \"json\" is no media type"]);
    let settings = "use = egg:impasto#compress\ncodings = gzip lzma";
    let words = "an item of `codings` must be one of `zstd`, `br`, `gzip`, `deflate`, not `lzma`";
    assert_eq!(wrong(settings), [format!("3:16: {words}")]);
}
