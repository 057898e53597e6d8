use http::Method;
use http::header::{CONTENT_ENCODING, HeaderValue};

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

/// `hello, hello, hello` as gzip has it.
const HELLO: [u8; 29] = [
    0x1f, 0x8b, 0x8, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2, 0x3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51,
    0xc8, 0x40, 0xa2, 0x0, 0x9f, 0xa1, 0xca, 0x9, 0x13, 0x0, 0x0, 0x0,
];

#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_given_what_was_compressed() {
    let server = serve(
        "[pipeline:main]\npipeline = decompress echo\n\
         [filter:decompress]\nuse = egg:impasto#decompress\ncodings = gzip\nmax_size = 19\n\
         [app:echo]\nuse = egg:impasto-tests#echo\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let mut send = async |coding: &'static str, body: &'static [u8]| {
            let mut request = request(Method::POST, "/", body);
            request.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
            client.send(request).await
        };
        let taken = send("gzip", &HELLO).await.unwrap();
        assert_eq!(
            (taken.status().as_u16(), &taken.body()[..]),
            (200, &b"hello, hello, hello"[..])
        );
        let unknown = send("br", b"x").await.unwrap();
        assert_eq!(
            (unknown.status().as_u16(), &unknown.headers()["accept-encoding"]),
            (415, &HeaderValue::from_static("gzip"))
        );
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#decompress\nmax_ratio = 0";
    assert_eq!(wrong(settings), ["3:13: `max_ratio` must be a whole number, 1 or more, not `0`"]);
}
