//! What the stores cost, on both databases, as ratios to something measured in the same run: a page of the sync log to a
//! page of a short one, a webhook's changes to the same statements written by hand. A ratio above its limit fails the bench.
//!
//! `cargo bench -p sqlx-store` is a quick look; `cargo bench -p sqlx-store -- --full` takes a log of 10 million rows, up to
//! 20 GB in the temporary folder and some ten minutes. A word among the arguments (`log`, `webhook`, `sqlite`,
//! `postgres`) leaves the others out.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]
#![allow(clippy::disallowed_methods, reason = "a bench is about the real clock")]

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
    let told = |word: &str| arguments.iter().any(|argument| argument == word);
    // Run as a test, without optimisation, the figures would mean nothing.
    if !told("--bench") {
        return;
    }
    let full = told("--full");
    let one_of = |words: [&str; 2], word: &str| told(word) || !words.iter().any(|word| told(word));
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
            kept &= match Place::careless(kind) {
                Ok(place) => log::run(&place, if full { 10_000_000 } else { 200_000 }).await,
                Err(why) => skipped(&why),
            };
        }
    }
    if !kept {
        process::exit(1);
    }
}

/// What could not be measured was not kept either.
fn skipped(why: &Unavailable) -> bool {
    println!("not measured: {why}");
    false
}
