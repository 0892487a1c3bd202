//! How many webhooks a second the host takes on a SQLite file, each new, signed, linked and effective, over a bare route of
//! the same framework that inserts one row of the same size with the same durability, asked the same by as many connections.
//! Both take turns in the same run; a median of the ratios of their turns below its limit fails the bench. So does a 99th
//! percentile above its limit, where both are asked half as often as the host can answer.
//!
//! `cargo bench -p axum-host --bench webhooks` sends 1,000 a turn; `-- --full` 5,000. The files are in the folder for builds,
//! which is on a disk, as the temporary folder need not be.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a bench is about the real clock")]

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
    let told = |word: &str| env::args().any(|argument| argument == word);
    // Run as a test, without optimisation, the figures would mean nothing.
    if !told("--bench") {
        return;
    }
    let sent = if told("--full") { 5_000 } else { 1_000 };
    let runtime = Runtime::new().unwrap();
    let mut stage = runtime.block_on(Stage::set());
    runtime.block_on(commits::print_cost(stage.folder(), body::sealed_len()));
    let mut kept = true;
    for connections in [16, 64] {
        println!("{connections} connections:");
        let (reached, ratio) = throughput(&runtime, &mut stage, connections, sent);
        kept &= at_least("throughput to the bare route's", ratio, LEAST_THROUGHPUT);
        let ratio = latency(&runtime, &mut stage, connections, sent, reached / 2.0);
        kept &= at_most("99th percentile to the bare route's", ratio, MOST_LATENCY);
    }
    if !kept {
        process::exit(1);
    }
}

/// What the host reached a second, and the ratio to the bare route.
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
        let untold = runtime.block_on(stage.untold());
        // What the product is told takes nothing from the bare route.
        runtime.block_on(stage.settle());
        // The first turn warms up.
        if turn > 0 {
            rates[0].push(own);
            rates[1].push(bare);
            ratios.push(own / bare);
            commits.push(committed * own / sent as f64);
            left.push(untold as f64);
        }
    }
    let [own, bare] = rates.map(median);
    println!(
        "  {own:.0} webhooks a second in {:.0} commits, bare route {bare:.0} in as many; of {sent} outcomes {:.0} were \
         still to be told to the product",
        median(commits),
        median(left)
    );
    (own, median(ratios))
}

/// The ratio of the 99th percentiles, both asked so often a second.
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
