//! Random lives of an invitation, on a simulated clock: tests are sent, sent again, taken, taken again, given up and asked
//! for in any order, while candidates are rejected, the product is down, Greenhouse fails, and the host is stopped and killed.
//!
//! `ACCEPTANCE=full` plays a thousand. `SEED=7` plays others, and `SEED=7 LIFE=12` one of them, telling each step.

#[path = "../push_matrix/chance.rs"]
#[expect(dead_code, reason = "nothing is drawn from a list here")]
mod chance;
mod host;
mod life;
mod verdict;

use std::env;

use self::{chance::Chance, life::Life};

#[test]
fn nothing_is_lost_or_doubled_in_random_lives() {
    let seed = Chance::seeded().seed;
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    let lives: Vec<u64> = match number("LIFE") {
        Some(life) => vec![life],
        None => (1..=if full { 1_000 } else { 50 }).collect(),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut failed = Vec::new();
    let mut tests = 0;
    for life in &lives {
        let chance = Chance::of(seed.wrapping_add(life.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let played = runtime.block_on(async { Life::begin(chance).await.play().await });
        tests += played.tests;
        if let Err(why) = &played.verdict {
            println!(
                "SEED={seed} LIFE={life}: {why}\n  {}",
                played.steps.join("\n  ")
            );
            failed.push(format!("SEED={seed} LIFE={life}: {why}"));
        } else if lives.len() == 1 {
            println!("{}", played.steps.join("\n"));
        }
    }
    println!("{} lives with {tests} tests (seed {seed})", lives.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
