//! Whether filters stand where their factories say that they belong.

mod layer;
mod legal;
mod line_up;
mod rules;
mod ways;

pub(super) use ways::problems;
