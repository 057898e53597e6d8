//! What loading costs in instructions and allocations, which repeat on any machine.
//!
//! The program runs itself under valgrind, three times over a file the second time, and takes the
//! difference.

use std::path::Path;
use std::process::Command;

/// The most that a section of a file of 10,000 may cost. An allocation more is seen.
const INSTRUCTIONS: f64 = 11_500.0;
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
    let each = |count: fn(&Path, u32) -> anyhow::Result<u64>| {
        let more = count(file, 3)?.saturating_sub(count(file, 1)?);
        anyhow::Ok(more as f64 / 2.0 / sections as f64)
    };
    Ok(Cost { instructions: each(instructions)?, allocations: each(allocations)? })
}

fn instructions(file: &Path, times: u32) -> anyhow::Result<u64> {
    // `Collected : 123`
    let told = valgrind("callgrind", file, times)?;
    number(&told, "Collected :", |rest| rest)
}

fn allocations(file: &Path, times: u32) -> anyhow::Result<u64> {
    // `Total:     1,234 bytes in 56 blocks`
    let told = valgrind("dhat", file, times)?;
    number(&told, "Total:", |rest| rest.split_once(" in ").map_or("", |(_, blocks)| blocks))
}

/// The number behind `mark`, in the part of its line that `part` takes.
fn number(told: &str, mark: &str, part: fn(&str) -> &str) -> anyhow::Result<u64> {
    let rest = told.lines().find_map(|line| line.split_once(mark)).map(|(_, rest)| part(rest));
    let digits: String = rest
        .unwrap_or_default()
        .trim_start()
        .chars()
        .take_while(|c| !c.is_whitespace())
        .filter(|c| *c != ',')
        .collect();
    digits.parse().map_err(|_| anyhow::anyhow!("valgrind counted nothing:\n{told}"))
}

/// What valgrind says of this program when that resolves `file` so many times.
fn valgrind(tool: &str, file: &Path, times: u32) -> anyhow::Result<String> {
    let output = Command::new("valgrind")
        .args([&format!("--tool={tool}"), &format!("--{tool}-out-file=/dev/null")])
        .arg(std::env::current_exe()?)
        .arg(file)
        .arg(times.to_string())
        .output()
        .map_err(|error| anyhow::anyhow!("valgrind does not start: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}
