use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use impasto_tests::load::{Expected, Load, Mix};
use impasto_tests::processes::Process;
use impasto_tests::server::Server;

/// Far longer than anything takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How often something is done: in every run, and in a long one.
pub(crate) fn times(short: usize, long: usize) -> usize {
    if is_long() { long } else { short }
}

pub(crate) fn is_long() -> bool {
    std::env::var_os("IMPASTO_LONG").is_some_and(|long| !long.is_empty() && long != "0")
}

/// As many clients as this run is for.
pub(crate) fn mix() -> Mix {
    if is_long() { Mix::MANY } else { Mix::SOME }
}

/// The lines of an answer that comes slowly, and the pause between them.
const LINES: u64 = 8;

/// A file whose filters and bodies are of this revision. `server` is what else the section of the
/// server has.
pub(crate) fn file(revision: u64, server: &str) -> String {
    let filters = ["request_id", "secure_headers", "timeout request_id"][revision as usize % 3];
    format!(
        "[pipeline:main]\npipeline = revision {filters} apps\n\
         [filter:revision]\nuse = egg:impasto-tests#revision\nnumber = {revision}\n\
         [filter:request_id]\nuse = egg:impasto#request_id\n\
         [filter:secure_headers]\nuse = egg:impasto#secure_headers\n\
         [filter:timeout]\nuse = egg:impasto#timeout\ntimeout = 60s\n\
         [composite:apps]\nuse = egg:impasto#urlmap\n\
         / = text\n/echo = echo\n/slow = slow\n/fault = fault\n\
         [app:text]\nuse = egg:impasto#respond\nbody = revision {revision}\n\
         [app:echo]\nuse = egg:impasto-tests#echo\n\
         [app:slow]\nuse = egg:impasto-tests#slow\nlines = {LINES}\nevery = 100ms\n\
         [app:fault]\nuse = egg:impasto-tests#fault\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\nthreads = 2\n{server}\n"
    )
}

/// A master with its workers.
pub(crate) struct Launched {
    server: Server,
    /// How many reloads have been waited for.
    reloads: usize,
}

/// How reloads are seen to have ended, in the log.
const GOOD: &str = ": reloaded";
const BAD: &str = "not reloaded:";

impl Launched {
    /// `impasto serve`, once it serves.
    pub(crate) fn serve(text: &str) -> Launched {
        let launched = Launched::start(text, &[]);
        launched.address();
        launched
    }

    /// `impasto serve`, whatever becomes of it.
    pub(crate) fn start(text: &str, words: &[&str]) -> Launched {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impasto-tests"));
        command.args(["serve", "api-paste.ini"]).args(words);
        Launched::of(command, text)
    }

    /// Any command that does that.
    pub(crate) fn of(mut command: Command, text: &str) -> Launched {
        // Not what a terminal has in front, if there is one: `HUP` would mean that it is gone.
        command.process_group(0);
        Launched { server: Server::of(command, text), reloads: 0 }
    }

    /// `HOST:PORT`
    pub(crate) fn address(&self) -> String {
        self.server.authority()
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    pub(crate) fn into_server(self) -> Server {
        self.server
    }

    pub(crate) fn master(&self) -> Process {
        self.server.process()
    }

    pub(crate) fn workers(&self) -> Vec<Process> {
        self.master().workers()
    }

    /// The workers, once there are so many and no others.
    pub(crate) fn settled(&self, count: usize) -> Vec<Process> {
        let start = Instant::now();
        loop {
            let workers = self.workers();
            if workers.len() == count && self.master().children().len() == count {
                return workers;
            }
            let waited = start.elapsed() < PATIENCE;
            if !waited {
                let (count_now, status) = (workers.len(), self.status());
                panic!("{count_now} workers, not {count}: {status:#}\n{}", self.server.err());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What `impasto status --json` says of the master that serves the file.
    pub(crate) fn status(&self) -> serde_json::Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impasto-tests"));
        command.args(["status", "--json"]).current_dir(self.server.directory());
        let output = command.output().expect("it can be started");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}{output:?}"))
    }

    /// Begins a load, which is to see this revision or a later one.
    pub(crate) fn load(&self, mix: Mix, revision: u64) -> Load {
        let expected = Expected { least: revision.into(), lines: LINES.into() };
        Load::start(&self.address(), mix, expected)
    }

    /// Has it read another text; what it has said about that in the end.
    pub(crate) fn try_to_reload(&mut self, text: &str) -> String {
        self.server.rewrite(text);
        self.hang_up()
    }

    /// Has it read its file again; what it has said about that in the end.
    pub(crate) fn hang_up(&mut self) -> String {
        let before = self.server.err().len();
        self.server.signal("HUP");
        self.reloads += 1;
        wait("the end of a reload", || self.ended() >= self.reloads);
        let said = || self.server.err().split_off(before);
        // What is wrong follows the line of the log.
        wait("a reason", || {
            said()
                .split_once(BAD)
                .is_none_or(|(_, why)| why.contains('\n') && !why.ends_with("is served on\n"))
        });
        said()
    }

    /// How many reloads have ended, in one way or the other.
    pub(crate) fn ended(&self) -> usize {
        let err = self.server.err();
        err.matches(GOOD).count() + err.matches(BAD).count()
    }

    /// Has it serve another text.
    pub(crate) fn reload(&mut self, text: &str) {
        let said = self.try_to_reload(text);
        assert!(said.contains(GOOD), "{said}");
    }

    /// As [`reload`](Launched::reload), for a load that then is to see this revision.
    pub(crate) fn swap(&mut self, load: &Load, revision: u64, server: &str) {
        self.reload(&file(revision, server));
        load.expected().least.store(revision, Ordering::SeqCst);
    }

    /// Has it refuse another text; what it has said about it.
    pub(crate) fn refuse(&mut self, text: &str) -> String {
        let said = self.try_to_reload(text);
        assert!(!said.contains(GOOD), "this was to be refused:\n{text}\n{said}");
        said
    }
}

/// `HOST:PORT`, where nobody listens.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has one").to_string()
}

/// A connection over which this path was asked for, as the only request.
pub(crate) fn ask(address: &str, path: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}

/// The rest of what comes over a connection.
pub(crate) fn answer(mut stream: TcpStream) -> io::Result<String> {
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The answer to a request for this path.
pub(crate) fn get(address: &str, path: &str) -> io::Result<String> {
    ask(address, path).and_then(answer)
}

/// Waits until something is so.
pub(crate) fn wait(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}: not in time");
        std::thread::sleep(Duration::from_millis(5));
    }
    start.elapsed()
}
