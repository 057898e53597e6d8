//! What shells complete: words that fit, from the file that the command line names.
//!
//! A shell asks by starting the program with [`VARIABLE`] set and what is typed as its words. Nothing is logged
//! and nothing complained of then: whoever types can do nothing about it.

mod bash;
mod file;
mod typed;
mod words;

use std::env;
use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::CompleteEnv;
use clap_complete::env::{Elvish, Fish, Powershell, Shells, Zsh};

use crate::command::Command;
use crate::exit::Exit;
pub(crate) use words::*;

/// Says which shell asks.
const VARIABLE: &str = "IMPASTO_COMPLETE";

/// Answers where a shell asks for what may be typed, or for the lines that make it ask.
pub(crate) fn answer() -> Option<Exit> {
    let words: Vec<OsString> = env::args_os().collect();
    // A program of another name has completions of its own.
    let name = words.first().and_then(|program| Path::new(program).file_name());
    let name = name.map_or("impasto".into(), |name| name.to_string_lossy().into_owned());
    let shells = Shells(&[&bash::Bash, &Elvish, &Fish, &Powershell, &Zsh]);
    let complete = CompleteEnv::with_factory(|| Command::command().name(name.clone()));
    let complete = complete.bin(name.clone()).var(VARIABLE).shells(shells);
    match complete.try_complete(words, env::current_dir().ok().as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Fine),
        Err(error) => {
            // Nobody is left to tell when this fails.
            let _ = error.print();
            Some(Exit::Usage)
        }
    }
}
