//! The launcher: a master, and what surrounds it.

pub mod control;
