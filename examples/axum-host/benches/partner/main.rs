//! Cost of the assessment endpoints, compared with minimal handlers on the same framework, which
//! read the same database and product equally often and return bodies of the same size. Both
//! alternate in one run. The bench fails if the median of their ratios exceeds its limit. The
//! minimal handlers are also compared with themselves to show the noise of the machine.
//!
//! `cargo bench -p axum-host` sends 100 requests a turn, and 1,000 with `-- --full`.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a bench measures real time")]

mod bare;
#[path = "../shared/caller.rs"]
mod caller;
#[path = "../shared/host.rs"]
mod host;
mod stage;

use std::{
    env, process,
    time::{Duration, Instant},
};

use tokio::runtime::Builder;

use crate::{bare::Reads, caller::Caller, stage::Stage};

fn main() {
    let has_argument = |word: &str| env::args().any(|argument| argument == word);
    // Without optimization, as in a test run, the figures would be meaningless.
    if !has_argument("--bench") {
        return;
    }
    let asked = if has_argument("--full") { 1_000 } else { 100 };
    // With several worker threads, the threads wake up at random, which costs more than the
    // measured work.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let stage = runtime.block_on(Stage::set());
    let status = format!(
        "/api/greenhouse/test-status?partner_interview_id={}",
        stage::INVITATION
    );
    let mut kept = true;
    for (name, path, reads) in [
        (
            "list-tests",
            "/api/greenhouse/list-tests",
            Reads::LIST_TESTS,
        ),
        ("test-status", status.as_str(), Reads::TEST_STATUS),
    ] {
        let mut ours = Caller::new(stage.host, path, &stage.authorization);
        let body = ours.ask().to_vec();
        let server = runtime.block_on(bare::serve(
            &stage.database,
            stage.product.clone(),
            reads,
            body.clone(),
        ));
        let mut floor = Caller::new(server, "/", &stage.authorization);
        let mut again = Caller::new(server, "/", &stage.authorization);
        assert_eq!(floor.ask(), body, "both return the same body");
        kept &= compare(name, asked, &mut ours, &mut floor, &mut again);
    }
    if !kept {
        process::exit(1);
    }
}

/// Measures the host and the minimal handler alternately, and prints the ratio of their times.
/// Returns `true` if the ratio is within its limit.
fn compare(
    name: &str,
    asked: u32,
    ours: &mut Caller,
    floor: &mut Caller,
    again: &mut Caller,
) -> bool {
    let (mut times, mut ratios, mut noise) = ([Vec::new(), Vec::new()], Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let [bare, own, same] =
            [&mut *floor, &mut *ours, &mut *again].map(|caller| time(caller, asked));
        // The first turn warms up.
        if turn > 0 {
            ratios.push(own / bare);
            noise.push(same / bare);
            times[0].push(own);
            times[1].push(bare);
        }
    }
    let [own, bare] = times.map(|times| Duration::from_secs_f64(median(times)));
    let (low, high) = (quantile(&mut noise, 0.1), quantile(&mut noise, 0.9));
    println!(
        "{name}: {} us, minimal handler {} us; minimal handler to itself {low:.2} to {high:.2}",
        own.as_micros(),
        bare.as_micros()
    );
    let ratio = median(ratios);
    let kept = ratio <= LIMIT;
    let verdict = if kept { "" } else { ": EXCEEDED" };
    println!("{name} to minimal handler: {ratio:.3}, limit {LIMIT}{verdict}");
    kept
}

/// Returns the average seconds per request, over `asked` requests.
fn time(caller: &mut Caller, asked: u32) -> f64 {
    let began = Instant::now();
    for _ in 0..asked {
        caller.ask();
    }
    began.elapsed().as_secs_f64() / f64::from(asked)
}

fn median(mut figures: Vec<f64>) -> f64 {
    quantile(&mut figures, 0.5)
}

fn quantile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[(figures.len() as f64 * share) as usize]
}

const TURNS: u32 = 41;
const LIMIT: f64 = 1.3;
