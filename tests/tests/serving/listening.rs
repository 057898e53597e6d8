use std::net::TcpListener;

use crate::client::{BOTH, Client, Version};
use crate::serve;

const HELLO: &str = "[app:main]\nuse = egg:impasto#respond\nbody = hello\n";

#[tokio::test(flavor = "multi_thread")]
async fn every_address_that_is_printed_answers() {
    let listen = "listen = 127.0.0.1:0 127.0.0.1:0 unix:%(here)s/socket\n";
    let server = serve(&format!("{HELLO}[server:main]\nuse = egg:impasto#http\n{listen}"), &[]);
    let addresses = server.addresses(3);
    assert_ne!(addresses[0], addresses[1]);
    assert_eq!(addresses[2].1, format!("unix:{}", server.path("socket").display()));
    for (name, address) in addresses {
        assert_eq!(name, "main");
        for version in BOTH {
            let mut client = Client::connect(&address, version).await;
            assert_eq!(client.text("/").await, "hello", "{address} {version:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_apps_have_several_servers() {
    let server = serve(
        "[app:public]\nuse = egg:impasto#respond\nbody = public\n\
         [app:admin]\nuse = public\nbody = admin\n\
         [app:metrics]\nuse = public\nbody = metrics\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\n\
         [server:admin]\nuse = main\nhost = localhost\nlisten = 127.0.0.1:0\n\
         [server:public]\nuse = egg:Paste#http\nport = 0\n",
        &["public", "metrics", "admin"],
    );
    let addresses = server.addresses(3);
    for ((served, address), expected) in addresses.iter().zip(["public", "metrics", "admin"]) {
        assert_eq!(served, expected);
        let mut client = Client::connect(address, Version::Http1).await;
        assert_eq!(client.text("/").await, expected);
    }
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn two_apps_do_not_share_an_address() {
    // Whether the port is free does not matter: nothing is listened on.
    let server = serve(
        &format!(
            "{HELLO}[app:admin]\nuse = main\n\
             [server:main]\nuse = egg:impasto#http\nport = 8774\n"
        ),
        &["main", "admin"],
    );
    let ended = server.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(4), ""));
    assert!(ended.err.starts_with("error[same-address]: `main` and `admin` "), "{}", ended.err);
    assert!(ended.err.contains("[server:admin]"), "{}", ended.err);
}

#[test]
fn nothing_is_served_when_one_address_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let server = serve(
        &format!("{HELLO}[server:main]\nuse = egg:impasto#http\nlisten = 127.0.0.1:0 {address}\n"),
        &[],
    );
    let ended = server.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(5), ""));
    let reason = format!("cannot listen on {address}: address already in use");
    assert!(ended.err.contains(&reason), "{}", ended.err);
}
