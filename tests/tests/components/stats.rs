use std::net::UdpSocket;
use std::time::Duration;

use crate::client::{BOTH, Client};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn a_statsd_server_is_told() {
    let statsd = UdpSocket::bind("127.0.0.1:0").unwrap();
    statsd.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let host = statsd.local_addr().unwrap();
    let server = serve(&format!(
        "[pipeline:main]\npipeline = stats oslo debug\n\
         [filter:stats]\nuse = egg:impasto#stats\nhost = {host}\nprefix = nova\n\
         tags = env:test\n\
         [filter:oslo]\nuse = egg:oslo.middleware#stats\nname = api\nstats_host = {host}\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    ));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        assert_eq!(client.get("/status/404").await.status(), 404);
        let mut datagrams: Vec<_> = (0..2)
            .map(|_| {
                let mut datagram = [0; 2048];
                let length = statsd.recv(&mut datagram).unwrap();
                String::from_utf8(datagram[..length].to_vec()).unwrap()
            })
            .collect();
        datagrams.sort_unstable();
        assert!(datagrams[0].starts_with("api.GET.status.404:"), "{datagrams:?}");
        assert!(datagrams[0].ends_with("|ms"), "{datagrams:?}");
        assert!(datagrams[1].starts_with("nova.request:"), "{datagrams:?}");
        assert!(datagrams[1].ends_with("|ms|#method:GET,status:404,env:test"), "{datagrams:?}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong("use = egg:impasto#stats\nprefix = a:b\n"),
        ["3:10: `prefix` must be of letters, digits, `.`, `-` and `_`"]
    );
    assert_eq!(
        wrong("use = egg:impasto#stats\nhost = 127.0.0.1:port\n"),
        ["3:8: `host`: \"127.0.0.1:port\" is no server: invalid port value"]
    );
    assert_eq!(
        wrong("use = egg:oslo.middleware#stats\nname = api\n"),
        ["1:2: setting `stats_host` is missing"]
    );
}
