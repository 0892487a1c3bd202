//! Metrics of database calls, and of the outcomes that they commit.

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

use super::{registration::Registrar, seconds_since};

#[derive(Debug)]
pub(super) struct StoreMetrics {
    seconds: HistogramVec,
    failures: IntCounterVec,
    outcomes: IntCounterVec,
    deliveries: IntCounterVec,
    /// Time of the last failure caused by a full disk.
    disk_full_at: Mutex<Option<DateTime<Utc>>>,
}

impl StoreMetrics {
    pub(super) fn is_disk_full(&self, now: DateTime<Utc>) -> bool {
        self.disk_full_at()
            .is_some_and(|at| now - at < DISK_FULL_MEMORY)
    }

    /// Logs a failed call, because not every caller logs it. Records the time if the disk is full.
    fn failed(&self, call: &'static str, error: &StoreError, now: DateTime<Utc>) {
        let error = chain(error).to_string();
        tracing::warn!(call, error, "database call failed");
        if is_disk_full_error(&error) {
            *self.disk_full_at() = Some(now);
        }
    }

    /// Clears a reported full disk after a successful write.
    fn clear_disk_full(&self) {
        *self.disk_full_at() = None;
    }

    fn disk_full_at(&self) -> MutexGuard<'_, Option<DateTime<Utc>>> {
        self.disk_full_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn new(registrar: &Registrar<'_>) -> Result<Self, Error> {
        Ok(Self {
            seconds: registrar.histograms(
                "greenhouse_store_call_seconds",
                "Duration of database calls",
                &["call"],
                &BUCKETS,
            )?,
            failures: registrar.counters(
                "greenhouse_store_failures_total",
                "Failed database calls: unavailable, corrupt, other, or dropped if the caller stopped waiting",
                &["call", "reason"],
            )?,
            outcomes: registrar.counters(
                "greenhouse_outcomes_total",
                "Sync log entries that are done, skipped or failed",
                &["subject", "outcome"],
            )?,
            deliveries: registrar.counters(
                "greenhouse_webhook_deliveries_total",
                "New webhook deliveries, by verdict",
                &["verdict"],
            )?,
            disk_full_at: Mutex::default(),
        })
    }
}

/// Store that times the calls of another store and counts their outcomes.
pub(super) struct MeteredStore {
    inner: Arc<dyn Store>,
    metrics: Arc<StoreMetrics>,
    clock: Arc<dyn Clock>,
}

impl MeteredStore {
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

    async fn meter<T>(
        &self,
        call: &'static str,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut timer = CallTimer {
            store: self,
            call,
            started_at: self.clock.now(),
            failure: Some("dropped"),
        };
        let answer = answer.await;
        if let Err(error) = &answer {
            self.metrics.failed(call, error, self.clock.now());
        }
        timer.failure = answer.as_ref().err().map(|error| match error.kind() {
            StoreErrorKind::Unavailable => "unavailable",
            StoreErrorKind::Corrupt => "corrupt",
            _ => "other",
        });
        answer
    }

    fn count(&self, outcomes: &Outcomes) {
        if let Some(verdict) = outcomes.verdict {
            let deliveries = &self.metrics.deliveries;
            deliveries.with_label_values(&[verdict]).inc();
        }
        for outcome in &outcomes.log {
            self.metrics.outcomes.with_label_values(outcome).inc();
        }
    }
}

impl fmt::Debug for MeteredStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Timer of a database call. Also counts a call that is dropped.
struct CallTimer<'a> {
    store: &'a MeteredStore,
    call: &'static str,
    started_at: DateTime<Utc>,
    failure: Option<&'static str>,
}

impl Drop for CallTimer<'_> {
    fn drop(&mut self) {
        let MeteredStore { metrics, clock, .. } = self.store;
        let seconds = metrics.seconds.with_label_values(&[self.call]);
        seconds.observe(seconds_since(clock.as_ref(), self.started_at));
        if let Some(reason) = self.failure {
            let failures = &metrics.failures;
            failures.with_label_values(&[self.call, reason]).inc();
        }
    }
}

/// Outcomes in a set of changes. They are counted after the changes are committed.
struct Outcomes {
    verdict: Option<&'static str>,
    log: Vec<[&'static str; 2]>,
}

impl Outcomes {
    fn of(changes: &Changes) -> Self {
        let seen = changes.seen.as_ref();
        let ended = changes.log.iter();
        let ended = ended.filter(|entry| entry.status != LogStatus::Pending);
        Self {
            verdict: seen.map(|seen| seen.verdict.as_str()),
            log: ended
                .map(|entry| [entry.subject.as_str(), entry.status.as_str()])
                .collect(),
        }
    }
}

#[async_trait]
impl StoreWriter for MeteredStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let outcomes = Outcomes::of(&changes);
        let apply = self.inner.apply(account, changes);
        let applied = self.meter("StoreWriter::apply", apply).await?;
        if applied == Applied::Applied {
            self.metrics.clear_disk_full();
            self.count(&outcomes);
        }
        Ok(applied)
    }
}

greenhouse_core::forward_store!(Records, TaskQueue, SyncLog, Shared, Housekeeping for MeteredStore => meter(inner));

/// Returns `true` if an error message of SQLite or PostgreSQL reports a full disk.
pub(crate) fn is_disk_full_error(error: &str) -> bool {
    ["disk is full", "No space left on device", "File too large"]
        .iter()
        .any(|words| error.contains(words))
}

/// Time for which a full disk is reported after a failed call. The report must expire, because an
/// idle host may not make the successful write that clears it.
const DISK_FULL_MEMORY: TimeDelta = TimeDelta::seconds(30);

const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

#[cfg(test)]
mod tests {
    use prometheus::Registry;

    use super::*;

    #[test]
    fn a_full_disk_is_reported_for_a_while() {
        let start = DateTime::UNIX_EPOCH;
        for (cause, is_full) in [
            ("database or disk is full", true),
            ("could not extend file: No space left on device", true),
            ("database is locked", false),
        ] {
            let metrics = StoreMetrics::new(&Registrar(&Registry::new())).unwrap();
            let error = StoreError::unavailable(cause);
            metrics.failed("StoreWriter::apply", &error, start);
            assert_eq!(metrics.is_disk_full(start), is_full, "{cause}");
            assert!(!metrics.is_disk_full(start + DISK_FULL_MEMORY), "{cause}");
            metrics.clear_disk_full();
            assert!(!metrics.is_disk_full(start), "{cause}");
        }
    }
}
