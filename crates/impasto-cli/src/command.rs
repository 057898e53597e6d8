//! The command line.

use std::io;

use clap::{Parser, Subcommand};

use crate::exit::Exit;
use crate::{
    check, diff, edit, explain, fmt, graph, list, lsp, manual, new, reference, reload, request,
    resolve, serve, status, stop, test,
};

/// HTTP services whose middleware is decided by a text file, as with PasteDeploy.
#[derive(Debug, Parser)]
#[command(name = "impasto", version, arg_required_else_help = true, after_long_help = epilogue())]
pub(crate) struct Command {
    #[command(subcommand)]
    verb: Verb,
}

/// What stands behind the commands in the help.
fn epilogue() -> String {
    let code = |exit: Exit| format!("  {:<4}{}\n", exit.code(), exit.meaning());
    let codes: String = Exit::ALL.into_iter().map(code).collect();
    format!("Exit codes:\n{codes}\n{ENVIRONMENT}\n\n{COMPLETION}")
}

const ENVIRONMENT: &str = "\
Environment:
  IMPASTO_LOG  what is logged to standard error, as `warn` or `info,impasto=debug` (RUST_LOG
               does where it is not set; `info` where neither is)
  NO_COLOR     no colours, on terminals too";

const COMPLETION: &str = "\
Completion of commands, and of the names in files:
  source <(IMPASTO_COMPLETE=bash impasto)    in ~/.bashrc
  source <(IMPASTO_COMPLETE=zsh impasto)     in ~/.zshrc, behind compinit
  IMPASTO_COMPLETE=fish impasto | source     in ~/.config/fish/config.fish";

#[derive(Debug, Subcommand)]
enum Verb {
    New(new::New),
    Serve(serve::Serve),
    Reload(reload::Reload),
    Stop(stop::Stop),
    Status(status::Status),
    Check(check::Check),
    Diff(diff::Diff),
    Edit(edit::EditArgs),
    Fmt(fmt::Fmt),
    Resolve(resolve::Resolve),
    Explain(explain::Explain),
    Graph(graph::Draw),
    Request(request::Request),
    Test(test::Test),
    List(list::List),
    Lsp(lsp::Lsp),
    Reference(reference::Reference),
    Man(manual::Manual),
}

impl Command {
    pub(crate) fn run(self) -> io::Result<Exit> {
        match self.verb {
            Verb::New(new) => new.run(),
            Verb::Serve(serve) => serve.run(),
            Verb::Reload(reload) => reload.run(),
            Verb::Stop(stop) => stop.run(),
            Verb::Status(status) => status.run(),
            Verb::Check(check) => check.run(),
            Verb::Diff(diff) => diff.run(),
            Verb::Edit(edit) => edit.run(),
            Verb::Fmt(fmt) => fmt.run(),
            Verb::Resolve(resolve) => resolve.run(),
            Verb::Explain(explain) => explain.run(),
            Verb::Graph(draw) => draw.run(),
            Verb::Request(request) => request.run(),
            Verb::Test(test) => test.run(),
            Verb::List(list) => list.run(),
            Verb::Lsp(lsp) => lsp.run(),
            Verb::Reference(reference) => reference.run(),
            Verb::Man(manual) => manual.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Command::command().debug_assert();
    }
}
