use std::fs;

use impasto_tests::server::ANY_PORT;

use crate::client::{Client, Version};
use crate::serve;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_section_of_python_is_served_as_it_is() {
    let server = serve(
        "[app:main]\nuse = egg:impasto#respond\nbody = hello\n\
         [server:main]\nuse = egg:gunicorn#main\nbind = 127.0.0.1:0\nworkers = 4\n\
         worker_class = sync\ntimeout = 90\nkeepalive = 5\n",
        &[],
    );
    let mut client = Client::connect(&server.url(), Version::Http1).await;
    assert_eq!(client.text("/").await, "hello");
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.log("WARN"), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_s_words_reach_apps_and_servers() {
    let server = serve(
        "[composite:main]\nuse = egg:impasto#urlmap\n/ = written\n/given = given\n\
         [app:written]\nuse = egg:impasto#respond\nbody = %(greeting)s, %(who)s\n\
         [app:given]\nuse = egg:impasto#respond\nbody = given\n\
         [server:main]\nuse = egg:impasto#http\nport = %(port_of_the_test)s\n",
        &["greeting=hello=hello", "who=you", "port_of_the_test=0", "content_type=text/x-test"],
    );
    let mut client = Client::connect(&server.url(), Version::Http1).await;
    assert_eq!(client.text("/").await, "hello=hello, you");
    // A setting that a section leaves out.
    assert_eq!(client.get("/given").await.headers()["content-type"], "text/x-test");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_elsewhere_is_a_warning() {
    let server = serve(
        &format!(
            "[app:main]\nuse = egg:impasto#respond\nbody = hello\n\n\
             [app:other]\nuse = egg:impasto#static\nroot = /nowhere/at/all\n\
             [filter:foreign]\npaste.filter_factory = nowhere.at.all:factory\n{ANY_PORT}"
        ),
        &[],
    );
    let mut client = Client::connect(&server.url(), Version::Http1).await;
    assert_eq!(client.text("/").await, "hello");
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let [other, foreign] = ended.log("WARN")[..] else { panic!("not two: {}", ended.err) };
    assert!(other.contains("api-paste.ini:7:8: ") && other.contains("/nowhere/at/all"), "{other}");
    assert!(foreign.contains("api-paste.ini:9:24: "), "{foreign}");
    assert!(foreign.contains("nowhere.at.all:factory"), "{foreign}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_another_file_knows_where_that_file_is() {
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("other.ini");
    fs::write(&path, "[app:files]\nuse = egg:impasto#static\nroot = %(here)s\n").unwrap();
    let other = path.display();
    let server = serve(&format!("[app:main]\nuse = config:{other}#files\n{ANY_PORT}"), &[]);
    let mut client = Client::connect(&server.url(), Version::Http1).await;
    assert!(client.text("/other.ini").await.starts_with("[app:files]"));
    assert_eq!(client.get("/api-paste.ini").await.status(), 404);
}
