use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

/// An answer as curl got it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// curl's own exit code; 0 when all went well for it.
    pub(crate) exit: i32,
    /// Bytes of the request's body that were sent.
    pub(crate) uploaded: u64,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The header, its values in one line if there are several.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let same = self.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let values: Vec<&str> = same.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn read(output: Output) -> Answer {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let uploaded = errors.lines().find_map(|line| line.strip_prefix(UPLOADED)?.parse().ok());
        let mut rest = &output.stdout[..];
        let mut answer = Answer {
            exit: output.status.code().expect("curl ends by itself"),
            uploaded: uploaded.unwrap_or_else(|| panic!("curl says: {errors}")),
            status: 0,
            headers: Vec::new(),
            body: Vec::new(),
        };
        // A `100 Continue` has a head of its own.
        while answer.status < 200 {
            let Some(end) = rest.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
                return answer;
            };
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let mut lines = head.lines();
            let status = lines.next().and_then(|line| line.split(' ').nth(1));
            answer.status = status.and_then(|status| status.parse().ok()).expect("a status");
            let pairs = lines.filter_map(|line| line.split_once(": "));
            answer.headers = pairs.map(|(name, value)| (name.into(), value.into())).collect();
            rest = &rest[end + 4..];
        }
        answer.body = rest.to_vec();
        answer
    }
}

const UPLOADED: &str = "uploaded ";

const NEEDED: &str = "curl is needed (Debian: curl)";

fn command(words: &[&str]) -> Command {
    let mut command = Command::new("curl");
    // Without a `.curlrc` and a proxy of whoever runs this.
    command.args(["--disable", "--noproxy", "*", "--silent", "--show-error", "--include"]);
    command.args(["--write-out", &format!("%{{stderr}}\n{UPLOADED}%{{size_upload}}\n")]);
    // A later word of the same kind wins.
    command.args(["--max-time", "30"]).args(words).stdin(Stdio::null());
    command
}

/// Runs curl to its end.
pub(crate) fn curl(words: &[&str]) -> Answer {
    Answer::read(command(words).output().expect(NEEDED))
}

/// A curl that waits for its answer.
pub(crate) struct Waiting {
    child: Child,
    /// Kept open: curl says more.
    says: BufReader<ChildStderr>,
}

/// Starts curl, and returns when it has sent its request.
pub(crate) fn begin(words: &[&str]) -> Waiting {
    let mut command = command(words);
    command.arg("--verbose").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect(NEEDED);
    let mut says = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while line.trim_end() != ">" {
        line.clear();
        assert_ne!(says.read_line(&mut line).expect("readable"), 0, "curl could not send");
    }
    Waiting { child, says }
}

impl Waiting {
    pub(crate) fn end(mut self) -> Answer {
        let mut errors = Vec::new();
        self.says.read_to_end(&mut errors).expect("readable");
        let output = self.child.wait_with_output().expect("a child of ours");
        Answer::read(Output { stderr: errors, ..output })
    }
}
