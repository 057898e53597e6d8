use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempDir};

/// A file of an app that answers at once, on any free port.
pub(crate) const RESPOND: &str = "\
[app:main]
use = egg:impasto#respond
[server:main]
use = egg:impasto#http
listen = 127.0.0.1:0
";

/// A directory with an `api-paste.ini`, in which commands run.
pub(crate) struct Site(TempDir);

impl Site {
    pub(crate) fn new(text: &str) -> Site {
        let site = Site(tempfile::tempdir().expect("a directory"));
        fs::write(site.0.path().join("api-paste.ini"), text).expect("writable");
        site
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impasto"));
        command.args(words).current_dir(self.0.path());
        for name in ["IMPASTO_LOG", "RUST_LOG", "RUST_BACKTRACE", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::of(self.command(words).output().expect("it runs"))
    }

    /// The same, with variables in its environment.
    pub(crate) fn run_with(&self, words: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(words);
        command.envs(variables.iter().copied());
        Ran::of(command.output().expect("it runs"))
    }

    /// Starts `impasto serve`.
    pub(crate) fn serve(&self, words: &[&str]) -> Serving {
        self.serve_with(words, &[])
    }

    /// The same, with variables in its environment.
    pub(crate) fn serve_with(&self, words: &[&str], variables: &[(&str, &OsStr)]) -> Serving {
        let mut command = self.command(&["serve"]);
        command.envs(variables.iter().copied());
        let err = NamedTempFile::new().expect("a file");
        command.args(words).stdout(Stdio::piped()).stderr(err.reopen().expect("writable"));
        let mut child = command.spawn().expect("it runs");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Serving { child, lines, err }
    }
}

/// What a command came to.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The JSON on standard output.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// A server that was started.
pub(crate) struct Serving {
    child: Child,
    lines: BufReader<ChildStdout>,
    err: NamedTempFile,
}

impl Serving {
    /// The next line it prints: `main on http://127.0.0.1:4711`, as the name and the address.
    pub(crate) fn line(&mut self) -> (String, String) {
        let line = self.raw_line();
        let (name, address) = line.trim_end().split_once(" on http://").expect(&line);
        (name.to_owned(), address.to_owned())
    }

    /// The next line, as it is.
    pub(crate) fn raw_line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("readable");
        line
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    }

    /// What it has said on standard error so far.
    pub(crate) fn err(&self) -> String {
        fs::read_to_string(self.err.path()).expect("UTF-8")
    }

    /// Waits until standard error has this text.
    pub(crate) fn told(&self, text: &str) {
        let start = Instant::now();
        while !self.err().contains(text) {
            assert!(start.elapsed() < Duration::from_secs(30), "no `{text}`: {}", self.err());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ran {
        let mut out = String::new();
        self.lines.read_to_string(&mut out).expect("UTF-8");
        let code = self.child.wait().expect("it ends").code();
        Ran { code, out, err: self.err() }
    }
}

/// None outlives its test, however that ends; its workers notice.
impl Drop for Serving {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The whole answer to a GET.
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("open");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// The processes that `pid` has started.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let children = fs::read_to_string(path).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}
