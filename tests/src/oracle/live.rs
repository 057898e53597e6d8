//! The oracle as a running process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::{Question, python};

/// A running `oracle.py --serve`; ends when dropped.
pub struct Oracle {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the process, and makes its Python environment first if need be.
    ///
    /// # Panics
    ///
    /// When there is no Python environment and none can be made.
    pub fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/oracle.py");
        let mut process = Command::new(python())
            // PasteDeploy opens files in the encoding of the locale.
            // Nothing is to be written beside the sources.
            .args(["-B", "-X", "utf8"])
            .arg(program)
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python environment has an interpreter");
        Self {
            questions: process.stdin.take().expect("piped"),
            answers: BufReader::new(process.stdout.take().expect("piped")),
            process,
        }
    }

    /// PasteDeploy's answer.
    ///
    /// # Panics
    ///
    /// When the process has ended, which no file should make it do.
    pub fn ask(&mut self, question: &Question) -> Value {
        let mut line = serde_json::to_string(question).expect("paths are UTF-8");
        line.push('\n');
        self.questions.write_all(line.as_bytes()).expect("the oracle reads");
        line.clear();
        self.answers.read_line(&mut line).expect("the oracle writes");
        serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("{question:?}: {error} in {line:?}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may be busy with a file that nobody waits for any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
