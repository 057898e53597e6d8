//! An editor that talks to `impasto lsp`: it opens files, types, and asks.

pub mod script;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// So long an answer is waited for, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor with its server.
pub struct Editor {
    server: Child,
    input: ChildStdin,
    messages: Receiver<(Instant, Value)>,
    /// When the last message was there.
    arrived: Instant,
    /// How long the last answer took.
    took: Duration,
    directory: PathBuf,
    texts: HashMap<String, String>,
    version: i64,
    last_id: i64,
    /// The last that was told of each file, by its name.
    problems: HashMap<String, Value>,
    /// Everything else that the server said of itself.
    notices: Vec<Value>,
}

impl Editor {
    /// Starts `program lsp` and says hello. Files are named relative to `directory`.
    pub fn start(program: &Path, directory: &Path) -> Editor {
        let mut editor = Editor::silent(program, directory);
        let utf16 = json!({ "processId": null, "rootUri": null, "capabilities": {} });
        editor.request("initialize", utf16).expect("the server says hello");
        editor.notify("initialized", json!({}));
        editor
    }

    /// The same without a word.
    pub fn silent(program: &Path, directory: &Path) -> Editor {
        let mut server = Command::new(program)
            .arg("lsp")
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let input = server.stdin.take().expect("a pipe");
        let mut output = BufReader::new(server.stdout.take().expect("a pipe"));
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Editor {
            server,
            input,
            messages,
            arrived: Instant::now(),
            took: Duration::ZERO,
            directory: directory.canonicalize().expect("a directory"),
            texts: HashMap::new(),
            version: 0,
            last_id: 0,
            problems: HashMap::new(),
            notices: Vec::new(),
        }
    }

    /// Bytes, whatever they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    /// A message.
    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Tells something.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    ///
    /// The error with which the server answers.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.last_id += 1;
        let id = self.last_id;
        let begin = Instant::now();
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let mut answer = self.wait(|message| message["id"] == id && message["method"].is_null());
        self.took = self.arrived.duration_since(begin);
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["result"].take()),
        }
    }

    /// How long it took until the last answer was there; to understand it is the editor's own affair.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// The next message of a kind; those before it are noted.
    pub fn wait(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begin.elapsed());
            let message = self.messages.recv_timeout(left);
            let (arrived, message) = message.expect("the server answers in time, and lives");
            self.arrived = arrived;
            if message["method"] == "textDocument/publishDiagnostics" {
                let name = self.name(&message["params"]["uri"]);
                self.problems.insert(name, message["params"].clone());
            } else if !message["method"].is_null() {
                self.notices.push(message.clone());
            }
            if is_meant(&message) {
                return message;
            }
        }
    }

    /// Opens a file of the directory, or one that is not there yet.
    pub fn open(&mut self, name: &str) {
        let text = std::fs::read_to_string(self.directory.join(name)).unwrap_or_default();
        self.open_with(name, &text);
    }

    /// Opens a file with a text that may not be its own.
    pub fn open_with(&mut self, name: &str, text: &str) {
        self.version += 1;
        self.texts.insert(name.to_owned(), text.to_owned());
        let document = json!({
            "uri": self.uri(name), "languageId": "ini", "version": self.version, "text": text,
        });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Puts a text in the place of some bytes, and tells the server of just that.
    pub fn replace(&mut self, name: &str, range: std::ops::Range<usize>, with: &str) {
        self.version += 1;
        let span = json!({
            "start": self.position(name, range.start), "end": self.position(name, range.end),
        });
        let text = self.texts.get_mut(name).expect("an open file");
        text.replace_range(range, with);
        let params = json!({
            "textDocument": { "uri": self.uri(name), "version": self.version },
            "contentChanges": [{ "range": span, "text": with }],
        });
        self.notify("textDocument/didChange", params);
    }

    /// What is wrong with the text as it is now.
    pub fn problems(&mut self, name: &str) -> Vec<Value> {
        let version = self.version;
        let is_new = |params: &Value| params["version"] == version;
        if !self.problems.get(name).is_some_and(is_new) {
            let uri = self.uri(name);
            self.wait(|message| {
                message["params"]["uri"] == uri.as_str() && is_new(&message["params"])
            });
        }
        self.problems[name]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Asks about a byte of a file.
    ///
    /// # Errors
    ///
    /// The error with which the server answers.
    pub fn ask(&mut self, method: &str, name: &str, at: usize) -> Result<Value, Value> {
        let params = json!({
            "textDocument": { "uri": self.uri(name) },
            "position": self.position(name, at),
            "context": { "includeDeclaration": true, "triggerKind": 1 },
        });
        self.request(method, params)
    }

    /// The text of an open file.
    pub fn text(&self, name: &str) -> &str {
        &self.texts[name]
    }

    /// The URI of a file.
    pub fn uri(&self, name: &str) -> String {
        format!("file://{}/{name}", self.directory.display())
    }

    /// The name of the file that a URI means.
    pub fn name(&self, uri: &Value) -> String {
        let uri = uri.as_str().unwrap_or_default();
        uri.strip_prefix(&self.uri("")).unwrap_or(uri).to_owned()
    }

    /// A byte as the protocol counts.
    pub fn position(&self, name: &str, at: usize) -> Value {
        let before = &self.texts[name][..at];
        let line = before.rsplit('\n').next().unwrap_or_default();
        json!({ "line": before.matches('\n').count(), "character": line.encode_utf16().count() })
    }

    /// The byte of a position.
    pub fn offset(&self, name: &str, position: &Value) -> usize {
        let text = &self.texts[name];
        let number = |key: &str| position[key].as_u64().unwrap_or_default() as usize;
        let start: usize = text.split_inclusive('\n').take(number("line")).map(str::len).sum();
        let mut left = number("character");
        for (at, c) in text[start..].char_indices() {
            if left == 0 || c == '\n' {
                return start + at;
            }
            left = left.saturating_sub(c.len_utf16());
        }
        text.len()
    }

    /// Says goodbye as editors do; gives the exit code.
    pub fn quit(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null).expect("an answer");
        self.notify("exit", Value::Null);
        self.end()
    }

    /// How the server ends once nobody says anything any more.
    pub fn end(mut self) -> Option<i32> {
        drop(self.input);
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Some(status) = self.server.try_wait().expect("a process") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.server.kill().expect("a process");
        panic!("the server did not end");
    }
}

/// The next message of a server, and when it was there.
fn read(output: &mut impl BufRead) -> Option<(Instant, Value)> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut content = vec![0; length];
    output.read_exact(&mut content).ok()?;
    Some((Instant::now(), serde_json::from_slice(&content).ok()?))
}
