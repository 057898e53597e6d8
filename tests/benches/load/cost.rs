//! What loading costs in instructions and allocations, which repeat on any machine.
//!
//! For instructions the program runs itself under valgrind, three times over a file the second time,
//! and takes the difference.

use std::path::Path;
use std::process::Command;

use super::counting::allocations;

/// The most that a section of a file of 10,000 may cost. An allocation more is seen.
const INSTRUCTIONS: f64 = 11_000.0;
const ALLOCATIONS: f64 = 9.5;
/// The same cost in a file of 10,000, over that in one of 1,000.
const GROWTH: f64 = 1.1;

/// The cost of a section.
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// Prints what a section of a small file costs and one of a large file; whether that is within the
/// limits.
pub(crate) fn is_within_limits(
    small: (usize, &Path),
    large: (usize, &Path),
) -> anyhow::Result<bool> {
    let (small, large) = (cost(small)?, cost(large)?);
    let growth = large.instructions / small.instructions;
    println!(
        "a section: {:.0} instructions of {INSTRUCTIONS}, {:.2} allocations of {ALLOCATIONS}; \
         {growth:.2} of {GROWTH} times those in a tenth of the file",
        large.instructions, large.allocations,
    );
    Ok(large.instructions <= INSTRUCTIONS && large.allocations <= ALLOCATIONS && growth <= GROWTH)
}

fn cost((sections, file): (usize, &Path)) -> anyhow::Result<Cost> {
    let sections = sections as f64;
    let more = instructions(file, 3)?.saturating_sub(instructions(file, 1)?);
    let allocations = allocations(|| super::resolve(file)) as f64;
    Ok(Cost { instructions: more as f64 / 2.0 / sections, allocations: allocations / sections })
}

/// What valgrind counts while this program resolves `file` so many times.
fn instructions(file: &Path, times: u32) -> anyhow::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .arg(file)
        .arg(times.to_string())
        .output()
        .map_err(|error| anyhow::anyhow!("valgrind does not start: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    // `==1== Collected : 123`
    let count = told.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    count.ok_or_else(|| anyhow::anyhow!("valgrind counted nothing:\n{told}"))
}
