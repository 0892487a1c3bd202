//! Throughput of three hosts on one PostgreSQL compared with one host, and the CPU load of the
//! machine. With few cores, the CPU limits the rate of webhooks, and Greenhouse's latency limits
//! the rate of notices.

use std::{fs, mem, sync::Arc, time::Duration};

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::task::JoinSet;

use crate::{
    balancer::Balancer,
    chance::Chance,
    flood::{self, Size, fixture, history::History, letter::Letters, post::Post},
    host::HostProcess,
    notices,
    stage::Stage,
};

/// Applies the same load to one host and to three hosts. `fresh` creates a database and returns its
/// URL.
pub(crate) async fn of_one_and_three_hosts(size: Size, tests: usize, fresh: impl Fn() -> String) {
    for (what, unit) in [("webhooks", "a second"), ("due notices", "a second")] {
        let mut rates = Vec::new();
        for count in [1, 3] {
            let (done, seconds, busy) = match what {
                "webhooks" => webhooks(&size, count, fresh()).await,
                _ => due_notices(tests, count, fresh()).await,
            };
            let rate = done as f64 / seconds;
            println!(
                "{done} {what} on {count} hosts: {rate:.0} {unit}, CPU load {:.0} %",
                busy * 100.0
            );
            rates.push(rate);
        }
        println!(
            "{what}: three hosts are {:.2} times as fast as one",
            rates[1] / rates[0]
        );
    }
}

/// Returns the number of accepted webhooks, the duration in seconds, and the CPU load from 0 to 1.
async fn webhooks(size: &Size, count: usize, database: String) -> (usize, f64, f64) {
    let mut fixture = fixture::set(size, Some(database)).await;
    let front = mem::take(&mut fixture.stage.port);
    let balancer = Balancer::serve(front).await;
    let mut history = History::of(&fixture, size, 7);
    let (mut letters, mut chance) = (Letters::default(), Chance::of(8));
    let first = flood::happened(size, &fixture, &mut history, &mut letters, &mut chance).await;
    let hosts = start(&fixture.stage, count).await;
    balancer.know(&hosts);

    let post = Arc::new(Post::new(&fixture.hook_url, Chance::of(9)));
    post.put(first);
    post.close();
    let (begun, machine) = (SystemClock.now(), Machine::now());
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let post = Arc::clone(&post);
        senders.spawn(async move { post.work().await });
    }
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }
    let took = (SystemClock.now() - begun).to_std().unwrap();
    let busy = machine.busy_since();
    stop(hosts).await;
    fixture.files.close().await;
    fixture.stage.greenhouse.stop().await;
    (post.taken_times(), took.as_secs_f64(), busy)
}

async fn due_notices(tests: usize, count: usize, database: String) -> (usize, f64, f64) {
    let (stage, front) = notices::fixture::set(Some(database), notices::TIMES, AWAY).await;
    notices::fixture::finished(&stage.greenhouse, &front, tests).await;
    let hosts = start(&stage, count);
    let (begun, machine) = (SystemClock.now(), Machine::now());
    let hosts = hosts.await;
    while notices::fixture::due(&front).await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = (SystemClock.now() - begun).to_std().unwrap();
    let busy = machine.busy_since();
    stop(hosts).await;
    front.close().await;
    stage.greenhouse.stop().await;
    (tests, took.as_secs_f64(), busy)
}

async fn start(stage: &Stage, count: usize) -> Vec<HostProcess> {
    let mut starting = JoinSet::new();
    for _ in 0..count {
        starting.spawn(stage.host_soon());
    }
    starting.join_all().await
}

async fn stop(hosts: Vec<HostProcess>) {
    for host in hosts {
        let ended = host.terminate(Duration::from_secs(20)).await;
        assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    }
}

/// CPU ticks since the start of the system, from `/proc/stat`.
struct Machine {
    all: u64,
    idle: u64,
}

impl Machine {
    fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap();
        let ticks: Vec<u64> = text
            .lines()
            .next()
            .unwrap()
            .split_whitespace()
            .filter_map(|tick| tick.parse().ok())
            .collect();
        Self {
            all: ticks.iter().sum(),
            // Idle and iowait.
            idle: ticks[3] + ticks[4],
        }
    }

    fn busy_since(&self) -> f64 {
        let now = Self::now();
        let all = (now.all - self.all).max(1) as f64;
        1.0 - (now.idle - self.idle) as f64 / all
    }
}

const AT_ONCE: usize = 32;
/// Round-trip latency of Greenhouse.
const AWAY: Duration = Duration::from_millis(200);
