//! Cost of streaming a list, compared with a bare reqwest loop that follows the same links and
//! parses the same bodies into the same rows. Both alternate in one run. The bench fails if the
//! median of their ratios exceeds its limit.
//!
//! `cargo bench -p greenhouse-harvest` streams 10,000 candidates per turn; `-- --full` streams
//! 100,000.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod server;

use std::{env, process, sync::Arc, time::Instant};

use futures_util::TryStreamExt;
use greenhouse_core::settings::HarvestCredential;
use greenhouse_harvest::{
    HarvestClient, HarvestEndpoints, ReqwestTransport, SystemClock,
    api::{Candidate, CandidateFilter},
};
use reqwest::Client;

use crate::server::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let has_argument = |word: &str| env::args().any(|argument| argument == word);
    // Without optimization, as in a test run, the figures would be meaningless.
    if !has_argument("--bench") {
        return;
    }
    let pages = if has_argument("--full") { 200 } else { 20 };
    let server = Server::start(pages);
    let bare = Client::builder().no_proxy().build().unwrap();
    let client = client(&server);

    let (mut ours, mut floor, mut parsing) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let (sum, by_hand) = timed(by_hand(&bare, &server)).await;
        let (same, streamed) = timed(streamed(&client)).await;
        let (read, parsed) =
            timed(async { server.bodies().map(|body| rows(body).len()).sum::<usize>() }).await;
        assert_eq!(sum, same, "both have read every row");
        assert_eq!(read, server.rows());
        // The first turn opens the connections and fetches the token.
        if turn > 0 {
            floor.push(by_hand);
            ours.push(streamed);
            parsing.push(parsed);
        }
    }
    let ratios = ours.iter().zip(&floor).map(|(ours, floor)| ours / floor);
    let ratio = median(ratios.collect());
    let (ours, floor, parsing) = (median(ours), median(floor), median(parsing));
    let read = server.rows();
    let share = parsing / floor;
    println!(
        "{read} candidates: streamed {ours:.1} ms, by hand {floor:.1} ms, of which {share:.2} is parsing"
    );
    let kept = ratio <= LIMIT;
    let verdict = if kept { "" } else { ": EXCEEDED" };
    println!("streamed to by hand: {ratio:.3}, limit {LIMIT}{verdict}");
    if !kept {
        process::exit(1);
    }
}

/// Output of the work and its duration in milliseconds.
async fn timed<T>(work: impl Future<Output = T>) -> (T, f64) {
    let began = Instant::now();
    let done = work.await;
    (done, began.elapsed().as_secs_f64() * 1e3)
}

async fn streamed(client: &HarvestClient) -> i64 {
    let mut candidates = client.candidates(&CandidateFilter::new());
    let mut sum = 0;
    while let Some(candidate) = candidates.try_next().await.unwrap() {
        sum += checksum(&candidate);
    }
    sum
}

/// Minimal client code that trusts every response.
async fn by_hand(client: &Client, server: &Server) -> i64 {
    let mut next = Some(format!("{}/v3/candidates?per_page=500", server.url()));
    let mut sum = 0;
    while let Some(url) = next {
        let answer = client.get(url).bearer_auth("a.b.c").send().await.unwrap();
        let link = answer.headers()["link"].to_str().unwrap();
        let link = link.strip_prefix('<').and_then(|link| link.split_once('>'));
        next = link.map(|(target, _)| target.to_owned());
        let body = answer.bytes().await.unwrap();
        sum += rows(&body).iter().map(checksum).sum::<i64>();
    }
    sum
}

fn rows(body: &[u8]) -> Vec<Candidate> {
    serde_json::from_slice(body).unwrap()
}

fn checksum(candidate: &Candidate) -> i64 {
    candidate.id.value() + i64::from(candidate.first_name.is_some())
}

fn client(server: &Server) -> HarvestClient {
    let url: url::Url = server.url().parse().unwrap();
    HarvestClient::builder(
        Arc::new(ReqwestTransport::direct().unwrap()),
        Arc::new(SystemClock),
        HarvestCredential::new("bench-1", Some("secret".into())).unwrap(),
    )
    .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap())
    .build()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

const TURNS: u32 = 41;
const LIMIT: f64 = 1.10;
