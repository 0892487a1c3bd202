//! Random lives of an invitation, on a simulated clock. Tests are sent, sent again, taken, retaken,
//! withdrawn and polled in any order, while candidates are rejected, the product is down, responses
//! are lost, Greenhouse fails, and the host is stopped and killed. At the end, no candidate has
//! been invited twice, and every result is in Greenhouse.
//!
//! The verdict reads the mock, the product and the proxy, but never the host or its database.
//!
//! Runs 50 lives, and 1,000 with `ACCEPTANCE=full`. `SEED=7` selects other lives, and `SEED=7
//! LIFE=12` runs one of these lives and prints each step:
//!
//! ```sh
//! SEED=7 LIFE=12 cargo test -p acceptance --test lives -- --nocapture
//! ```
//!
//! A seed always produces the same steps. The point at which a host is killed depends on its
//! database threads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../push_matrix/chance.rs"]
#[expect(dead_code, reason = "the lives draw no lists")]
mod chance;
mod host;
mod life;
mod product;
mod proxy;
mod settling;
mod steps;
mod template;
mod verdict;
mod workers;

use std::{
    env,
    io::{self, Write as _},
};

use self::{chance::Chance, workers::play_all};

#[test]
fn random_lives_lose_and_duplicate_nothing() {
    let seed = Chance::seeded().seed;
    let one = env::var("LIFE").ok().map(|life| life.parse().unwrap());
    let full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    let lives = match one {
        Some(life) => life..=life,
        None => 1..=if full { 1_000 } else { 50 },
    };
    let count = lives.clone().count();
    let played = play_all(seed, lives);
    if one.is_some() {
        println!("{}", played[0].steps.join("\n"));
    }
    let tests: usize = played.iter().map(|life| life.tests).sum();
    let cut_off = played.iter().filter_map(|life| life.verdict.as_ref().ok());
    let cut_off: usize = cut_off.sum();
    let summary = format!(
        "{count} lives with {tests} sent tests; {cut_off} results cut off by a killed host (seed {seed})"
    );
    // Written directly to stdout, so that the output also appears if the test passes.
    writeln!(io::stdout(), "{summary}").unwrap();

    let failed: Vec<_> = played.iter().filter(|life| life.verdict.is_err()).collect();
    for life in failed.iter().take(SHOWN) {
        println!("{life}\n  {}\n", life.steps.join("\n  "));
    }
    for life in &failed {
        println!("{life}");
    }
    assert!(failed.is_empty(), "{} lives failed", failed.len());
}

/// Maximum number of failures that are shown in full.
const SHOWN: usize = 3;
