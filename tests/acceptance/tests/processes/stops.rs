//! SIGTERM while a request of a push has no response yet.

use std::time::Duration;

use futures_util::future::join_all;
use greenhouse_core::Clock;
use greenhouse_harvest::{PushConfig, SystemClock};
use mock_greenhouse::{Fault, FaultKind};

use crate::{
    host::HostProcess,
    kills::{Exchange, exchanges, set_for},
    stage::Stage,
};

/// The process ends within its grace period, and a retry completes the push.
pub(crate) async fn leave_a_push_that_can_be_retried() {
    let mut playing = Vec::new();
    for exchange in exchanges().await {
        playing.push(tokio::spawn(stopped_at(exchange)));
    }
    let failed: Vec<String> = join_all(playing)
        .await
        .into_iter()
        .filter_map(|ended| ended.err().map(|error| error.to_string()))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

async fn stopped_at(exchange: Exchange) {
    let stage = set_for(&exchange).await;
    let host = stage.host();
    let id = stage.completed(&host).await;
    let fault = exchange.fault(FaultKind::StallApplied);
    stage.hold(&host, &id, fault).await;
    let told_at = SystemClock.now();
    let ended = host.terminate(GRACE).await;
    let took = SystemClock.now() - told_at;
    println!("{exchange}: ended after {} ms", took.num_milliseconds());
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");

    let host = stage.host();
    let entry = stage.settled(&host, &id).await;
    assert!(
        entry["status"] == "failed" || entry["status"] == "done",
        "{entry}"
    );
    let view = stage.push_until_done(&host, &id).await;
    stage.assert_whole(&host, &id, &view).await;
    drop(host);
    stage.greenhouse.stop().await;
}

/// Queued pushes run once on the next host. A person must retry the pushes that were running, at
/// most as many as the account's share.
pub(crate) async fn leave_the_queue_to_the_next_host() {
    let (stage, host, ids) = queued().await;
    let ended = host.terminate(GRACE).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    println!(
        "{} of {QUEUED} pushes begun",
        stage.greenhouse.candidates().len()
    );

    let host = stage.host();
    let mut interrupted = 0;
    for id in &ids {
        let entry = stage.settled(&host, id).await;
        if entry["status"] == "failed" {
            interrupted += 1;
            let text = entry["text"].as_str().unwrap();
            assert!(text.contains("because the server was stopped"), "{text}");
            assert_eq!(stage.push_until_done(&host, id).await["state"], "done");
        } else {
            assert_eq!(entry["status"], "done", "{entry}");
        }
    }
    let share = PushConfig::default().at_once_per_account;
    assert!(interrupted <= share, "{interrupted} were running");
    let greenhouse = &stage.greenhouse;
    let counts = [
        greenhouse.candidates().len(),
        greenhouse.applications().len(),
        greenhouse.attachments().len(),
        greenhouse.notes().len() + greenhouse.records("scorecards").len(),
    ];
    assert_eq!(counts, [QUEUED; 4]);
    greenhouse.assert_no_problems();
    drop(host);
    stage.greenhouse.stop().await;
}

/// Queues pushes of many people and waits until the host has started the first pushes.
async fn queued() -> (Stage, HostProcess, Vec<String>) {
    let mut stage = Stage::set(NO_WAIT).await;
    stage.latency = Duration::from_millis(60);
    let host = stage.host();
    let mut ids = Vec::new();
    for number in 0..QUEUED {
        let email = format!("candidate.{number}@example.org");
        ids.push(stage.completed_by(&host, &email).await);
    }
    for id in &ids {
        let answer = stage.click(&host, id).await.unwrap();
        assert!(matches!(answer.status, 200 | 202), "{answer:?}");
    }
    (stage, host, ids)
}

/// A stop waits neither for the request in flight nor for the queue. The sync log shows the failure
/// as soon as the process has ended, before the lease expires, and a retry is accepted immediately.
pub(crate) async fn show_the_failure_at_once() {
    let paths = ["/v3/attachments", "/v3/candidates"];
    join_all(paths.map(|path| tokio::spawn(failure_is_shown(path))))
        .await
        .into_iter()
        .for_each(|ended| ended.unwrap());

    let (stage, host, _) = queued().await;
    let ended = host.terminate(AT_ONCE).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    stage.greenhouse.stop().await;
}

async fn failure_is_shown(path: &str) {
    let stage = Stage::set(LONG_LEASE).await;
    let host = stage.host();
    let id = stage.completed(&host).await;
    let fault = Fault::new("POST", path, FaultKind::StallApplied);
    stage.hold(&host, &id, fault).await;
    let told_at = SystemClock.now();
    let ended = host.terminate(BEFORE_DEADLINE).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");

    let host = stage.host();
    let entry = stage.entry(&host, &id).await;
    assert_eq!(entry["status"], "failed", "{entry}");
    assert_eq!(entry["retry"], true, "{entry}");
    let view = stage.push_until_done(&host, &id).await;
    stage.assert_whole(&host, &id, &view).await;
    let took = SystemClock.now() - told_at;
    assert!(
        took.num_seconds() < 60,
        "the retry waited for the lease: {took}"
    );
    drop(host);
    stage.greenhouse.stop().await;
}

/// Shortest grace period of common service managers.
const GRACE: Duration = Duration::from_secs(10);
const AT_ONCE: Duration = Duration::from_secs(1);
/// Shorter than the write deadline of [`LONG_LEASE`].
const BEFORE_DEADLINE: Duration = Duration::from_secs(4);
const QUEUED: usize = 20;
const NO_WAIT: &str = "[push]
endpoint_wait_seconds = 0.001
";
const LONG_LEASE: &str = "[push]
lease_seconds = 120
stop_grace_seconds = 1
settle_seconds = 5
search_interval_seconds = 0.2
write_deadline_seconds = 5
endpoint_wait_seconds = 0.5
poll_seconds = 0.05
";
