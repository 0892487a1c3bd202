//! Random lives of an invitation, on a simulated clock: tests are sent, sent again, taken, taken again, given up and asked
//! for in any order, while candidates are rejected, the product is down, answers are lost, Greenhouse fails, and the host is
//! stopped and killed. In the end nobody was invited twice, and every result is in Greenhouse.
//!
//! The mock, the product and the door to the hosts say whether it is so; no host and no database is asked.
//!
//! Fifty lives; with `ACCEPTANCE=full` a thousand. `SEED=7` plays others, and `SEED=7 LIFE=12` one of them, telling each step:
//!
//! ```sh
//! SEED=7 LIFE=12 cargo test -p acceptance --test lives -- --nocapture
//! ```
//!
//! The same steps come again; how far a host was when it was killed, is up to the threads of its database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../push_matrix/chance.rs"]
#[expect(dead_code, reason = "nothing is drawn from a list here")]
mod chance;
mod door;
mod ground;
mod host;
mod life;
mod product;
mod settling;
mod steps;
mod verdict;
mod workers;

use std::{
    env,
    io::{self, Write as _},
};

use self::{chance::Chance, workers::play_all};

#[test]
fn nothing_is_lost_or_doubled_in_random_lives() {
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
    let told = format!(
        "{count} lives with {tests} tests that were sent; {cut_off} results cut off by a host that died (seed {seed})"
    );
    // Shown although the test passes: what print macros write is kept back then.
    writeln!(io::stdout(), "{told}").unwrap();

    let failed: Vec<_> = played.iter().filter(|life| life.verdict.is_err()).collect();
    for life in failed.iter().take(SHOWN) {
        println!("{life}\n  {}\n", life.steps.join("\n  "));
    }
    for life in &failed {
        println!("{life}");
    }
    assert!(failed.is_empty(), "{} lives do not hold", failed.len());
}

/// How many failures are shown in full.
const SHOWN: usize = 3;
