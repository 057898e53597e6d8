use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::Site;

/// A shell that is typed into.
pub(crate) struct Terminal {
    keys: File,
    shown: mpsc::Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    pub(crate) fn bash(site: &Site) -> Terminal {
        Terminal::of(site, "bash", &["--norc", "--noprofile", "-i"])
    }

    pub(crate) fn zsh(site: &Site) -> Terminal {
        Terminal::of(site, "zsh", &["-f", "-i"])
    }

    fn of(site: &Site, shell: &str, arguments: &[&str]) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("its other side");
        // Wide, so that no line is too long for it, whatever the program's path: the shell would draw it anew.
        let size = Winsize { ws_row: 50, ws_col: 1000, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("a terminal's size");
        let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let side = File::options().read(true).write(true).open(name).expect("its other side");
        let another = || Stdio::from(side.try_clone().expect("a descriptor"));
        let mut command = Command::new(shell);
        command.args(arguments).current_dir(site.path("."));
        command.env("TERM", "dumb").env("PS1", "").env("HISTFILE", "").env("INPUTRC", "/dev/null");
        command.stdin(another()).stdout(another()).stderr(another());
        let mut running = command.spawn().expect("a shell");
        let keys = File::from(master);
        let mut screen = keys.try_clone().expect("a descriptor");
        let (to, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It ends in an error when the shell has.
            while let Ok(read) = screen.read(&mut bytes) {
                if to.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
            let _ = running.wait();
        });
        Terminal { keys, shown, seen: String::new() }
    }

    /// Presses keys.
    pub(crate) fn types(&mut self, text: &str) {
        self.keys.write_all(text.as_bytes()).expect("it listens");
    }

    /// Waits until this is shown, and gives what is until then.
    pub(crate) fn shows(&mut self, text: &str) -> String {
        while !self.seen.contains(text) {
            match self.shown.recv_timeout(Duration::from_secs(60)) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("{text} is not in what is shown:\n{}", self.seen),
            }
        }
        std::mem::take(&mut self.seen)
    }
}
