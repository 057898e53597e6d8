//! What a layer may cost: instructions and allocations at depth 100, which repeat exactly on any machine.
//!
//! `cargo bench -p impasto --bench gates`. The program runs itself under valgrind, twice as many requests the second
//! time, and takes the difference. It fails when a limit is passed.

mod stacks;

use std::process::{Command, ExitCode};

use stacks::counting::allocations;
use stacks::{ASYNC, HEADER, HOOK, INSTANT, KINDS, Kind, MIXED, SPLIT, Stack, TOWER};

/// The most that a layer may cost.
struct Gate {
    kind: Kind,
    instructions: f64,
    allocations: f64,
    /// A layer's instructions in a stack of 100, over those in a stack of 8.
    growth: f64,
}

const GATES: [Gate; 7] = [
    Gate { kind: HOOK, instructions: 60.0, allocations: 0.02, growth: 1.2 },
    Gate { kind: INSTANT, instructions: 200.0, allocations: 0.1, growth: 1.2 },
    Gate { kind: HEADER, instructions: 200.0, allocations: 0.1, growth: 1.2 },
    Gate { kind: ASYNC, instructions: 350.0, allocations: 1.03, growth: 1.2 },
    Gate { kind: TOWER, instructions: 1_200.0, allocations: 1.1, growth: 1.2 },
    Gate { kind: MIXED, instructions: 1_350.0, allocations: 2.0, growth: 1.2 },
    Gate { kind: SPLIT, instructions: 3_600.0, allocations: 2.1, growth: 1.2 },
];

const REQUESTS: u64 = 200;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, name, depth, times] = &*arguments
        && let Some(kind) = KINDS.iter().find(|kind| kind.name == name)
        && let (Ok(depth), Ok(times)) = (depth.parse(), times.parse())
    {
        Stack::new(*kind, depth).run(times);
        return ExitCode::SUCCESS;
    }
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line for each gate; whether all were passed.
fn measure() -> anyhow::Result<bool> {
    let base = instructions(HOOK, 0)?;
    let base_count = count(HOOK, 0);
    println!("no filter: {base:.0} instructions and {base_count} allocations a request\n");
    println!("{:12} {:>18} {:>18} {:>14}", "layer", "instructions", "allocations", "growth");
    let mut good = true;
    for gate in GATES {
        let layer =
            |depth: usize| anyhow::Ok((instructions(gate.kind, depth)? - base) / depth as f64);
        let (shallow, deep) = (layer(8)?, layer(100)?);
        let count = (count(gate.kind, 100) - base_count) / 100.0;
        let growth = deep / shallow;
        let passed =
            deep <= gate.instructions && count <= gate.allocations && growth <= gate.growth;
        good &= passed;
        println!(
            "{:12} {deep:>9.0} of {:>5} {count:>11.2} of {:>3} {growth:>7.2} of {:>3}{}",
            gate.kind.name,
            gate.instructions,
            gate.allocations,
            gate.growth,
            if passed { "" } else { "  TOO MUCH" },
        );
    }
    Ok(good)
}

/// Allocations a request.
fn count(kind: Kind, depth: usize) -> f64 {
    let stack = Stack::new(kind, depth);
    stack.run(1);
    allocations(|| stack.run(100)) as f64 / 100.0
}

/// Instructions a request.
fn instructions(kind: Kind, depth: usize) -> anyhow::Result<f64> {
    let (once, twice) = (callgrind(kind, depth, REQUESTS)?, callgrind(kind, depth, 2 * REQUESTS)?);
    Ok((twice - once) as f64 / REQUESTS as f64)
}

/// Instructions of a whole run of this program.
fn callgrind(kind: Kind, depth: usize, times: u64) -> anyhow::Result<i64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([kind.name, &depth.to_string(), &times.to_string()])
        .output()
        .map_err(|error| anyhow::anyhow!("valgrind does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let total = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, total) = total.ok_or_else(|| anyhow::anyhow!("valgrind counted nothing:\n{text}"))?;
    Ok(total.trim().parse()?)
}
