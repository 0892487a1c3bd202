//! Cost of a webhook delivery relative to a lower bound: one HMAC of the body, and one pass over
//! its JSON.

#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::DateTime;
use criterion::{Criterion, criterion_group};
use greenhouse_core::store::{Link, Verdict};
use greenhouse_core::sync::{self, Decision, Facts};
use greenhouse_core::webhook::{self, SignatureVerifier};
use greenhouse_core::{ApplicationId, AssessmentId, CandidateId, Secret};
use hmac::{Hmac, KeyInit, Mac};
use serde::de::IgnoredAny;
use sha2::Sha256;

/// Verifies, parses and decides on a delivery.
fn ours(case: &Case) -> Decision {
    let delivery = case
        .verifier
        .verify(Some(&case.header), case.body.clone())
        .unwrap();
    let received = webhook::parse(&delivery).unwrap();
    sync::decide(&received.event, &case.known)
}

/// Lower bound: checks the signature and scans the JSON.
fn floor(case: &Case) -> [u8; 32] {
    let mut mac = case.key.clone();
    mac.update(&case.body);
    let digest = mac.finalize().into_bytes().into();
    let IgnoredAny = serde_json::from_slice(&case.body).unwrap();
    digest
}

struct Case {
    body: Bytes,
    header: Vec<u8>,
    key: Hmac<Sha256>,
    verifier: SignatureVerifier,
    known: Facts,
}

impl Case {
    fn hire() -> Self {
        let body = Bytes::from_static(include_bytes!("fixtures/hire_candidate.json"));
        let key = Hmac::new_from_slice(SECRET.as_bytes()).unwrap();
        let verifier = SignatureVerifier::new([Secret::new(SECRET)]).unwrap();
        let mut case = Self {
            body,
            header: Vec::new(),
            key,
            verifier,
            known: hired_is_linked(),
        };
        let digits = floor(&case).map(|byte| format!("{byte:02x}")).concat();
        case.header = format!("sha256 {digits}").into_bytes();
        assert_eq!(ours(&case).verdict, Verdict::Effective);
        case
    }
}

/// The hired candidate was pushed by this product, so that the event has its full effect.
fn hired_is_linked() -> Facts {
    Facts {
        links: vec![Link::new(
            AssessmentId::new("5f1c2a9e"),
            CandidateId::new(CANDIDATE),
            ApplicationId::new(APPLICATION),
            None,
        )],
        histories: Vec::new(),
        reader: true,
        now: DateTime::UNIX_EPOCH,
        settle_time: Duration::from_secs(60),
    }
}

fn each(criterion: &mut Criterion) {
    let case = Case::hire();
    criterion.bench_function("hire/floor", |bencher| {
        bencher.iter(|| floor(black_box(&case)))
    });
    criterion.bench_function("hire/ours", |bencher| {
        bencher.iter(|| ours(black_box(&case)))
    });
}

/// Prints the ratio of the two costs. Batches alternate, so that other load on the machine affects
/// both. The median ignores disturbed batches.
fn ratio() {
    let case = Case::hire();
    let mut ratios = Vec::with_capacity(ROUNDS);
    let mut floors = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let least = batch(|| floor(black_box(&case)));
        floors.push(least.as_nanos() as f64 / f64::from(BATCH));
        ratios.push(batch(|| ours(black_box(&case))).as_secs_f64() / least.as_secs_f64());
    }
    let (ratio, floor) = (median(ratios), median(floors));
    println!(
        "hire body of {} bytes: floor {floor:.0} ns, ours {:.0} ns",
        case.body.len(),
        floor * ratio
    );
    println!("ratio: {ratio:.2} (limit {LIMIT})");
}

fn batch<T>(mut work: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..BATCH {
        black_box(work());
    }
    start.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    targets = each
}

fn main() {
    benches();
    if std::env::args().any(|argument| argument == "--bench") {
        ratio();
    }
}

const SECRET: &str = "a webhook secret of usual length";
const APPLICATION: i64 = 5120338002;
const CANDIDATE: i64 = 5098817002;
const LIMIT: f64 = 1.25;
const ROUNDS: usize = 1001;
const BATCH: u32 = 200;
