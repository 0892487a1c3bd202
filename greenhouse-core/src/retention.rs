//! Deletion of old records. Pauses while the host's clock may be wrong.

use std::{
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Background, BuildError, Clock,
    clock_watch::ClockWatch,
    earlier, later,
    store::{Housekeeping, Purge, StoreError},
};

/// Retention periods and batch size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetentionConfig {
    /// Retention period of raw webhook bodies, which contain personal data. Default: 30 days.
    pub bodies: Duration,
    /// Retention period of delivery ids, which identify duplicate webhooks, and of merges and
    /// anonymizations, to which late webhooks may refer. Default: 90 days. Greenhouse stops
    /// retrying a webhook after about 15 hours (documented).
    pub deliveries: Duration,
    /// Retention period of sync log entries. Default: 400 days.
    pub log: Duration,
    /// Wait after a run that has deleted all old records. Default: 1 hour.
    pub every: Duration,
    /// Maximum number of rows per commit. Other writers wait for the commit. Default: 500.
    pub batch: usize,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        let days = |count: u64| Duration::from_secs(count * 24 * 60 * 60);
        Self {
            bodies: days(30),
            deliveries: days(90),
            log: days(400),
            every: Duration::from_secs(60 * 60),
            batch: 500,
        }
    }
}

impl RetentionConfig {
    /// Checks that the values are valid.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the batch or the interval is 0.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        BuildError::ensure(
            self.batch > 0,
            "retention.batch",
            || "expected a number above 0, got 0",
        )?;
        BuildError::ensure(
            !self.every.is_zero(),
            "retention.every",
            || "expected a duration above 0",
        )
    }
}

/// Deletes old records in batches. Several hosts may run it at the same time.
#[derive(Debug)]
pub struct RetentionService {
    store: Arc<dyn Housekeeping>,
    clock: Arc<dyn Clock>,
    config: RetentionConfig,
    watch: Arc<ClockWatch>,
    next: Mutex<Option<DateTime<Utc>>>,
}

impl RetentionService {
    /// Creates the service for this store.
    pub fn new(
        store: Arc<dyn Housekeeping>,
        clock: Arc<dyn Clock>,
        config: RetentionConfig,
    ) -> Self {
        let watch = ClockWatch::new(Arc::clone(&store), Arc::clone(&clock));
        Self {
            store,
            clock,
            config,
            watch: Arc::new(watch),
            next: Mutex::new(None),
        }
    }

    /// Replaces the clock watch by one that also compares with Greenhouse's clock.
    pub(crate) fn watching(mut self, watch: Arc<ClockWatch>) -> Self {
        self.watch = watch;
        self
    }

    /// Deletes at most one batch of each kind. Returns `true` if more may be left.
    async fn purge(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let RetentionConfig {
            bodies,
            deliveries,
            log,
            ..
        } = self.config;
        let batch = self.config.batch.max(1);
        let mut more = false;
        for (what, kept) in [
            (Purge::KeptBodies, bodies),
            (Purge::Deliveries, deliveries),
            (Purge::CandidateHistories, deliveries),
            (Purge::LogEntries, log),
        ] {
            more |= self.store.purge(what, earlier(now, kept), batch).await? >= batch;
        }
        Ok(more)
    }

    fn next(&self) -> MutexGuard<'_, Option<DateTime<Utc>>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Background for RetentionService {
    fn name(&self) -> &'static str {
        "retention"
    }

    /// Runs up to `limit` rounds, each of which deletes one batch of each kind.
    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.clock.now();
        // A clock that was ahead and has been corrected must not delay the next run.
        let latest = later(now, self.config.every);
        let due = *self.next();
        if let Some(due) = due.filter(|due| (now < *due) && (*due <= latest)) {
            return Ok(Some(due));
        }
        if self.watch.check().await?.is_some() {
            let next = later(now, self.config.every.min(PAUSE));
            *self.next() = Some(next);
            return Ok(Some(next));
        }
        for _ in 0..limit.max(1) {
            if !self.purge(now).await? {
                let next = later(now, self.config.every);
                *self.next() = Some(next);
                return Ok(Some(next));
            }
        }
        Ok(Some(now))
    }

    async fn woken(&self) {
        future::pending().await
    }
}

/// Time until a clock that may be wrong is checked again.
const PAUSE: Duration = Duration::from_secs(5 * 60);

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
        AccountId, Text,
        store::{
            Applied, BodyKept, Changes, Delivery, DeliverySource, Direction, LogEntry, LogFilter,
            LogStatus, LogSubject, Records, StoreWriter, SyncLog, Verdict, memory::MemoryStore,
        },
        testing::ManualClock,
        webhook::BodyHash,
    };

    #[tokio::test]
    async fn old_records_are_deleted_in_batches() {
        let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(clock()));
        for _ in 0..7 {
            webhook(&store, &clock).await;
            clock.advance(Duration::from_secs(10));
        }
        let config = RetentionConfig {
            bodies: Duration::from_secs(25),
            deliveries: Duration::from_secs(45),
            log: Duration::from_secs(45),
            batch: 2,
            ..RetentionConfig::default()
        };
        let service = RetentionService::new(store.clone(), clock.clone(), config);

        // Ages are 10 to 70 seconds: five bodies, three deliveries and three entries are too old.
        assert_eq!(
            service.run_due(1).await.unwrap(),
            Some(clock.now()),
            "more is left"
        );
        assert_eq!(log(&store).await, 5);
        let next = later(clock.now(), config.every);
        assert_eq!(service.run_due(10).await.unwrap(), Some(next));
        assert_eq!(log(&store).await, 4);

        // It runs again only when due. The last delivery stays, because health shows its time.
        clock.advance(Duration::from_secs(60));
        assert_eq!(service.run_due(10).await.unwrap(), Some(next));
        assert_eq!(log(&store).await, 4);
        clock.advance(config.every);
        assert_eq!(
            service.run_due(10).await.unwrap(),
            Some(later(clock.now(), config.every))
        );
        assert_eq!(log(&store).await, 0);
        let last = store.last_delivery_at(&account()).await.unwrap();
        assert!(last.is_some());
    }

    /// A clock that is 800 days ahead deletes nothing, and a corrected clock is used again at once.
    #[tokio::test]
    async fn nothing_is_deleted_by_an_unconfirmed_clock() {
        let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(clock()));
        let config = RetentionConfig::default();
        let service = RetentionService::new(store.clone(), clock.clone(), config);
        for _ in 0..3 {
            webhook(&store, &clock).await;
            clock.advance(Duration::from_secs(10));
        }
        let right = clock.now();
        // The first run of a host has only the stored times to compare with.
        for has_run in [false, true] {
            clock.advance(DAYS_800);
            let next = service.run_due(10).await.unwrap();
            assert_eq!(next, Some(later(clock.now(), PAUSE)), "{has_run}");
            assert_eq!(log(&store).await, 3, "{has_run}");
            assert!(service.watch.found().is_some());
            clock.set(right);
            let next = service.run_due(10).await.unwrap();
            assert_eq!(next, Some(later(right, config.every)), "{has_run}");
            assert_eq!(service.watch.found(), None);
        }
    }

    const DAYS_800: Duration = Duration::from_secs(800 * 24 * 60 * 60);

    async fn webhook(store: &MemoryStore, clock: &ManualClock) {
        let now = clock.now();
        let source = DeliverySource::new(now.to_string(), BodyHash::from_bytes([7; 32]));
        let mut changes = Changes::none();
        let mut delivery = Delivery::new(source, None, Verdict::Unreadable, now);
        delivery.body = BodyKept::Yes(Bytes::from_static(b"body"));
        changes.seen = Some(delivery);
        changes.log.push(LogEntry::new(
            now,
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            Text::new("test", "unreadable"),
        ));
        let applied = store.apply(&account(), changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
    }

    async fn log(store: &MemoryStore) -> usize {
        let page = store.log_page(&account(), &LogFilter::newest(100)).await;
        page.unwrap().entries.len()
    }

    fn account() -> AccountId {
        AccountId::new("acme")
    }

    fn clock() -> ManualClock {
        ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).unwrap())
    }
}
