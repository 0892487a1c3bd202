use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use http::{Request, Response};

use super::*;
use crate::{TransportError, store::memory::MemoryStore, testing::ManualClock};

/// Store whose clock is this many seconds ahead of the host's. [`i64::MIN`] means that it has no
/// clock.
#[derive(Debug)]
struct Timed {
    inner: MemoryStore,
    clock: Arc<ManualClock>,
    ahead: AtomicI64,
}

#[async_trait]
impl Housekeeping for Timed {
    async fn time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let ahead = self.ahead.load(Ordering::SeqCst);
        let now = self.clock.now();
        Ok((ahead != i64::MIN).then(|| now + TimeDelta::seconds(ahead)))
    }

    async fn accepted_time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.inner.accepted_time().await
    }

    async fn accept_time(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.inner.accept_time(at).await
    }

    async fn purge(
        &self,
        what: crate::store::Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError> {
        self.inner.purge(what, before, limit).await
    }

    async fn note_last_seen(
        &self,
        account: &crate::AccountId,
        what: &crate::store::LastSeen,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        self.inner.note_last_seen(account, what, at, every).await
    }

    async fn last_seen(
        &self,
        account: &crate::AccountId,
    ) -> Result<std::collections::BTreeMap<crate::store::LastSeen, DateTime<Utc>>, StoreError> {
        self.inner.last_seen(account).await
    }

    async fn reseal(&self, limit: usize) -> Result<usize, StoreError> {
        self.inner.reseal(limit).await
    }

    async fn close(&self) {}
}

/// Greenhouse whose clock has this time. Unreachable if `None`.
#[derive(Debug, Default)]
struct Greenhouse(Mutex<Option<DateTime<Utc>>>);

#[async_trait]
impl HttpTransport for Greenhouse {
    async fn send(
        &self,
        _: Request<Bytes>,
        _: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let now = *self.0.lock().unwrap();
        let now = now.ok_or(TransportError::new(crate::TransportErrorKind::Unreachable))?;
        let mut response = Response::new(Bytes::new());
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response
            .headers_mut()
            .insert(http::header::DATE, date.parse().unwrap());
        Ok(response)
    }
}

struct World {
    clock: Arc<ManualClock>,
    store: Arc<Timed>,
    greenhouse: Arc<Greenhouse>,
    transport: Arc<dyn HttpTransport>,
    watch: ClockWatch,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(start()));
        let store = Arc::new(Timed {
            inner: MemoryStore::new(),
            clock: clock.clone(),
            ahead: AtomicI64::new(i64::MIN),
        });
        let greenhouse = Arc::new(Greenhouse::default());
        let time = Arc::new(GreenhouseTime::default());
        let transport: Arc<dyn HttpTransport> = Arc::new(ObservedTransport::new(
            greenhouse.clone(),
            clock.clone(),
            time.clone(),
        ));
        let watch = ClockWatch::new(store.clone(), clock.clone()).with_greenhouse(
            time,
            transport.clone(),
            Some(http::Uri::from_static("https://app.greenhouse.io/")),
        );
        Self {
            clock,
            store,
            greenhouse,
            transport,
            watch,
        }
    }

    fn greenhouse_is(&self, at: Option<DateTime<Utc>>) {
        *self.greenhouse.0.lock().unwrap() = at;
    }

    async fn call_greenhouse(&self) {
        let request = Request::new(Bytes::new());
        let sent = self.transport.send(request, ExchangeLimits::default());
        sent.await.unwrap();
    }

    async fn check(&self) -> Option<ClockProblem> {
        let found = self.watch.check().await.unwrap();
        assert_eq!(self.watch.found(), found);
        found
    }
}

#[tokio::test]
async fn clock_of_the_store_must_agree() {
    let world = World::new();
    for (ahead, seconds_ahead) in [
        (0, None),
        (60, None),
        (-60, None),
        (61, Some(-61)),
        (-61, Some(61)),
        (-800 * DAY, Some(800 * DAY)),
    ] {
        world.store.ahead.store(ahead, Ordering::SeqCst);
        let expected = seconds_ahead.map(|seconds_ahead| ClockProblem::Differs {
            other: OtherClock::Store,
            seconds_ahead,
        });
        assert_eq!(world.check().await, expected, "{ahead}");
    }
    // A store that agrees confirms any downtime.
    world.store.ahead.store(0, Ordering::SeqCst);
    world
        .clock
        .advance(Duration::from_secs(100 * DAY.unsigned_abs()));
    assert_eq!(world.check().await, None);
}

#[tokio::test]
async fn clock_of_greenhouse_must_agree() {
    let world = World::new();
    assert_eq!(world.check().await, None);
    for (seconds, paused) in [
        (0, false),
        (59, false),
        (-59, false),
        (120, true),
        (-120, true),
    ] {
        world.greenhouse_is(Some(start() + TimeDelta::seconds(seconds)));
        world.call_greenhouse().await;
        let found = world.check().await;
        assert_eq!(found.is_some(), paused, "{seconds}: {found:?}");
    }
    // The store agrees, but Greenhouse does not.
    world.store.ahead.store(0, Ordering::SeqCst);
    let found = world.check().await.unwrap().check();
    assert_eq!(
        found.text,
        "Retention is paused: the clock of this host is 119 seconds ahead of that of Greenhouse."
    );
    assert!(found.remedy.is_some());
}

/// The host's clock jumps after both clocks agreed.
#[tokio::test]
async fn jump_needs_another_clock() {
    let world = World::new();
    world.greenhouse_is(Some(start()));
    world.call_greenhouse().await;
    assert_eq!(world.check().await, None);
    let far = start() + TimeDelta::days(800);
    world.clock.set(far);

    // Greenhouse is asked, and answers with the true time.
    let found = world.check().await;
    assert!(
        matches!(
            found,
            Some(ClockProblem::Differs {
                other: OtherClock::Greenhouse,
                ..
            })
        ),
        "{found:?}"
    );
    // It cannot be reached.
    world.greenhouse_is(None);
    world.clock.set(far + TimeDelta::days(1));
    let unconfirmed = ClockProblem::Unconfirmed { accepted: start() };
    assert_eq!(world.check().await, Some(unconfirmed));
    assert!(unconfirmed.check().text.contains("2026-09-21T"));
    // The host was off for 801 days: Greenhouse confirms the time.
    world.greenhouse_is(Some(far + TimeDelta::days(1)));
    assert_eq!(world.check().await, None);
    // The clock is set back.
    world.greenhouse_is(None);
    world.clock.set(start());
    assert_eq!(world.check().await, None);
    let accepted = world.store.accepted_time().await.unwrap();
    assert_eq!(accepted, Some(far + TimeDelta::days(1)));
}

#[tokio::test]
async fn short_downtime_needs_no_other_clock() {
    let world = World::new();
    for days in [0, 1, 2, 2] {
        world
            .clock
            .advance(Duration::from_secs(days * 24 * 60 * 60));
        assert_eq!(world.check().await, None, "{days}");
    }
    world
        .clock
        .advance(Duration::from_secs(2 * 24 * 60 * 60 + 1));
    assert!(world.check().await.is_some());
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

const DAY: i64 = 24 * 60 * 60;
