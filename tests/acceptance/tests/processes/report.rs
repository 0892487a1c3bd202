//! Memory use of a host for large reports. The product and Greenhouse run in another process.

use std::fs;

use mock_greenhouse::{Fault, FaultKind};

use crate::{
    host::HostProcess,
    product::Product,
    stage::{Answer, Stage},
};

/// With a report of 10 MB, the host's memory grows by at most 30 MB above its idle size.
pub(crate) async fn costs_three_times_its_size() {
    let measured = Measured::at_rest(&[]).await;
    measured.push("a-1", "done").await;
    let files = measured.stage.greenhouse.attachments();
    let sizes: Vec<usize> = files
        .iter()
        .filter_map(|file| Some(file.content.as_ref()?.len()))
        .collect();
    assert_eq!(sizes, [WARM_UP, REPORT], "wrong size of the attachment");
    measured.end().await;
}

/// The same limit applies to many reports, including one whose connection is cut and one that
/// Greenhouse refuses, if the allocator returns freed memory to the system.
pub(crate) async fn many_cost_no_more_than_one() {
    let measured = Measured::at_rest(&[GIVES_BACK]).await;
    let greenhouse = &measured.stage.greenhouse;
    for id in ["a-1", "a-2", "a-3"] {
        measured.push(id, "done").await;
    }
    let attach = |kind| Fault::new("POST", "/v3/attachments", kind);
    greenhouse.add_fault(attach(FaultKind::Cut { applied: true }));
    measured.push("a-cut", "done").await;

    greenhouse.add_fault(attach(FaultKind::ExpiredToken).next(2));
    measured.push("a-refused", "failed").await;
    let unfinished = greenhouse.applications().pop().unwrap();
    greenhouse.delete_application(unfinished.id).await.unwrap();
    // The entry contains a reason, but none of the sent data.
    let refused = measured.push("a-refused", "failed").await;
    assert_eq!(refused.code(), "refused", "{refused:?}");
    measured.end().await;
}

/// A host in front of a product with large reports, and its idle size.
struct Measured {
    stage: Stage,
    host: HostProcess,
    at_rest: u64,
}

impl Measured {
    async fn at_rest(environment: &[(&'static str, &'static str)]) -> Self {
        let product = Product::start();
        product.completed("a-small", WARM_UP);
        for id in ["a-1", "a-2", "a-3", "a-cut", "a-refused"] {
            product.completed(id, REPORT);
        }
        let mut stage = Stage::set("").await;
        stage.product = Some(product.url().to_owned());
        stage.environment = environment.to_vec();
        let host = stage.host();
        stage.push_until_done(&host, "a-small").await;
        forget_peak(&host);
        let at_rest = memory(&host, "VmRSS:").unwrap();
        println!("{} kB at rest", at_rest / 1000);
        Self {
            stage,
            host,
            at_rest,
        }
    }

    /// Runs a push that ends in `state`, and asserts that the host stayed below the limit.
    async fn push(&self, assessment: &str, state: &str) -> Answer {
        let answer = self.stage.click(&self.host, assessment).await.unwrap();
        assert_eq!(answer.body["state"], state, "{answer:?}");
        let over = |name| {
            memory(&self.host, name)
                .unwrap()
                .saturating_sub(self.at_rest)
        };
        let (highest, after) = (over("VmHWM:"), over("VmRSS:"));
        println!(
            "{assessment}: {} kB more at the peak, {} kB more afterwards",
            highest / 1000,
            after / 1000
        );
        assert!(highest <= LIMIT, "{highest} bytes over the idle size");
        answer
    }

    async fn end(self) {
        drop(self.host);
        self.stage.greenhouse.stop().await;
    }
}

/// Returns `true` if this system reports the peak memory of a process and can reset it.
pub(crate) fn can_be_measured() -> bool {
    fs::write("/proc/self/clear_refs", FORGET).is_ok()
}

/// Resets the peak memory of the host to its current memory.
pub(crate) fn forget_peak(host: &HostProcess) {
    fs::write(format!("/proc/{}/clear_refs", host.id()), FORGET).unwrap();
}

/// Returns a memory figure of the host in bytes.
pub(crate) fn memory(host: &HostProcess, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", host.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().split(' ').next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

const REPORT: usize = 10_000_000;
const LIMIT: u64 = 3 * REPORT as u64;
const WARM_UP: usize = 10_000;
/// Setting that the README recommends. Without it, glibc retains the memory of a large report for
/// each thread that has sent one.
const GIVES_BACK: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "1048576");
/// Resets the peak memory to the current memory.
const FORGET: &str = "5";
