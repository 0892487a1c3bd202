//! How long the database takes, and what is durably decided in it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock, chain,
    store::{Applied, Changes, LogStatus, Store, StoreError, StoreErrorKind, StoreWriter},
};
use prometheus::{Error, HistogramVec, IntCounterVec};

use super::{make::Make, seconds_since};

#[derive(Debug)]
pub(super) struct StoreMetrics {
    seconds: HistogramVec,
    failures: IntCounterVec,
    outcomes: IntCounterVec,
    deliveries: IntCounterVec,
    /// Time of the last failure for want of space.
    disk_full_at: Mutex<Option<DateTime<Utc>>>,
}

impl StoreMetrics {
    pub(super) fn is_disk_full(&self, now: DateTime<Utc>) -> bool {
        self.disk_full_at().is_some_and(|at| now - at < MEMORY)
    }

    /// Logs the failure with all of its sources, since callers may not, and remembers a full disk.
    fn failed(&self, call: &'static str, error: &StoreError, now: DateTime<Utc>) {
        let error = chain(error).to_string();
        tracing::warn!(call, error, "database call failed");
        if is_about_space(&error) {
            *self.disk_full_at() = Some(now);
        }
    }

    /// A write that succeeds shows that there is space again.
    fn wrote(&self) {
        *self.disk_full_at() = None;
    }

    fn disk_full_at(&self) -> MutexGuard<'_, Option<DateTime<Utc>>> {
        self.disk_full_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn new(make: &Make<'_>) -> Result<Self, Error> {
        Ok(Self {
            seconds: make.histograms(
                "greenhouse_store_call_seconds",
                "How long calls of the database took",
                &["call"],
                &SECONDS,
            )?,
            failures: make.counters(
                "greenhouse_store_failures_total",
                "Calls of the database that failed: unavailable, corrupt, or dropped where nobody waited any longer",
                &["call", "reason"],
            )?,
            outcomes: make.counters(
                "greenhouse_outcomes_total",
                "What the sync log says was done, skipped or has failed",
                &["subject", "outcome"],
            )?,
            deliveries: make.counters(
                "greenhouse_webhook_deliveries_total",
                "New webhook deliveries, by what became of them",
                &["verdict"],
            )?,
            disk_full_at: Mutex::default(),
        })
    }
}

/// A store that is watched. It changes nothing of what goes in or out.
pub(super) struct WatchedStore {
    inner: Arc<dyn Store>,
    metrics: Arc<StoreMetrics>,
    clock: Arc<dyn Clock>,
}

impl WatchedStore {
    pub(super) fn new(
        inner: Arc<dyn Store>,
        metrics: Arc<StoreMetrics>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            inner,
            metrics,
            clock,
        }
    }

    async fn watch<T>(
        &self,
        call: &'static str,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut running = Running {
            store: self,
            call,
            since: self.clock.now(),
            failure: Some("dropped"),
        };
        let answer = answer.await;
        if let Err(error) = &answer {
            self.metrics.failed(call, error, self.clock.now());
        }
        running.failure = answer.as_ref().err().map(|error| match error.kind() {
            StoreErrorKind::Unavailable => "unavailable",
            StoreErrorKind::Corrupt => "corrupt",
            _ => "other",
        });
        answer
    }

    fn count(&self, decided: &Decided) {
        if let Some(verdict) = decided.verdict {
            let deliveries = &self.metrics.deliveries;
            deliveries.with_label_values(&[verdict]).inc();
        }
        for outcome in &decided.outcomes {
            self.metrics.outcomes.with_label_values(outcome).inc();
        }
    }
}

impl fmt::Debug for WatchedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// A call that is being answered. One that is dropped took time as well.
struct Running<'a> {
    store: &'a WatchedStore,
    call: &'static str,
    since: DateTime<Utc>,
    failure: Option<&'static str>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let WatchedStore { metrics, clock, .. } = self.store;
        let seconds = metrics.seconds.with_label_values(&[self.call]);
        seconds.observe(seconds_since(clock.as_ref(), self.since));
        if let Some(reason) = self.failure {
            let failures = &metrics.failures;
            failures.with_label_values(&[self.call, reason]).inc();
        }
    }
}

/// What changes say, to be counted once they are durable.
struct Decided {
    verdict: Option<&'static str>,
    outcomes: Vec<[&'static str; 2]>,
}

impl Decided {
    fn of(changes: &Changes) -> Self {
        let seen = changes.seen.as_ref();
        let ended = changes.log.iter();
        let ended = ended.filter(|entry| entry.status != LogStatus::Pending);
        Self {
            verdict: seen.map(|seen| seen.verdict.as_str()),
            outcomes: ended
                .map(|entry| [entry.subject.as_str(), entry.status.as_str()])
                .collect(),
        }
    }
}

#[async_trait]
impl StoreWriter for WatchedStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let decided = Decided::of(&changes);
        let apply = self.inner.apply(account, changes);
        let applied = self.watch("StoreWriter::apply", apply).await?;
        if applied == Applied::Applied {
            self.metrics.wrote();
            self.count(&decided);
        }
        Ok(applied)
    }
}

greenhouse_core::forward_store!(Records, TaskQueue, SyncLog, Shared, Housekeeping for WatchedStore => watch(inner));

/// SQLite and PostgreSQL say so in these words.
pub(crate) fn is_about_space(error: &str) -> bool {
    ["disk is full", "No space left on device", "File too large"]
        .iter()
        .any(|words| error.contains(words))
}

/// Time for which a full disk is remembered: a host without requests may not write for a while.
const MEMORY: TimeDelta = TimeDelta::seconds(30);

const SECONDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

#[cfg(test)]
mod tests {
    use prometheus::Registry;

    use super::*;

    #[test]
    fn a_full_disk_is_remembered_for_a_while() {
        let start = DateTime::UNIX_EPOCH;
        for (cause, is_full) in [
            ("database or disk is full", true),
            ("could not extend file: No space left on device", true),
            ("database is locked", false),
        ] {
            let metrics = StoreMetrics::new(&Make(&Registry::new())).unwrap();
            let error = StoreError::unavailable(cause);
            metrics.failed("StoreWriter::apply", &error, start);
            assert_eq!(metrics.is_disk_full(start), is_full, "{cause}");
            assert!(!metrics.is_disk_full(start + MEMORY), "{cause}");
            metrics.wrote();
            assert!(!metrics.is_disk_full(start), "{cause}");
        }
    }
}
