//! Standard error that keeps nobody waiting.

use std::io::{self, Write};

use rustix::io::Errno;
use rustix::net::{SendFlags, send};

/// Standard error of a service: for its log, and for what it complains of.
///
/// Under systemd that is a socket to the journal. What such a socket cannot take at once is lost, since a
/// journal that does not read must hold up neither requests nor a reload. Others may have the same
/// socket and want to wait, so it is left as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match send(rustix::stdio::stderr(), bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(sent) => Ok(sent),
            Err(Errno::AGAIN) => Ok(bytes.len()),
            Err(Errno::NOTSOCK) => io::stderr().write(bytes),
            Err(error) => Err(error.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
