use http::Method;

use crate::client::{Client, Version, request};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_turned_away() {
    let server = serve(
        "[pipeline:main]\npipeline = concurrency_limit echo\n\
         [filter:concurrency_limit]\nuse = egg:impasto#concurrency_limit\nmax = 1\nretry_after = 3s\n\
         [app:echo]\nuse = egg:impasto-tests#echo\n",
    );
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut slow = tokio::net::TcpStream::connect(server.authority()).await.unwrap();
    let head = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\na";
    slow.write_all(head).await.unwrap();
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\na") {
        read.push(slow.read_u8().await.unwrap());
    }

    // The answer has begun, and is not over.
    let mut client = Client::connect(&server.url(), Version::Http1).await;
    let refused = client.get("/").await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "3");
    slow.write_all(b"b").await.unwrap();
    assert_eq!(slow.read_u8().await.unwrap(), b'b');
    for _ in 0..1000 {
        let answer = client.send(request(Method::POST, "/", "x")).await.unwrap();
        if answer.status() == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the place is never given back");
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let wrong_max = wrong("use = egg:impasto#concurrency_limit\nmax = 0");
    assert_eq!(wrong_max, ["3:7: `max` must be a whole number, 1 or more, not `0`"]);
}
