//! Webhook throughput of the host on a SQLite file, compared with a minimal handler on the same
//! framework that inserts one row of the same size with the same durability, over the same number
//! of connections. Every webhook is new, signed, linked and effective. Both alternate in one run.
//! The bench fails if the median of the throughput ratios is below its limit, or if the ratio of
//! the 99th percentiles exceeds its limit at half the host's throughput.
//!
//! `cargo bench -p axum-host --bench webhooks` sends 1,000 webhooks a turn, and 5,000 with `--
//! --full`. The files are in the build folder, which is on disk. The temporary folder can be in
//! memory.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a bench measures real time")]

mod bare;
mod body;
mod commits;
mod figures;
#[path = "../shared/host.rs"]
mod host;
mod load;
mod stage;

use std::{env, process};

use tokio::runtime::Runtime;

use crate::{
    figures::{at_least, at_most, median, quantile},
    load::Load,
    stage::Stage,
};

fn main() {
    let has_argument = |word: &str| env::args().any(|argument| argument == word);
    // Without optimization, as in a test run, the figures would be meaningless.
    if !has_argument("--bench") {
        return;
    }
    let sent = if has_argument("--full") { 5_000 } else { 1_000 };
    let runtime = Runtime::new().unwrap();
    let mut stage = runtime.block_on(Stage::set());
    runtime.block_on(commits::print_cost(stage.folder(), body::sealed_len()));
    let mut kept = true;
    for connections in [16, 64] {
        println!("{connections} connections:");
        let (reached, ratio) = throughput(&runtime, &mut stage, connections, sent);
        kept &= at_least(
            "throughput to the minimal handler's",
            ratio,
            LEAST_THROUGHPUT,
        );
        let ratio = latency(&runtime, &mut stage, connections, sent, reached / 2.0);
        kept &= at_most(
            "99th percentile to the minimal handler's",
            ratio,
            MOST_LATENCY,
        );
    }
    if !kept {
        process::exit(1);
    }
}

/// Returns the host's webhooks per second, and the ratio to the minimal handler.
fn throughput(runtime: &Runtime, stage: &mut Stage, connections: usize, sent: usize) -> (f64, f64) {
    let mut ours = Load::new(stage.host, connections);
    let mut floor = Load::new(stage.bare, connections);
    let (mut rates, mut ratios, mut commits) = ([Vec::new(), Vec::new()], Vec::new(), Vec::new());
    let mut left = Vec::new();
    for turn in 0..=TURNS {
        let bare = sent as f64 / floor.send_all(stage.deliveries.requests(sent));
        let before = stage.commits();
        let own = sent as f64 / ours.send_all(stage.deliveries.requests(sent));
        let committed = f64::from(stage.commits().wrapping_sub(before));
        let unsent = runtime.block_on(stage.unsent());
        // Pending calls to the product must not slow down the minimal handler.
        runtime.block_on(stage.settle());
        // The first turn warms up.
        if turn > 0 {
            rates[0].push(own);
            rates[1].push(bare);
            ratios.push(own / bare);
            commits.push(committed * own / sent as f64);
            left.push(unsent as f64);
        }
    }
    let [own, bare] = rates.map(median);
    println!(
        "  {own:.0} webhooks a second in {:.0} commits, minimal handler {bare:.0} in as many; {:.0} of {sent} \
         outcomes were pending",
        median(commits),
        median(left)
    );
    (own, median(ratios))
}

/// Returns the ratio of the 99th percentiles at `rate` requests a second.
fn latency(
    runtime: &Runtime,
    stage: &mut Stage,
    connections: usize,
    sent: usize,
    rate: f64,
) -> f64 {
    let mut ours = Load::new(stage.host, connections);
    let mut floor = Load::new(stage.bare, connections);
    let (mut own, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..PACED_TURNS {
        bare.extend(floor.send_paced(stage.deliveries.requests(sent), rate));
        own.extend(ours.send_paced(stage.deliveries.requests(sent), rate));
        runtime.block_on(stage.settle());
    }
    let [(own_median, own), (bare_median, bare)] = [own, bare]
        .map(|mut times| (quantile(&mut times, 0.5), quantile(&mut times, 0.99)))
        .map(|(median, tail)| (median * 1e3, tail * 1e3));
    println!(
        "  at {rate:.0} a second 99 of 100 within {own:.2} ms, half within {own_median:.2} ms; \
         bare route {bare:.2} ms, {bare_median:.2} ms"
    );
    own / bare
}

const TURNS: usize = 5;
const PACED_TURNS: usize = 3;
const LEAST_THROUGHPUT: f64 = 0.7;
const MOST_LATENCY: f64 = 3.0;
