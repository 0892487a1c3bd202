//! Checks that mocks leak no resources. The test has its own process, because it counts the
//! resources of the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::HashSet;
use std::time::Duration;

use mock_greenhouse::{Config, Fault, FaultKind, MockGreenhouse};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_started_and_stopped_leak_no_port_task_or_file_descriptor() {
    let servers = match std::env::var("ACCEPTANCE").as_deref() {
        Ok("full") => 1_000,
        _ => 100,
    };
    // The first mock opens resources that the process keeps, such as the runtime's descriptors.
    one(0).await;
    let witness = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(listening().contains(&witness.local_addr().unwrap().port()));
    drop(witness);
    let (tasks, files) = settle(usize::MAX, usize::MAX).await;
    let mut ports = Vec::new();
    for number in 0..servers {
        ports.push(one(number).await);
    }
    let held = settle(tasks, files).await;
    assert!(
        held.0 <= tasks && held.1 <= files,
        "expected at most {tasks} tasks and {files} open files, got {held:?}"
    );
    let listening = listening();
    let leaked: Vec<u16> = ports
        .into_iter()
        .filter(|port| listening.contains(port))
        .collect();
    assert!(leaked.is_empty(), "{leaked:?}");
}

/// Starts a mock, uses every feature that opens sockets or starts tasks, and stops the mock.
/// Returns its port.
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

/// Waits up to five seconds until at most `tasks` tasks and `files` files are open, because dropped
/// resources are released a moment later. Returns the numbers of open tasks and files.
async fn settle(tasks: usize, files: usize) -> (usize, usize) {
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

/// Returns the ports on which this process listens. Binding the ports is no reliable check, because
/// another process can use one of them.
fn listening() -> HashSet<u16> {
    let own: HashSet<String> = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|link| {
            let link = link.to_string_lossy().into_owned();
            let inode = link.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let (address, state, inode) = (columns[1], columns[3], columns[9]);
            let port = u16::from_str_radix(address.split(':').nth(1)?, 16).ok()?;
            (state == "0A" && own.contains(inode)).then_some(port)
        })
        .collect()
}
