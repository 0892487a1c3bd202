//! Runs many cases on two threads.

use std::{
    any::Any,
    collections::BTreeSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use greenhouse_harvest::ReqwestTransport;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::{
    case::Case,
    stage::Stage,
    trouble::Exchange,
    verdict::{Counts, Verdict},
    wire::Sent,
};

/// A case and its result.
pub(crate) struct Played {
    pub(crate) case: Case,
    pub(crate) verdict: Verdict,
    /// `true` if a person retried the push.
    pub(crate) was_retried: bool,
    /// Reasons for which the push waited or failed.
    pub(crate) outcomes: BTreeSet<String>,
    /// Numbers of records at the end.
    pub(crate) counts: Counts,
    sent: Vec<Sent>,
    /// Record and sync log at the end.
    left: Vec<String>,
}

impl Played {
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = Exchange> {
        self.sent.iter().map(Sent::kind)
    }

    pub(crate) fn endpoints(&self) -> impl Iterator<Item = String> {
        self.sent.iter().map(Sent::endpoint)
    }

    /// Returns the number of leading exchanges that this case shares with another scenario in the
    /// same situation. Requests to the token host are the same if the same user acts.
    pub(crate) fn begins_with(&self, other: &Self) -> usize {
        let (own, others) = (self.case.scenario, other.case.scenario);
        let alike = own.begins_as(others);
        let same_user = own.acting == others.acting;
        let both = self.sent.iter().zip(&other.sent);
        let common = both.take_while(|(own, other)| {
            own.endpoint() == other.endpoint()
                && (alike || (same_user && own.kind() == Exchange::Read))
        });
        common.count()
    }

    /// Returns the number of trailing exchanges that this case shares with another scenario in the
    /// same situation.
    pub(crate) fn ends_with(&self, other: &Self) -> usize {
        if !self.case.scenario.ends_as(other.case.scenario) {
            return 0;
        }
        let both = self.sent.iter().rev().zip(other.sent.iter().rev());
        let common = both.take_while(|(own, other)| own.endpoint() == other.endpoint());
        common.count()
    }

    /// Returns `true` if the run had enough exchanges for every fault.
    pub(crate) fn troubles_came(&self) -> bool {
        let last = self.case.troubles.iter().map(|(at, _)| *at).max();
        last.is_none_or(|last| last <= self.sent.len())
    }
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "PUSH_CASE={}", self.case)?;
        if let Err(why) = &self.verdict {
            writeln!(f, "  {why}")?;
        }
        for (number, sent) in (1..).zip(&self.sent) {
            writeln!(f, "  {number:>3} {sent}")?;
        }
        self.left
            .iter()
            .try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// Runs every case. Results are in the order of `cases`.
pub(crate) fn play_all(cases: &[Case]) -> Vec<Played> {
    let (next, played) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                let worker = Worker::new();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some(case) = cases.get(number) else {
                        return;
                    };
                    let one = worker.play(case);
                    played.lock().unwrap().push((number, one));
                }
            });
        }
    });
    let mut played = played.into_inner().unwrap();
    played.sort_by_key(|(number, _)| *number);
    played.into_iter().map(|(_, one)| one).collect()
}

/// Runs the host, product, store and Greenhouse of a case on one thread, so that it can detect when
/// all of them wait for the clock.
struct Worker {
    runtime: Runtime,
    network: ReqwestTransport,
}

impl Worker {
    fn new() -> Self {
        Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            network: ReqwestTransport::direct().unwrap(),
        }
    }

    fn play(&self, case: &Case) -> Played {
        self.runtime.block_on(async {
            let mut stage = Stage::set(&self.network, case.scenario).await;
            let verdict = caught(stage.play(case)).await;
            Played {
                case: case.clone(),
                was_retried: stage.was_retried,
                outcomes: stage.outcomes.clone(),
                counts: stage.counts(),
                sent: stage.wire.sent(),
                left: left(&stage).await,
                verdict,
            }
        })
    }
}

/// Runs a case and returns the verdict, or an error for a panic.
async fn caught(play: impl Future<Output = Verdict>) -> Verdict {
    let mut play = Box::pin(play);
    std::future::poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| play.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| std::task::Poll::Ready(Err(words(&*panic))))
    })
    .await
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("without a word"))
}

async fn left(stage: &Stage) -> Vec<String> {
    let mut left = Vec::new();
    if let Some(push) = stage.push().await {
        left.push(format!("state {}", json!(push.state)));
        left.extend(
            push.journal
                .iter()
                .map(|line| format!("journal {}", json!(line))),
        );
    }
    let page = stage.operator("GET", "sync-log").await;
    left.push(format!("log {}", page.body["entries"]));
    left
}

const THREADS: usize = 2;
