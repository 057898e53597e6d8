//! All commands in one Markdown document.

use std::fmt::{Result, Write};

use clap::Arg;

use super::part::{Part, parts};
use crate::exit::Exit;

/// The document, without a title.
pub(super) fn document(program: &clap::Command) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_program(program, &mut text);
    text
}

fn write_program(program: &clap::Command, text: &mut String) -> Result {
    writeln!(text, "| command | what it does |\n|---|---|")?;
    for command in program.get_subcommands() {
        let name = name(command);
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(text, "| [`{name}`](#{}) | {} |", name.replace(' ', "-"), cell(&about))?;
    }
    writeln!(text, "\n| exit code | meaning |\n|---|---|")?;
    for exit in Exit::ALL {
        writeln!(text, "| {} | {} |", exit.code(), exit.meaning())?;
    }
    for part in parts(program) {
        match Part::of(&part) {
            Part::Listing("Exit codes", _) => {}
            part => write_part(&part, text)?,
        }
    }
    program.get_subcommands().try_for_each(|command| write_command(command, 2, text))
}

fn write_command(command: &clap::Command, depth: usize, text: &mut String) -> Result {
    writeln!(text, "\n{} `{}`", "#".repeat(depth), name(command))?;
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    writeln!(text, "\n```text\n{usage}\n```\n\n{}", about.trim_end())?;
    let is_told = |argument: &&Arg| {
        // What a command takes over from the one above is told there.
        let is_of_above = argument.is_global_set() && depth > 2;
        let is_usual = matches!(argument.get_id().as_str(), "help" | "version");
        !argument.is_hide_set() && !is_usual && !is_of_above
    };
    let arguments: Vec<&Arg> = command.get_arguments().filter(is_told).collect();
    if !arguments.is_empty() {
        writeln!(text, "\n| option | meaning |\n|---|---|")?;
    }
    arguments.iter().try_for_each(|argument| write_argument(argument, text))?;
    parts(command).iter().try_for_each(|part| write_part(&Part::of(part), text))?;
    command.get_subcommands().try_for_each(|below| write_command(below, depth + 1, text))
}

fn write_argument(argument: &Arg, text: &mut String) -> Result {
    let help = argument.get_long_help().or(argument.get_help());
    let mut meaning = help.map(ToString::to_string).unwrap_or_default();
    let takes = argument.get_num_args().is_some_and(|number| number.takes_values());
    let values = argument.get_possible_values();
    let values = values.iter().filter(|value| takes && !value.is_hide_set());
    let values: Vec<String> = values
        .map(|value| match value.get_help() {
            Some(help) => {
                format!("`{}` ({})", value.get_name(), help.to_string().trim_end_matches('.'))
            }
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    let mut add = |more: String| {
        let end = if meaning.ends_with('.') { "" } else { "." };
        meaning = format!("{meaning}{end} {more}.");
    };
    if !values.is_empty() {
        add(format!("Values: {}", values.join("; ")));
    }
    let defaults = argument.get_default_values().iter().map(|it| it.to_string_lossy());
    let defaults = defaults.collect::<Vec<_>>().join(" ");
    if takes && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        add(format!("By default `{defaults}`"));
    }
    writeln!(text, "| `{}` | {} |", cell(&spelled(argument, takes)), cell(&meaning))
}

/// `-H, --header <NAME:VALUE>`
fn spelled(argument: &Arg, takes: bool) -> String {
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let switches: Vec<String> = short.into_iter().chain(long).collect();
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    match (switches.is_empty(), takes) {
        (true, _) => names.join(" "),
        (false, true) => format!("{} {}", switches.join(", "), names.join(" ")),
        (false, false) => switches.join(", "),
    }
}

fn write_part(part: &Part<'_>, text: &mut String) -> Result {
    match part {
        Part::Listing(heading, lines) => {
            writeln!(text, "\n{heading}:\n\n```text\n{}\n```", lines.join("\n"))
        }
        Part::Headed(heading, prose) => writeln!(text, "\n{heading}: {prose}"),
        Part::Prose(prose) => writeln!(text, "\n{prose}"),
    }
}

/// `impasto edit get`
fn name(command: &clap::Command) -> &str {
    command.get_bin_name().unwrap_or(command.get_name())
}

/// Text that fits into a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
