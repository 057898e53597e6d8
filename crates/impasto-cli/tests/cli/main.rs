//! The commands as processes: what they print, and how they exit.

/// `impasto new`.
mod new;

/// `impasto serve`.
mod serve;

/// `impasto serve` with the options of nova.
mod nova;
/// `impasto serve`, and what signals mean to it.
mod signals;

/// `impasto serve` without workers.
mod alone;

/// The access log of a server.
mod access_log;

/// `impasto check`.
mod check;
/// `impasto check --fix`.
mod fix;

/// `impasto edit`.
mod edit;

/// `impasto resolve`.
mod resolve;

/// `impasto list` and `impasto reference`.
mod factories;

/// What `docs/components.md` says of the factories.
mod components;

/// `impasto reload`, `impasto stop` and `impasto status`.
mod running;

/// What `impasto serve` does with the descriptors it is given.
mod descriptors;

/// What a master does for those who started it: pid files, systemd, users.
mod surroundings;

/// What shells complete.
mod complete;
/// `impasto man`, and `docs/commands.md`.
mod manual;
/// The command line itself.
mod usage;

/// What is shown at a terminal, and nowhere else.
mod colours;
/// A terminal.
mod terminal;

/// Documents that are made from the program, and committed.
mod documents;

/// Files, and processes that use them.
mod support;
