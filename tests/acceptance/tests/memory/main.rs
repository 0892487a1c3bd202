//! Memory use of a long list. A client streams every candidate of a large Greenhouse, which runs in
//! a child process so that only the client's memory is measured. Streams 10,000 candidates, and
//! 100,000 with `ACCEPTANCE=full`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod elsewhere;

use std::{env, fs, process::ExitCode, sync::Arc};

use futures_util::TryStreamExt;
use greenhouse_core::settings::HarvestCredential;
use greenhouse_harvest::{
    HarvestClient, HarvestEndpoints, ReqwestTransport, SystemClock, api::CandidateFilter,
};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use mock_greenhouse::Config;
use tokio::runtime::Runtime;

use self::elsewhere::Elsewhere;

fn main() -> ExitCode {
    if let Some(candidates) = elsewhere::candidates() {
        elsewhere::serve(candidates);
        return ExitCode::SUCCESS;
    }
    let name = "a_long_list_is_streamed_within_20_mb_of_its_first_page";
    let trials = vec![Trial::ignorable_test(name, long_list)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn long_list() -> Result<Completion, Failed> {
    if Memory::of_this_process().is_none() {
        return Ok(Completion::ignored_with(
            "this system does not report the memory of a process",
        ));
    }
    let candidates = match env::var("ACCEPTANCE").as_deref() {
        Ok("full") => 100_000,
        _ => 10_000,
    };
    let greenhouse = Elsewhere::start(candidates);
    let growth = Runtime::new()?.block_on(growth(greenhouse.url(), candidates));
    println!(
        "{candidates} candidates: {} kB more than after the first page",
        growth / 1024
    );
    assert!(
        growth <= LIMIT,
        "{growth} bytes more than after the first page"
    );
    Ok(Completion::Completed)
}

/// Measures the growth of the peak memory since the first page.
async fn growth(url: &str, candidates: usize) -> u64 {
    let url: url::Url = url.parse().unwrap();
    let known = Config::default().credential;
    let credential = HarvestCredential::new(known.client_id, Some(known.client_secret.into()));
    let client = HarvestClient::builder(
        Arc::new(ReqwestTransport::direct().unwrap()),
        Arc::new(SystemClock),
        credential.unwrap(),
    )
    .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap())
    .build();

    let mut rows = client.candidates(&CandidateFilter::new().page_size(PAGE));
    let (mut read, mut after_first_page) = (0, 0);
    let mut last = i64::MAX;
    while let Some(row) = rows.try_next().await.unwrap() {
        assert!(row.id.value() < last, "each candidate is listed once");
        last = row.id.value();
        read += 1;
        if read == usize::from(PAGE) {
            after_first_page = Memory::of_this_process().unwrap().now;
        }
    }
    assert_eq!(read, candidates);
    let highest = Memory::of_this_process().unwrap().highest;
    highest.saturating_sub(after_first_page)
}

/// Memory of this process in bytes.
struct Memory {
    now: u64,
    highest: u64,
}

impl Memory {
    fn of_this_process() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let bytes = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kilobytes: u64 = line.trim().split(' ').next()?.parse().ok()?;
            Some(kilobytes * 1024)
        };
        Some(Self {
            now: bytes("VmRSS:")?,
            highest: bytes("VmHWM:")?,
        })
    }
}

const PAGE: u16 = 500;
const LIMIT: u64 = 20_000_000;
