//! Alone in its process, since it counts what the process holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use mock_greenhouse::{Config, Fault, FaultKind, MockGreenhouse};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_started_and_stopped_leak_no_port_task_or_file_descriptor() {
    let servers = match std::env::var("ACCEPTANCE").as_deref() {
        Ok("full") => 1_000,
        _ => 100,
    };
    // The first one opens what stays open in every process, such as the runtime's own descriptors.
    one(0).await;
    let (tasks, files) = settled(usize::MAX, usize::MAX).await;
    let mut ports = Vec::new();
    for number in 0..servers {
        ports.push(one(number).await);
    }
    assert_eq!(settled(tasks, files).await, (tasks, files));
    for port in ports {
        let listener = std::net::TcpListener::bind(("127.0.0.1", port));
        assert!(listener.is_ok(), "port {port} is taken");
    }
}

/// Starts a mock, uses it in every way that holds something, and ends it. Returns its port.
async fn one(number: usize) -> u16 {
    let greenhouse = MockGreenhouse::start(Config::default()).await.unwrap();
    let port = greenhouse.url().rsplit(':').next().unwrap();
    let port: u16 = port.parse().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let jobs = format!("{}/v3/jobs", greenhouse.url());
    assert_eq!(http.get(&jobs).send().await.unwrap().status(), 401);

    let stall = FaultKind::StallThenApply { seconds: 3_600 };
    for kind in [stall, FaultKind::Cut { applied: false }] {
        greenhouse.add_fault(Fault::new("GET", "/v3/jobs", kind));
    }
    for _ in 0..2 {
        let patience = Duration::from_millis(20);
        let lost = http.get(&jobs).timeout(patience).send().await;
        assert!(lost.is_err());
    }
    let receiver = format!("{}/_mock/nothing", greenhouse.url());
    greenhouse
        .add_hook("reject_candidate", &receiver, "secret")
        .await
        .unwrap();
    if number.is_multiple_of(3) {
        greenhouse.refuse_connections().await;
    }
    if number.is_multiple_of(2) {
        greenhouse.stop().await;
    } else {
        drop(greenhouse);
    }
    port
}

/// Waits until no more is held than wanted, since what is dropped goes a moment later; at most five seconds.
async fn settled(tasks: usize, files: usize) -> (usize, usize) {
    let mut held = held();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = self::held();
        if now == held && now.0 <= tasks && now.1 <= files {
            break;
        }
        held = now;
    }
    held
}

fn held() -> (usize, usize) {
    let tasks = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    (tasks, std::fs::read_dir("/proc/self/fd").unwrap().count())
}
