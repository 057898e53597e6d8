use http::header::{COOKIE, HOST, HeaderValue};
use http::{Method, StatusCode};
use impasto::Loader;

use crate::client::{BOTH, Client, request};
use crate::serve;

/// Two apps, each of which answers with its name.
const APPS: &str = "[app:one]\nuse = egg:impasto#respond\nbody = one\n\
                    [app:two]\nuse = egg:impasto#respond\nbody = two\n";

/// What is wrong with a composite of these options.
fn wrong(options: &str) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, format!("[composite:main]\n{options}\n{APPS}")).expect("a file");
    let problems = Loader::open(&path).expect("a file that can be read").app("main").unwrap_err();
    let text = problems.to_string();
    text.split(directory.path().to_str().expect("UTF-8")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_has_its_app() {
    let file = "[composite:main]\nuse = egg:impasto#host\nlocalhost = one\n\
                *.localhost = two\n";
    let server = serve(&format!("{file}{APPS}"));
    for version in BOTH {
        // The client names `localhost`.
        let mut client = Client::connect(&server.url(), version).await;
        assert_eq!(client.text("/x").await, "one");
    }
    for (host, status, body) in
        [("A.LocalHost.:80", 200, "two"), ("elsewhere", 421, ""), ("localhost", 200, "one")]
    {
        let answer = raw(&server.url(), host).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {answer}");
        assert!(answer.ends_with(body), "{host}: {answer}");
    }
}

/// The answer to a request that names `host`, as it comes.
async fn raw(url: &str, host: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = url.strip_prefix("http://").expect("an address");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let sent = format!("GET / HTTP/1.1\r\n{HOST}: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(sent.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_match_takes_a_request() {
    let file = "[composite:main]\nuse = egg:impasto#match\n\
                method PUT,POST path /a/* header X-Version 2 = one\nquery to two = two\n";
    let server = serve(&format!("{file}{APPS}"));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let mut put = request(Method::PUT, "/%61/b", "body");
        put.headers_mut().insert("x-version", HeaderValue::from_static("2"));
        assert_eq!(client.send(put).await.unwrap().body(), "one");
        assert_eq!(client.text("/a/b?x&to=t%77o").await, "two");
        assert_eq!(client.get("/a/b").await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_requests_goes_elsewhere() {
    let file = "[composite:main]\nuse = egg:impasto#split\napps = one two\nweights = 3 1\n\
                cookie = to\n";
    let server = serve(&format!("{file}{APPS}"));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let mut counts = [0, 0];
        for _ in 0..8 {
            let first = client.get("/").await;
            let cookie = first.headers()["set-cookie"].to_str().unwrap();
            let mut again = request(Method::GET, "/", "");
            let pair = cookie.split(';').next().unwrap();
            again.headers_mut().insert(COOKIE, pair.parse().unwrap());
            let second = client.send(again).await.unwrap();
            assert_eq!(second.body(), first.body());
            assert!(!second.headers().contains_key("set-cookie"));
            counts[usize::from(first.body() == "two")] += 1;
        }
        assert_eq!(counts, [6, 2]);
    }
}

#[test]
fn wrong_options_are_told_at_their_place() {
    for (options, message, place) in [
        (
            "use = egg:impasto#host\n*.a.org = one\na b = two",
            "`a b` is neither a setting nor a host",
            "api-paste.ini:4:",
        ),
        (
            "use = egg:impasto#match\npath /a = one\nheader X = two",
            "`header X`: `header` has nothing behind it",
            "api-paste.ini:4:",
        ),
        (
            "use = egg:impasto#split\napps = one two\nweights = 1",
            "`weights` must be 2 numbers, one for each of `apps`",
            "api-paste.ini:4:",
        ),
        (
            "use = egg:impasto#split\napps = one tow",
            "there is no app `tow` in",
            "api-paste.ini:3:12",
        ),
    ] {
        let told = wrong(options);
        assert!(told.contains(message) && told.contains(place), "{told}");
    }
}
