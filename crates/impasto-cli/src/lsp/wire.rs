//! Messages as bytes.
//!
//! lsp-server's own reader ends at the first message that is not as it should be, and an editor would lose the
//! server over it; so the frames are read here, and only what is in them is lsp-server's.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{self, Sender};
use std::thread;

use lsp_server::{ErrorCode, Message, RequestId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Event;

/// A message, or what came in the place of one.
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// A frame whose content is none, and what is wrong with it.
    Malformed(String),
}

/// No editor has a message of more bytes: a file may have 64 MiB, and more when it is escaped.
const LARGEST: usize = 512 << 20;

/// Reads messages in a thread of its own.
pub(super) fn read(input: impl Read + Send + 'static, events: Sender<Event>) -> io::Result<()> {
    let thread = thread::Builder::new().name("lsp-reader".to_owned());
    thread.spawn(move || {
        let mut input = BufReader::new(input);
        // Where a frame cannot be told from the next one, nothing can be read any more.
        while let Ok(Some(text)) = frame(&mut input) {
            let incoming = message(&text);
            if events.send(Event::Incoming(incoming)).is_err() {
                return;
            }
        }
        // Nobody listens when the server has ended already.
        let _ = events.send(Event::Gone);
    })?;
    Ok(())
}

/// What a frame holds.
fn message(text: &[u8]) -> Incoming {
    /// Told apart from nothing, whatever it is.
    #[derive(Deserialize)]
    struct Id {
        #[serde(default, rename = "id")]
        given: Option<IgnoredAny>,
    }
    match serde_json::from_slice(text) {
        // lsp-server takes a request whose id it does not understand for a notification.
        Ok(Message::Notification(_))
            if serde_json::from_slice::<Id>(text).is_ok_and(|id| id.given.is_some()) =>
        {
            Incoming::Malformed("the id is neither a number nor a text".to_owned())
        }
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Malformed(error.to_string()),
    }
}

/// The content of the next frame; `None` at the end.
fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(4096).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            match length {
                Some(length) => break content(input, length).map(Some),
                // A blank line too many.
                None => continue,
            }
        }
        let text = String::from_utf8_lossy(line);
        if let Some((name, value)) = text.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            let value = value.trim().parse::<usize>().ok().filter(|length| *length <= LARGEST);
            length = Some(value.ok_or(io::ErrorKind::InvalidData)?);
        }
    }
}

fn content(input: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    input.take(length as u64).read_to_end(&mut content)?;
    match content.len() == length {
        true => Ok(content),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Where messages go: a thread writes them, so that an editor that is slow to read delays nothing.
pub(super) struct Output {
    queue: Option<Sender<Vec<u8>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Output {
    pub(super) fn new(mut output: File) -> Output {
        let (queue, messages) = mpsc::channel::<Vec<u8>>();
        let write = move || {
            for message in messages {
                let head = format!("Content-Length: {}\r\n\r\n", message.len());
                let written = output.write_all(head.as_bytes());
                // Who does not read any more does not send any more either.
                if written.and_then(|()| output.write_all(&message)).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("lsp-writer".to_owned()).spawn(write).ok();
        Output { queue: Some(queue), thread }
    }

    /// Answers a request with a value that is JSON already.
    pub(super) fn answer(&self, id: &RequestId, result: &[u8]) {
        let Ok(id) = serde_json::to_vec(id) else { return };
        self.push([br#"{"jsonrpc":"2.0","id":"#, &*id, br#","result":"#, result, b"}"].concat());
    }

    /// Says why a request, of which the id may not be known, is not answered.
    pub(super) fn refuse(&self, id: Option<&RequestId>, code: ErrorCode, message: &str) {
        let error = json!({ "code": code as i32, "message": message });
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "error": error }));
    }

    /// Tells something.
    pub(super) fn notify(&self, method: &str, params: impl Serialize) {
        #[derive(Serialize)]
        struct Notification<'a, P> {
            jsonrpc: &'static str,
            method: &'a str,
            params: P,
        }
        self.send(&Notification { jsonrpc: "2.0", method, params });
    }

    /// Asks for something; the answer says nothing that is needed.
    pub(super) fn ask(&self, id: &str, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
    }

    fn send(&self, message: &impl Serialize) {
        // What is sent has strings for keys, which is all that could be wrong with it.
        if let Ok(message) = serde_json::to_vec(message) {
            self.push(message);
        }
    }

    fn push(&self, message: Vec<u8>) {
        let Some(queue) = &self.queue else { return };
        // The writer has ended when nobody reads; the reader will notice the same.
        let _ = queue.send(message);
    }
}

impl Drop for Output {
    /// What was said last is still written.
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_however_they_are_written() {
        let bytes: &[u8] = b"Content-Length: 2\r\n\r\n{}content-length:3\nX: y\n\n[1]\r\nContent-Length: 9\r\n\r\n[";
        let mut input = BufReader::new(bytes);
        assert_eq!(frame(&mut input).unwrap(), Some(b"{}".to_vec()));
        assert_eq!(frame(&mut input).unwrap(), Some(b"[1]".to_vec()));
        assert!(frame(&mut input).is_err());
        assert_eq!(frame(&mut input).unwrap(), None);
        let mut endless = BufReader::new(&b"Content-Length: 99999999999999999999\r\n\r\n"[..]);
        assert!(frame(&mut endless).is_err());
    }
}
