//! What a layer costs: nanoseconds and allocations, by kind of filter and depth of the stack.
//!
//! `cargo bench -p impasto --bench compose`. Every stack has its turn in each round, and the median round counts, so
//! that a busy machine disturbs them all alike. For figures that repeat exactly see the bench `gates`.

mod stacks;

use std::time::Instant;

use stacks::counting::allocations;
use stacks::{HOOK, KINDS, Kind, Stack};

const DEPTHS: [usize; 3] = [8, 32, 100];
const ROUNDS: usize = 21;
const TIMES: u64 = 2_000;

/// A stack with what its rounds took.
struct Row {
    kind: Kind,
    depth: usize,
    stack: Stack,
    rounds: Vec<f64>,
}

impl Row {
    fn new(kind: Kind, depth: usize) -> Row {
        Row { kind, depth, stack: Stack::new(kind, depth), rounds: Vec::new() }
    }

    fn round(&mut self) {
        let start = Instant::now();
        self.stack.run(TIMES);
        self.rounds.push(start.elapsed().as_nanos() as f64 / TIMES as f64);
    }

    /// Nanoseconds and allocations a request.
    fn cost(&mut self) -> (f64, f64) {
        self.rounds.sort_by(f64::total_cmp);
        let count = allocations(|| self.stack.run(100));
        (self.rounds[self.rounds.len() / 2], count as f64 / 100.0)
    }
}

fn main() {
    let layers = KINDS.iter().flat_map(|kind| DEPTHS.map(|depth| Row::new(*kind, depth)));
    let mut rows: Vec<Row> = std::iter::once(Row::new(HOOK, 0)).chain(layers).collect();
    for _ in 0..ROUNDS {
        rows.iter_mut().for_each(Row::round);
    }
    let [base, rows @ ..] = &mut *rows else { return };
    let (base_time, base_count) = base.cost();
    println!("no filter: {base_time:.0} ns and {base_count} allocations a request\n");
    println!("{:12} {:>6} {:>12} {:>18}", "layer", "depth", "ns/layer", "allocations/layer");
    for row in rows {
        let (time, count) = row.cost();
        let layers = row.depth as f64;
        let (time, count) = ((time - base_time) / layers, (count - base_count) / layers);
        println!("{:12} {:>6} {time:>12.1} {count:>18.2}", row.kind.name, row.depth);
    }
}
