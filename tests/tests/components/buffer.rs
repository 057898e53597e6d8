use http::Method;

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_taken_whole_or_not_at_all() {
    let server = serve(
        "[pipeline:main]\npipeline = buffer echo\n\
         [filter:buffer]\nuse = egg:impasto#buffer\nmax_size = 64k\n\
         [app:echo]\nuse = egg:impasto-tests#echo\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let fits = client.send(request(Method::POST, "/", vec![b'x'; 65_536])).await.unwrap();
        assert_eq!((fits.status().as_u16(), fits.body().len()), (200, 65_536));
        assert_eq!(fits.headers()["content-length"], "65536", "it is in memory");
        let large = client.send(request(Method::POST, "/", vec![b'x'; 65_537])).await.unwrap();
        assert_eq!(large.status(), 413, "{version:?}");
        assert_eq!(large.body(), "the body of the request is larger than 65536 bytes\n");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let words = "`max_size` must be a size like `512`, `64k` or `10MiB`, not `much`";
    assert_eq!(wrong("use = egg:impasto#buffer\nmax_size = much"), [format!("3:12: {words}")]);
}
