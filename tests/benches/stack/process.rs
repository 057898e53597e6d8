//! A server in a process of its own, whose costs can be told from the client's.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::Client;
use crate::servers::Server;

/// Ends when it is dropped: a server lives as long as its standard input is open.
pub(crate) struct Process {
    child: Child,
    port: u16,
}

impl Process {
    pub(crate) fn start(server: Server) -> anyhow::Result<Process> {
        Process::spawn(Command::new(std::env::current_exe()?), server)
    }

    /// Under valgrind, which counts instructions.
    pub(crate) fn start_counted(server: Server) -> anyhow::Result<Process> {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        valgrind.arg(std::env::current_exe()?).stderr(Stdio::piped());
        Process::spawn(valgrind, server)
    }

    fn spawn(mut command: Command, server: Server) -> anyhow::Result<Process> {
        command.arg(server.name()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let program = command.get_program().to_owned();
        let mut child = command
            .spawn()
            .map_err(|error| anyhow::anyhow!("{} does not start: {error}", program.display()))?;
        let mut port = String::new();
        if let Some(output) = &mut child.stdout {
            BufReader::new(output).read_line(&mut port)?;
        }
        let port = port.trim().parse();
        let port = port.map_err(|_| anyhow::anyhow!("the server `{}` failed", server.name()))?;
        Ok(Process { child, port })
    }

    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        Client::connect(self.port)
    }

    /// How long the process has had a processor, all its threads together.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let mut nanos = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let schedule = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            nanos += schedule.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// Ends it; how many instructions valgrind has counted.
    pub(crate) fn instructions(mut self) -> anyhow::Result<u64> {
        drop(self.child.stdin.take());
        let mut text = String::new();
        if let Some(errors) = &mut self.child.stderr {
            errors.read_to_string(&mut text)?;
        }
        let total = text.lines().find_map(|line| line.split_once("Collected :"));
        let (_, total) =
            total.ok_or_else(|| anyhow::anyhow!("valgrind counted nothing:\n{text}"))?;
        Ok(total.trim().parse()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
