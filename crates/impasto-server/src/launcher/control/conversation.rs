//! One client of a master.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use super::words::{Reply, Request};

/// The longest request, in bytes.
const LONGEST: usize = 64 * 1024;

/// A connection that never waits.
#[derive(Debug)]
pub(super) struct Conversation {
    stream: UnixStream,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The request has come so far.
    Asking(Vec<u8>),
    /// The request is known.
    Asked,
    /// This much of the reply has been sent.
    Answering(Vec<u8>, usize),
}

/// How far a conversation has come.
#[derive(Debug, PartialEq)]
pub(super) enum Come {
    /// Nothing is to be done before the other side does something.
    Waits,
    /// It wants this.
    Wants(Request),
    /// It said something that is no request.
    Puzzles(String),
    /// It is over.
    Ends,
}

impl Conversation {
    pub(super) fn new(stream: UnixStream) -> io::Result<Conversation> {
        stream.set_nonblocking(true)?;
        Ok(Conversation { stream, stage: Stage::Asking(Vec::new()) })
    }

    pub(super) fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// Whether the other side has only so long for what it has to do.
    pub(super) fn is_timed(&self) -> bool {
        !matches!(self.stage, Stage::Asked)
    }

    /// Goes on, after the other side did something.
    pub(super) fn go_on(&mut self) -> Come {
        match &mut self.stage {
            Stage::Asking(line) => match read_line(&mut self.stream, line) {
                Ok(None) => Come::Waits,
                Ok(Some(end)) => {
                    let request = serde_json::from_slice(&line[..end]);
                    self.stage = Stage::Asked;
                    request.map_or_else(|error| Come::Puzzles(error.to_string()), Come::Wants)
                }
                Err(_) => Come::Ends,
            },
            // It said more than it should, or it has gone.
            Stage::Asked => Come::Ends,
            Stage::Answering(line, sent) => match self.stream.write(&line[*sent..]) {
                Ok(more) => {
                    *sent += more;
                    if *sent < line.len() { Come::Waits } else { Come::Ends }
                }
                Err(error) if waits(&error) => Come::Waits,
                Err(_) => Come::Ends,
            },
        }
    }

    /// Begins to answer. There is more to do when what this returns is [`Come::Waits`].
    pub(super) fn answer(&mut self, reply: &Reply) -> Come {
        let Ok(mut line) = serde_json::to_vec(reply) else { return Come::Ends };
        line.push(b'\n');
        self.stage = Stage::Answering(line, 0);
        self.go_on()
    }
}

fn waits(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Reads on, and says where the line ends if it does.
fn read_line(stream: &mut UnixStream, line: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut bytes = [0; 4096];
    loop {
        let some = match stream.read(&mut bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(some) => &bytes[..some],
            Err(error) if waits(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let end = some.iter().position(|byte| *byte == b'\n').map(|end| line.len() + end);
        line.extend_from_slice(some);
        match end {
            Some(end) => return Ok(Some(end)),
            None if line.len() > LONGEST => return Err(io::ErrorKind::InvalidData.into()),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation() -> (UnixStream, Conversation) {
        let (client, ours) = UnixStream::pair().unwrap();
        (client, Conversation::new(ours).unwrap())
    }

    #[test]
    fn a_request_may_come_in_pieces() {
        let (mut client, mut ours) = conversation();
        assert_eq!(ours.go_on(), Come::Waits);
        client.write_all(br#"{"stop":{"#).unwrap();
        assert_eq!(ours.go_on(), Come::Waits);
        client.write_all(b"\"now\":true}}\n").unwrap();
        assert!(ours.is_timed());
        assert_eq!(ours.go_on(), Come::Wants(Request::Stop { now: true }));
        assert!(!ours.is_timed());
        assert_eq!(ours.answer(&Reply::Stopping), Come::Ends);
        drop(ours);
        let mut reply = String::new();
        client.read_to_string(&mut reply).unwrap();
        assert_eq!(reply, "\"stopping\"\n");
    }

    #[test]
    fn what_is_no_request_ends_it() {
        let (mut client, mut ours) = conversation();
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        assert!(matches!(ours.go_on(), Come::Puzzles(_)));

        let (mut client, mut ours) = conversation();
        client.write_all(&vec![b' '; LONGEST]).unwrap();
        assert_eq!(ours.go_on(), Come::Waits);
        client.write_all(b" ").unwrap();
        assert_eq!(ours.go_on(), Come::Ends);

        let (client, mut ours) = conversation();
        drop(client);
        assert_eq!(ours.go_on(), Come::Ends);
    }

    #[test]
    fn a_long_answer_to_a_slow_reader_goes_out_in_pieces() {
        let (mut client, mut ours) = conversation();
        let text = "x".repeat(4 << 20);
        assert_eq!(ours.answer(&Reply::Refused(text.clone())), Come::Waits);
        assert!(ours.is_timed());
        let reading = std::thread::spawn(move || {
            let mut reply = String::new();
            client.read_to_string(&mut reply).map(|_| reply)
        });
        while ours.go_on() == Come::Waits {
            std::thread::yield_now();
        }
        drop(ours);
        let reply: Reply = serde_json::from_str(&reading.join().unwrap().unwrap()).unwrap();
        assert_eq!(reply, Reply::Refused(text));
    }
}
