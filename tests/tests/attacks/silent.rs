use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::good::{Attacked, were_served};

/// How many are silent.
const MANY: usize = 200;

/// How long a client may be silent, wherever that is.
const LIMIT: Duration = Duration::from_secs(3);
const SETTINGS: &str = "handshake_timeout = 3s\nheader_timeout = 3s\nidle_timeout = 3s\n\
    keep_alive = 3s\nbody_timeout = 3s";

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[test]
fn nobody_waits_for_those_who_say_nothing() {
    silent_after(&[("TCP", b""), ("TLS record", b"\x16\x03\x01")], true);
}

#[test]
fn nobody_waits_for_those_who_break_off_in_clear_text() {
    let post = b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc";
    silent_after(
        &[
            ("TCP", b""),
            ("a letter", b"G"),
            ("half a preface", &PREFACE[..10]),
            ("a preface", PREFACE),
            ("a preface and settings", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
            ("half a head", b"GET / HTTP/1.1\r\nhost:"),
            ("half a body", post),
        ],
        false,
    );
}

fn silent_after(beginnings: &[(&str, &[u8])], encrypts: bool) {
    let attacked = Attacked::serve(SETTINGS, encrypts);
    for (what, beginning) in beginnings {
        let start = Instant::now();
        let silent: Vec<TcpStream> = (0..MANY)
            .map(|_| {
                let mut stream = TcpStream::connect(attacked.address()).expect("it listens");
                stream.write_all(beginning).expect("it listens");
                stream.set_read_timeout(Some(LIMIT * 10)).expect("a socket");
                stream
            })
            .collect();
        let load = attacked.load();
        for mut stream in silent {
            // It may be told why.
            let _ = stream.read_to_end(&mut Vec::new());
        }
        let gone = start.elapsed();
        load.more(200);
        were_served(what, &load.stop());
        println!("{what}: the last of {MANY} is gone after {gone:?}");
        assert!(gone >= LIMIT, "{what}: {gone:?}");
        // What ends a connection by its own pace does so in turns of a few seconds.
        assert!(gone <= LIMIT * 4, "{what}: {gone:?}");
    }
}
