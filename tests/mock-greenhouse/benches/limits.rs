//! Cost of a mock: start-up time, response time for a large organisation, and memory. `cargo bench
//! -p mock-greenhouse` prints each figure with its limit and fails if a figure exceeds its limit.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::time::{Duration, Instant};
use std::{env, fs, process};

use mock_greenhouse::{Config, MockGreenhouse};
use reqwest::Client;
use serde_json::Value;

#[tokio::main]
async fn main() {
    // Without optimization, as in a test run, the figures would be meaningless.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let client = Client::builder().no_proxy().build().unwrap();
    let mut kept = start(&client).await;
    kept &= large_organization(&client).await;
    if !kept {
        process::exit(1);
    }
}

/// Measures the time from the start call to the first response.
async fn start(client: &Client) -> bool {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        let greenhouse = MockGreenhouse::start(Config::default()).await.unwrap();
        let url = format!("{}/v3/candidates", greenhouse.url());
        assert_eq!(client.get(url).send().await.unwrap().status(), 401);
        times.push(began.elapsed());
        greenhouse.stop().await;
    }
    within("a server starts and responds", times, START)
}

async fn large_organization(client: &Client) -> bool {
    let before = resident();
    let greenhouse = MockGreenhouse::start(Config::default().with_rate_limit(u32::MAX))
        .await
        .unwrap();
    for number in 0..CANDIDATES {
        greenhouse.seed_candidate(
            &format!("First{number}"),
            &format!("Last{number}"),
            &format!("candidate.{number}@example.org"),
        );
    }
    let held = resident().saturating_sub(before);
    let small = held < MEMORY;
    println!(
        "{CANDIDATES} candidates use {:.1} MB, limit {} MB{}",
        megabytes(held),
        megabytes(MEMORY),
        verdict(small)
    );

    let token = token(client, &greenhouse).await;
    let base = format!("{}/v3/candidates", greenhouse.url());
    let first = pages(client, &token, &base, "?per_page=500", 500).await;
    let by_email = "?email=CANDIDATE.77@example.org";
    let found = pages(client, &token, &base, by_email, 1).await;
    let dated = "?per_page=500&updated_at=gte|2000-01-01T00:00:00Z";
    let changed = pages(client, &token, &base, dated, 500).await;
    let quick = within("a page of 500 candidates", first, PAGE)
        & within("a page of 500 by a time", changed, PAGE)
        & within("a look-up by e-mail", found, PAGE);
    greenhouse.stop().await;
    small && quick
}

/// Measures the time from the request to the last byte of the response. The client reuses its
/// connection.
async fn pages(
    client: &Client,
    token: &str,
    base: &str,
    query: &str,
    rows: usize,
) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        let request = client.get(format!("{base}{query}")).bearer_auth(token);
        let response = request.send().await.unwrap();
        let body = response.bytes().await.unwrap();
        times.push(began.elapsed());
        let page: Vec<Value> = serde_json::from_slice(&body).unwrap();
        assert_eq!(page.len(), rows);
    }
    times
}

async fn token(client: &Client, greenhouse: &MockGreenhouse) -> String {
    let credential = greenhouse.credential();
    let response = client
        .post(format!("{}/token", greenhouse.url()))
        .basic_auth(&credential.client_id, Some(&credential.client_secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials")
        .send()
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

/// Prints the median and the slowest run. Returns `true` if the median is below the limit. The
/// limit applies to the median, because the machine can be busy during one run.
fn within(what: &str, mut times: Vec<Duration>, limit: Duration) -> bool {
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    let kept = median < limit;
    println!(
        "{what} in {:.2} ms, at most {:.2} ms, limit {} ms{}",
        millis(median),
        millis(slowest),
        millis(limit),
        verdict(kept)
    );
    kept
}

fn verdict(kept: bool) -> &'static str {
    if kept { "" } else { ": EXCEEDED" }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Returns the resident memory of this process in bytes, or 0 if the system does not report it.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

const RUNS: usize = 21;
const CANDIDATES: usize = 100_000;
const START: Duration = Duration::from_millis(20);
const PAGE: Duration = Duration::from_millis(20);
const MEMORY: u64 = 300_000_000;
