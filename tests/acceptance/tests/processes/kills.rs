//! `kill -9` of a host while a request of its push has no response yet.

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
};

use futures_util::{StreamExt, stream};
use mock_greenhouse::{Direction, Fault, FaultKind};

use crate::stage::Stage;

/// Kills the host at every exchange of a push, with the request applied before the host is killed,
/// afterwards, or not at all. Runs a sample without `ACCEPTANCE=full`.
pub(crate) async fn at_every_exchange(full: bool) {
    let all = cases().await;
    let count = all.len();
    let (cases, seed) = if full {
        (all, None)
    } else {
        let seed = seed();
        (sample(all, seed), Some(seed))
    };
    println!("{} of {count} kills (seed {seed:?})", cases.len());
    let played = stream::iter(cases)
        .map(|case| async {
            let label = case.to_string();
            (tokio::spawn(play(case)).await, label)
        })
        .buffer_unordered(AT_ONCE);
    let failed = played.filter_map(|(ended, label)| async move { ended.is_err().then_some(label) });
    let failed: Vec<String> = failed.collect().await;
    assert!(failed.is_empty(), "{failed:#?}");
}

/// An exchange of a push, Greenhouse's action, and the person's later actions.
#[derive(Debug, Clone)]
struct Case {
    exchange: Exchange,
    held: Held,
    /// If `true`, the person reads the sync log first and retries the entry.
    reads_first: bool,
}

/// The `nth` exchange of its kind in a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) nth: u64,
}

impl Exchange {
    fn writes(&self) -> bool {
        self.method != "GET" && self.path.starts_with("/v3/")
    }

    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault::new(&*self.method, &*self.path, kind).nth(self.nth)
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.nth)
    }
}

#[derive(Debug, Clone, Copy)]
enum Held {
    /// Greenhouse never applies the request.
    Before,
    /// Greenhouse applies the request but sends no response.
    After,
    /// Greenhouse applies the request after the host was killed.
    Late,
}

impl Held {
    fn kind(self) -> FaultKind {
        match self {
            Self::Before => FaultKind::StallThenApply { seconds: u32::MAX },
            Self::After => FaultKind::StallApplied,
            Self::Late => FaultKind::StallThenApply { seconds: 0 },
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reads = if self.reads_first {
            ", the log read first"
        } else {
            ""
        };
        write!(f, "{} {:?}{reads}", self.exchange, self.held)
    }
}

async fn play(case: Case) {
    let stage = set_for(&case.exchange).await;
    let host = stage.host();
    let id = stage.completed(&host).await;
    let fault = case.exchange.fault(case.held.kind());
    stage.hold(&host, &id, fault).await;
    host.kill();

    let host = stage.host();
    if case.reads_first {
        let entry = stage.settled(&host, &id).await;
        assert_eq!(entry["status"], "failed", "{entry}");
        assert_eq!(entry["retry"], true, "{entry}");
        let text = entry["text"].as_str().unwrap();
        assert!(text.contains("interrupted"), "{text}");
        let retried = stage.retry(&host, &entry).await;
        assert!(matches!(retried.status, 200 | 202 | 409), "{retried:?}");
    }
    let view = stage.push_until_done(&host, &id).await;
    stage.assert_whole(&host, &id, &view).await;
    stage.greenhouse.assert_no_problems();
    drop(host);
    stage.greenhouse.stop().await;
}

/// Creates a stage for a push that is interrupted at `exchange`.
pub(crate) async fn set_for(exchange: &Exchange) -> Stage {
    let stage = Stage::set(TIMES).await;
    if exchange.path != "/token" {
        // When the rate limit is known, no host has to wait for the introspection of a killed host.
        let earlier = stage.host();
        stage.health(&earlier).await;
    }
    stage
}

/// Returns the exchanges of an undisturbed push in order.
pub(crate) async fn exchanges() -> Vec<Exchange> {
    let stage = Stage::set(TIMES).await;
    let host = stage.host();
    let id = stage.completed(&host).await;
    let view = stage.push_until_done(&host, &id).await;
    stage.assert_whole(&host, &id, &view).await;
    let mut found: Vec<Exchange> = Vec::new();
    for exchange in stage.greenhouse.exchanges() {
        assert_eq!(exchange.direction, Direction::Inbound);
        let path = template(&exchange.url);
        let method = exchange.method.to_string();
        let before = found
            .iter()
            .filter(|known| known.method == method && known.path == path)
            .count();
        let nth = before as u64 + 1;
        found.push(Exchange { method, path, nth });
    }
    drop(host);
    stage.greenhouse.stop().await;
    found
}

async fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, exchange) in exchanges().await.into_iter().enumerate() {
        // A late read is equivalent to a read without a response.
        let held = if exchange.writes() {
            &HELD[..]
        } else {
            &HELD[..2]
        };
        for (kind, held) in held.iter().copied().enumerate() {
            cases.push(Case {
                exchange: exchange.clone(),
                held,
                reads_first: (number + kind) % 2 == 0,
            });
        }
    }
    cases
}

/// Returns the path with `{id}` for each id.
fn template(url: &str) -> String {
    let path = url.split('?').next().unwrap_or_default();
    let is_id = |segment: &str| !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| if is_id(segment) { "{id}" } else { segment })
        .collect();
    segments.join("/")
}

fn sample(mut cases: Vec<Case>, seed: u64) -> Vec<Case> {
    let mut random = seed;
    let mut sample = Vec::new();
    while sample.len() < SAMPLE && !cases.is_empty() {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let drawn = (random >> 33) as usize % cases.len();
        sample.push(cases.swap_remove(drawn));
    }
    sample
}

pub(crate) fn seed() -> u64 {
    let given = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
}

/// Short times that are still sufficient on a busy machine.
const TIMES: &str = "[push]
lease_seconds = 2.5
settle_seconds = 1
search_interval_seconds = 0.2
write_deadline_seconds = 1
product_deadline_seconds = 1
endpoint_wait_seconds = 0.5
poll_seconds = 0.05
busy_wait_seconds = 0.2

[tokens]
deadline_seconds = 0.5
lease_seconds = 1
";
const HELD: [Held; 3] = [Held::Before, Held::After, Held::Late];
const SAMPLE: usize = 6;
const AT_ONCE: usize = 6;
