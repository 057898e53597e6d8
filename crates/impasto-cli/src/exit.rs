//! How the commands end.

use std::process::ExitCode;

/// What a command comes to, and the code with which its process exits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: all went well.
    Fine = 0,
    /// 1: the end was forced: by INT or QUIT, or because requests took longer than a stop gives them.
    /// Or what was to be done to a running server was not, or a test fails.
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
    /// The code, as `--help` and the shell know it.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
