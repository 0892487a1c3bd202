//! Tests the rate budget against the mock's rate limit on a shared simulated clock. Measures the
//! used share of the limit and the number of 429 responses.

mod simulation;

use std::{sync::Arc, time::Duration};

use greenhouse_core::store::memory::MemoryStore;
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};

use self::simulation::{Sharing, Simulation};

#[tokio::test]
async fn one_client_uses_the_limit_without_exceeding_it() {
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
async fn three_clients_sharing_a_store_are_never_refused() {
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
async fn three_clients_sharing_a_file_are_never_refused() {
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
async fn three_independent_clients_are_rarely_refused_and_never_fail() {
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

/// Returns the number of calls, which depends on `ACCEPTANCE`.
fn calls() -> u32 {
    match std::env::var("ACCEPTANCE").as_deref() {
        Ok("full") => 10_000,
        _ => 600,
    }
}
