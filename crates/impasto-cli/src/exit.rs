//! How the commands end.

use std::process::ExitCode;

/// What a command comes to, and the code with which its process exits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: all went well.
    Fine = 0,
    /// 1: the end was forced: by INT or QUIT, or because requests took longer than a stop gives them.
    /// Or what was to be done to a running server was not, or the answer to what was asked is no: a test fails,
    /// files differ.
    Cut = 1,
    /// 2: the command line is wrong.
    Usage = 2,
    /// 3: workers cannot start.
    Workers = 3,
    /// 4: the configuration is wrong.
    Configuration = 4,
    /// 5: an address cannot be listened on.
    Listener = 5,
    /// 70: an error that is impasto's own, or a factory's: a panic outside of requests, no threads, no
    /// space for the output. `EX_SOFTWARE` of sysexits.h.
    Internal = 70,
}

impl Exit {
    /// All, by their codes.
    pub const ALL: [Exit; 7] = [
        Exit::Fine,
        Exit::Cut,
        Exit::Usage,
        Exit::Workers,
        Exit::Configuration,
        Exit::Listener,
        Exit::Internal,
    ];

    /// The code, as `--help` and the shell know it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it says, in a line.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Fine => "all went well",
            Exit::Cut => "not so, or not done: a test fails, files differ, requests were cut",
            Exit::Usage => "the command line is wrong",
            Exit::Workers => "workers cannot start",
            Exit::Configuration => "the configuration is wrong",
            Exit::Listener => "an address cannot be listened on",
            Exit::Internal => "internal error",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
