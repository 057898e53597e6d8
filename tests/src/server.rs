//! `impasto serve` as a process.

mod printed;

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::processes::Process;
use printed::Printed;

/// How long anything may take before a test gives up on it. Far more than it does take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server section for a free port, for the files of tests.
pub const ANY_PORT: &str = "\n[server:main]\nuse = egg:impasto#http\nport = 0\n";

/// The top of the repository.
const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The path of the `api-paste.ini` at the top of the repository, whose sections files of tests may use.
pub fn shipped_path() -> String {
    format!("{TOP}/api-paste.ini")
}

/// The text of that file, but for a free port, and for the directory of the static files.
pub fn shipped() -> String {
    let mut text = fs::read_to_string(shipped_path()).expect("readable");
    let files = format!("static_files = {TOP}");
    for (theirs, ours) in [("port = 8080", "port = 0"), ("static_files = %(here)s", &files)] {
        assert_eq!(text.matches(theirs).count(), 1, "`{theirs}` is expected in the file");
        text = text.replace(theirs, ours);
    }
    text
}

/// What a server at `HOST:PORT` answers over a new connection, as it comes.
///
/// # Errors
///
/// When there is no answer within five seconds.
pub fn get(address: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let head = format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A server, with a directory of its own for the file that it serves. It is killed when this is dropped.
pub struct Server {
    child: Child,
    out: Printed,
    err: Printed,
    directory: TempDir,
}

/// What a server came to.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// All of its standard output.
    pub out: String,
    /// All of its standard error: problems and the log.
    pub err: String,
}

impl Server {
    /// Starts `PROGRAM serve api-paste.ini WORDS...` with a file of this text, and does not wait for
    /// anything. `PROGRAM` is `env!("CARGO_BIN_EXE_impasto-tests")`, which only tests know.
    ///
    /// # Panics
    ///
    /// When it cannot be started; as everything here does when what a test needs is not there.
    pub fn start(program: &str, text: &str, words: &[&str]) -> Server {
        let mut command = Command::new(program);
        command.args(["serve", "api-paste.ini"]).args(words);
        Server::of(command, text)
    }

    /// Starts a command that serves `api-paste.ini` in its directory, and has all of its output piped
    /// that the command does not have elsewhere.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn of(mut command: Command, text: &str) -> Server {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("api-paste.ini"), text).expect("writable");
        command.current_dir(directory.path());
        for name in ["IMPASTO_LOG", "RUST_LOG", "RUST_BACKTRACE", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the server can be started");
        let out = Printed::by(child.stdout.take().expect("piped"));
        let err = Printed::by(child.stderr.take().expect("piped"));
        Server { child, out, err, directory }
    }

    /// The first `count` lines of `NAME on ADDRESS`, as names and addresses.
    pub fn addresses(&self, count: usize) -> Vec<(String, String)> {
        let lines = self.out.wait(PATIENCE, |out| {
            let whole = &out[..=out.rfind('\n')?];
            let lines: Vec<_> = whole.lines().map_while(|line| line.split_once(" on ")).collect();
            let owned = |(name, address): &(&str, &str)| (String::from(*name), (*address).into());
            (lines.len() >= count).then(|| lines[..count].iter().map(owned).collect())
        });
        lines.unwrap_or_else(|| panic!("it does not serve: {}", self.err.so_far()))
    }

    /// `http://HOST:PORT`, of the first address that it prints.
    pub fn url(&self) -> String {
        self.addresses(1).remove(0).1
    }

    /// `HOST:PORT`, of the first address that it prints.
    pub fn authority(&self) -> String {
        let url = self.url();
        url.strip_prefix("http://").expect("an address of the net").to_owned()
    }

    /// The file of this name, in the directory of the server.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    /// The directory of the file that is served.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Waits for a line on standard output, where the access log goes, with all of these words.
    pub fn logged(&self, words: &[&str]) -> String {
        let line = self.out.wait(PATIENCE, |out| {
            let whole = &out[..=out.rfind('\n')?];
            let mut lines = whole.lines();
            lines.find(|line| words.iter().all(|word| line.contains(word))).map(str::to_owned)
        });
        line.unwrap_or_else(|| panic!("no line with {words:?} in {}", self.out.so_far()))
    }

    /// Replaces the text of the file that it serves, all at once.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn rewrite(&self, text: &str) {
        fs::write(self.path("new"), text).expect("writable");
        fs::rename(self.path("new"), self.path("api-paste.ini")).expect("writable");
    }

    /// Waits until standard error, where the log goes, has so many times this text; all of it.
    pub fn told(&self, text: &str, times: usize) -> String {
        let found = self
            .err
            .wait(PATIENCE, |err| (err.matches(text).count() >= times).then(|| err.to_owned()));
        found.unwrap_or_else(|| panic!("not {times} times `{text}`: {}", self.err.so_far()))
    }

    /// Its standard error, as far as it has come.
    pub fn err(&self) -> String {
        self.err.so_far()
    }

    /// Its process: the master, where there are workers.
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Sends it `TERM`, `INT`, ...
    pub fn signal(&self, name: &str) {
        self.process().signal(name);
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "it goes on: {}", self.err.so_far());
            std::thread::sleep(Duration::from_millis(5));
        };
        Ended { code: status.code(), out: self.out.all(), err: self.err.all() }
    }

    /// Sends it `TERM`, and waits for its end.
    pub fn stop(self) -> Ended {
        self.signal("TERM");
        self.end()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A master that does not run any more starts no worker that this would miss. All of this
        // fails where it has ended by itself, as it should.
        if let Ok(None) = self.child.try_wait() {
            self.signal("STOP");
            self.process().children().into_iter().for_each(|worker| worker.signal("KILL"));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The lines of the log at this level, `ERROR` or `WARN`.
    pub fn log(&self, level: &str) -> Vec<&str> {
        self.err.lines().filter(|line| line.contains(&format!(" {level} "))).collect()
    }
}
