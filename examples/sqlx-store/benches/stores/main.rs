//! Cost of the stores on both databases, as ratios of figures from the same run: a page of a long
//! sync log compared with a page of a short one, and a webhook's changes compared with the same
//! statements in plain sqlx. The bench fails if a ratio exceeds its limit.
//!
//! `cargo bench -p sqlx-store` is a short run. `cargo bench -p sqlx-store -- --full` uses a log of
//! 10 million rows, which needs up to 20 GB in the temporary folder and about ten minutes. Words
//! among the arguments (`log`, `webhook`, `sqlite`, `postgres`) select benches.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]
#![allow(clippy::disallowed_methods, reason = "a bench measures real time")]

mod figures;
mod log;
mod place;
mod webhook;

use std::{env, process};

use sqlx_store::testing::Unavailable;

use crate::place::{Kind, Place};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has_argument = |word: &str| arguments.iter().any(|argument| argument == word);
    // Without optimization, as in a test run, the figures would be meaningless.
    if !has_argument("--bench") {
        return;
    }
    let full = has_argument("--full");
    let one_of = |words: [&str; 2], word: &str| {
        has_argument(word) || !words.iter().any(|word| has_argument(word))
    };
    let mut kept = true;
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if !one_of(["sqlite", "postgres"], kind.word()) {
            continue;
        }
        if one_of(["log", "webhook"], "webhook") {
            kept &= match Place::durable(kind) {
                Ok(place) => webhook::run(&place, if full { 10_000 } else { 2_000 }).await,
                Err(why) => skipped(&why),
            };
        }
        if one_of(["log", "webhook"], "log") {
            kept &= match Place::relaxed(kind) {
                Ok(place) => log::run(&place, if full { 10_000_000 } else { 200_000 }).await,
                Err(why) => skipped(&why),
            };
        }
    }
    if !kept {
        process::exit(1);
    }
}

/// Prints the reason and returns `false`, because an unmeasured limit counts as exceeded.
fn skipped(why: &Unavailable) -> bool {
    println!("not measured: {why}");
    false
}
