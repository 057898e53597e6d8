//! A page for `man`.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::part::{Part, parts};

/// The page of a command.
pub(super) fn page(command: &clap::Command) -> io::Result<String> {
    let man = Man::new(command.clone());
    let man = man.source(concat!("impasto ", env!("CARGO_PKG_VERSION"))).manual("impasto");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    // Not as clap_mangen has it, which makes one paragraph of all examples.
    let mut rest = Roff::new();
    for part in parts(command) {
        write_part(&Part::of(&part), &mut rest);
    }
    rest.to_writer(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

fn write_part(part: &Part<'_>, roff: &mut Roff) {
    match part {
        Part::Listing(heading, lines) => {
            roff.control("SH", [heading_of(heading).as_str()]).control("nf", []);
            lines.iter().for_each(|line| {
                roff.text([roman(*line)]);
            });
            roff.control("fi", []);
        }
        Part::Headed(heading, text) => {
            roff.control("SH", [heading_of(heading).as_str()]).text([roman(text)]);
        }
        Part::Prose(text) => {
            roff.control("PP", []).text([roman(text)]);
        }
    }
}

/// As manuals call it.
fn heading_of(heading: &str) -> String {
    match heading {
        "Exit codes" => "EXIT STATUS".to_owned(),
        other => other.to_uppercase(),
    }
}
