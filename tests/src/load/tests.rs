use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::{Expected, Failure, Load, Mix, Tally};

const NOBODY: Mix = Mix { keep_alive: 0, connecting: 0, http2: 0, streams: 0, slow: 0, echo: 0 };

/// What a client makes of a server that does this with each connection.
fn seen_by(mix: Mix, expected: Expected, serve: impl Fn(TcpStream) + Send + 'static) -> Tally {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().for_each(|stream| serve(stream.unwrap())));
    let load = Load::start(&address, mix, expected);
    load.more(3);
    load.stop()
}

/// Reads a head.
fn head(stream: &mut TcpStream) -> bool {
    let mut came = Vec::new();
    let mut byte = [0];
    while !came.ends_with(b"\r\n\r\n") {
        if !stream.read(&mut byte).is_ok_and(|read| read == 1) {
            return false;
        }
        came.push(byte[0]);
    }
    true
}

fn answers(text: &'static str) -> Tally {
    let one = Mix { keep_alive: 1, ..NOBODY };
    seen_by(one, Expected { least: 7.into(), ..Expected::default() }, move |mut stream| {
        while head(&mut stream) && stream.write_all(text.as_bytes()).is_ok() {
            // What is not whole ends here.
            if !text.contains("length: 10\r\n") || !text.ends_with("revision 7") {
                return;
            }
        }
    })
}

#[test]
fn right_answers_are_no_failures() {
    let right = "HTTP/1.1 200 OK\r\nx-revision: 7\r\ncontent-length: 10\r\n\r\nrevision 7";
    let tally = answers(right);
    assert!(tally.failed() == 0 && tally.requests >= 3 && tally.connections == 1, "{tally}");
}

#[test]
fn every_failure_is_of_its_kind() {
    for (text, failure) in [
        ("", Failure::Closed),
        ("HTTP/1.1 200 OK\r\nx-rev", Failure::Closed),
        ("HTTP/1.1 200 OK\r\nx-revision: 7\r\ncontent-length: 10\r\n\r\nrevis", Failure::Truncated),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nre\r\n", Failure::Truncated),
        ("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n", Failure::Status(503)),
        (
            "HTTP/1.1 200 OK\r\nx-revision: 6\r\ncontent-length: 10\r\n\r\nrevision 6",
            Failure::Stale,
        ),
        ("HTTP/1.1 200 OK\r\nx-revision: 7\r\ncontent-length: 10\r\n\r\nrevision 6", Failure::Body),
        ("nonsense\r\n\r\n", Failure::Other),
    ] {
        let tally = answers(text);
        assert_eq!(tally.count(failure), tally.requests, "{text:?}: {tally}");
    }
}

#[test]
fn resets_and_refusals_are_told_apart() {
    let one = Mix { keep_alive: 1, ..NOBODY };
    let reset = seen_by(one, Expected::default(), |mut stream| {
        // Closing with something unread is a reset.
        let _ = stream.read(&mut [0]);
    });
    assert_eq!(reset.count(Failure::Reset), reset.requests, "{reset}");

    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let load = Load::start(&address, one, Expected::default());
    load.more(3);
    let refused = load.stop();
    assert_eq!(refused.count(Failure::Refused), refused.requests, "{refused}");
}

#[test]
fn a_connection_that_rests_may_end() {
    let one = Mix { keep_alive: 2, ..NOBODY };
    let tally = seen_by(one, Expected::default(), |mut stream| {
        std::thread::spawn(move || {
            head(&mut stream);
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx");
            std::thread::sleep(Duration::from_millis(1));
        });
    });
    assert!(tally.failed() == 0 && tally.connections == tally.requests, "{tally}");
}

#[test]
fn http2_may_have_an_address_of_its_own() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            head(&mut stream);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nx");
        }
    });
    let both = Mix { keep_alive: 1, http2: 1, streams: 1, ..NOBODY };
    let load = Load::with_http2_at(&nobody, &address, both, Expected::default());
    load.more(30);
    let tally = load.stop();
    assert!(tally.failed() > 0 && tally.failed() < tally.requests, "{tally}");
    assert!(tally.described.iter().all(|it| it.starts_with("Stream")), "{tally}");
}
