//! The rate budget against the mock's rate limit, on a simulated clock that both share: how much of what Greenhouse allows
//! is used, and how often a client runs into 429.

mod simulation;

use std::{sync::Arc, time::Duration};

use greenhouse_core::store::memory::MemoryStore;
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};

use self::simulation::{Sharing, Simulation};

#[tokio::test]
async fn one_client_uses_what_is_allowed_and_no_more() {
    for (part, callers, latency) in [(1, 4, 100..400), (5, 1, 20..120), (5, 40, 50..900)] {
        let simulation = Simulation::of(1, Sharing::Own).latency(latency.clone());
        let used = simulation
            .play(calls() / part, callers, Duration::ZERO)
            .await;
        println!("1 client, {callers} callers, {latency:?} ms: {used}");
        assert_eq!(used.refused, 0, "{used}");
        assert!(used.share() >= 0.97, "{used}");
    }
}

#[tokio::test]
async fn three_clients_that_share_a_store_are_never_refused() {
    for (part, latency) in [(1, 20..120), (5, 100..400), (5, 50..900)] {
        let store = Arc::new(MemoryStore::new());
        let simulation = Simulation::of(3, Sharing::store(store)).latency(latency.clone());
        let used = simulation.play(calls() / part, 1, Duration::ZERO).await;
        println!("3 clients sharing, {latency:?} ms: {used}");
        assert_eq!(used.refused, 0, "{used}");
        assert!(used.share() >= 0.90, "{used}");
    }
}

#[tokio::test]
async fn three_clients_that_share_a_file_are_never_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("greenhouse.sqlite");
    let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
    let store = SqlxStore::open(file.to_str().unwrap(), keys).await.unwrap();
    let simulation = Simulation::of(3, Sharing::store(Arc::new(store))).patient();
    let used = simulation.play(160, 1, Duration::ZERO).await;
    println!("3 clients sharing a file: {used}");
    assert_eq!(used.refused, 0, "{used}");
    assert!(used.share() >= 0.90, "{used}");
}

#[tokio::test]
async fn three_clients_that_do_not_share_are_hardly_ever_refused_and_never_fail() {
    for (part, latency, think) in [
        (1, 100..400, 0),
        (5, 20..120, 0),
        (5, 50..900, 0),
        (5, 100..400, 300),
    ] {
        let simulation = Simulation::of(3, Sharing::Own).latency(latency.clone());
        let think = Duration::from_millis(think);
        let used = simulation.play(calls() / part, 1, think).await;
        println!("3 clients not sharing, {latency:?} ms, thinking {think:?}: {used}");
        let refused = f64::from(used.refused) / f64::from(used.sent);
        assert!(refused <= 0.005, "{used}");
        assert!(used.share() >= 0.90, "{used}");
    }
}

/// How many calls are made at full size.
fn calls() -> u32 {
    match std::env::var("ACCEPTANCE").as_deref() {
        Ok("full") => 10_000,
        _ => 1_000,
    }
}
