//! Rate limit tests, with a simulated clock and a simulated Greenhouse that counts requests.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock, ExchangeLimits, HttpTransport, TransportError, settings::HarvestCredential,
    store::memory::MemoryStore, testing::ManualClock,
};
use greenhouse_harvest::{
    Error, HarvestClient, HarvestEvent, HarvestObserver, RetryPolicy, Route, UntypedCall,
};
use http::{Request, Response};
use tokio::task::JoinHandle;

#[tokio::test]
async fn callers_proceed_in_order_of_arrival() {
    let world = World::with_limit(2);
    let client = world.client();
    let callers: Vec<_> = (0..6).map(|number| world.calls(&client, number)).collect();
    for _ in 0..4 {
        world.run_until_idle().await;
        world.clock.advance(Duration::from_secs(30));
    }
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    // The two requests of one window are in flight at the same time.
    let mut taken = world.taken();
    taken.chunks_mut(2).for_each(<[u32]>::sort);
    assert_eq!(taken, [0, 1, 2, 3, 4, 5]);
    assert_eq!(world.refused(), 0);
}

#[tokio::test]
async fn a_dropped_caller_frees_its_slot() {
    let world = World::with_limit(2);
    let client = world.client();
    for number in 0..2 {
        world.calls(&client, number).await.unwrap().unwrap();
    }
    let callers: Vec<_> = (2..5).map(|number| world.calls(&client, number)).collect();
    world.run_until_idle().await;
    callers[0].abort();
    world.run_until_idle().await;
    world.clock.advance(Duration::from_secs(31));
    world.run_until_idle().await;
    let mut taken = world.taken();
    taken.sort();
    assert_eq!(taken, [0, 1, 3, 4], "both requests of the window were used");
}

#[tokio::test]
async fn a_wait_over_the_limit_fails_at_once() {
    let world = World::with_limit(1);
    let client = world.client();
    world.calls(&client, 0).await.unwrap().unwrap();
    // The clock does not advance, so a caller that waited would wait forever.
    let hasty = client.clone().with_patience(Duration::from_secs(5));
    let Err(Error::RateLimited { retry_after, .. }) = world.calls(&hasty, 1).await.unwrap() else {
        panic!("no request was left in the window");
    };
    assert!(retry_after > Duration::from_secs(5) && retry_after <= Duration::from_secs(31));

    let patient = world.calls(&client, 2);
    world.run_until_idle().await;
    let behind = world.calls(&hasty, 3);
    world.run_until_idle().await;
    world.clock.advance(Duration::from_secs(6));
    world.run_until_idle().await;
    assert!(matches!(
        behind.await.unwrap(),
        Err(Error::RateLimited { .. })
    ));
    world.clock.advance(Duration::from_secs(30));
    patient.await.unwrap().unwrap();
    assert_eq!(world.taken(), [0, 2]);
}

#[tokio::test]
async fn a_429_pauses_all_callers_until_retry_after() {
    let world = World::with_limit(50);
    let store = Arc::new(MemoryStore::new());
    let (one, other) = (world.sharing(&store), world.sharing(&store));
    world.calls(&one, 0).await.unwrap().unwrap();
    world.refuse_next.store(1, Ordering::SeqCst);
    let refused = world.calls(&one, 1);
    world.run_until_idle().await;
    let behind = world.calls(&other, 2);
    world.run_until_idle().await;
    world.clock.advance(Duration::from_secs(40));
    world.run_until_idle().await;
    assert_eq!(
        (world.taken(), world.refused()),
        (vec![0], 1),
        "Retry-After was 45 s"
    );
    world.clock.advance(Duration::from_secs(6));
    refused.await.unwrap().unwrap();
    behind.await.unwrap().unwrap();
    assert_eq!(world.refused(), 1);
}

#[tokio::test]
async fn a_changed_limit_applies_from_the_next_response() {
    let world = World::with_limit(10);
    let client = world.client();
    for number in 0..5 {
        world.calls(&client, number).await.unwrap().unwrap();
    }
    world.limit.store(6, Ordering::SeqCst);
    let callers: Vec<_> = (5..9).map(|number| world.calls(&client, number)).collect();
    world.run_until_idle().await;
    world.clock.advance(Duration::from_secs(31));
    world.run_until_idle().await;
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert!(
        world.refused() <= 3,
        "at most the requests in flight at the change were refused"
    );
    assert_eq!(world.taken().len(), 9);
}

#[tokio::test]
async fn a_wrong_clock_is_tolerated() {
    for ahead in [-3600, -17, 17, 3600] {
        let mut world = World::with_limit(3);
        Arc::get_mut(&mut world).unwrap().server_ahead = TimeDelta::seconds(ahead);
        let client = world.client();
        let callers: Vec<_> = (0..9).map(|number| world.calls(&client, number)).collect();
        for _ in 0..120 {
            world.run_until_idle().await;
            world.clock.advance(Duration::from_secs(1));
        }
        for caller in callers {
            caller.await.unwrap().unwrap();
        }
        assert_eq!(world.refused(), 0, "{ahead}");
        let windows = world.windows.lock().unwrap();
        assert!(windows.values().all(|taken| *taken <= 3), "{windows:?}");
        assert!(windows.len() <= 4, "{windows:?}");
    }
}

#[tokio::test]
async fn calls_proceed_without_a_rate_limit_header() {
    let world = World::with_limit(0);
    let client = world.client();
    let callers: Vec<_> = (0..40).map(|number| world.calls(&client, number)).collect();
    world.run_until_idle().await;
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(world.taken().len(), 40);
}

#[tokio::test]
async fn an_observer_receives_each_call_and_the_budget() {
    let world = World::with_limit(2);
    let client = world.client();
    for number in 0..2 {
        world.calls(&client, number).await.unwrap().unwrap();
    }
    let waiting = world.calls(&client, 2);
    world.run_until_idle().await;
    world.clock.advance(Duration::from_secs(31));
    waiting.await.unwrap().unwrap();
    let events = world.events.lock().unwrap();
    let (mut calls, mut budgets) = (Vec::new(), Vec::new());
    for event in events.iter() {
        match event {
            HarvestEvent::Call {
                status,
                attempts,
                waited,
                ..
            } => {
                calls.push((*status, *attempts, waited.as_secs() > 0));
            }
            HarvestEvent::Budget { limit, left, .. } => budgets.push((*limit, *left)),
            _ => {}
        }
    }
    assert_eq!(
        calls,
        [
            (Some(200), 1, false),
            (Some(200), 1, false),
            (Some(200), 1, true)
        ]
    );
    assert_eq!(budgets, [(2, 1), (2, 0), (2, 1)]);
}

/// Simulated Greenhouse that counts requests, with a simulated clock.
struct World {
    clock: Arc<ManualClock>,
    server_ahead: TimeDelta,
    /// Requests per window. With 0, responses contain no rate limit headers.
    limit: AtomicU32,
    refuse_next: AtomicU32,
    windows: Mutex<BTreeMap<i64, u32>>,
    taken: Mutex<Vec<u32>>,
    refused: AtomicU32,
    events: Mutex<Vec<HarvestEvent>>,
}

impl World {
    fn with_limit(limit: u32) -> Arc<Self> {
        let start = "2026-05-11T13:54:00Z".parse().unwrap();
        Arc::new(Self {
            clock: Arc::new(ManualClock::at(start)),
            server_ahead: TimeDelta::zero(),
            limit: limit.into(),
            refuse_next: AtomicU32::new(0),
            windows: Mutex::default(),
            taken: Mutex::default(),
            refused: AtomicU32::new(0),
            events: Mutex::default(),
        })
    }

    fn client(self: &Arc<Self>) -> HarvestClient {
        self.sharing(&Arc::new(MemoryStore::new()))
    }

    fn sharing(self: &Arc<Self>, store: &Arc<MemoryStore>) -> HarvestClient {
        let credential = HarvestCredential::new("client-7", Some("secret".into())).unwrap();
        HarvestClient::builder(self.clone(), self.clock.clone(), credential)
            .sharing(AccountId::new("acme"), store.clone(), store.clone())
            .retries(RetryPolicy::default())
            .observer(self.clone())
            .build()
    }

    /// Makes a numbered call in a task of its own.
    fn calls(
        self: &Arc<Self>,
        client: &HarvestClient,
        number: u32,
    ) -> JoinHandle<Result<(), Error>> {
        let client = client.clone();
        tokio::spawn(async move {
            let call = UntypedCall::new(JOBS).query("number", number);
            client.list(&call).all().await.map(drop)
        })
    }

    /// Runs all tasks until none can proceed.
    async fn run_until_idle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    fn taken(&self) -> Vec<u32> {
        self.taken.lock().unwrap().clone()
    }

    fn refused(&self) -> u32 {
        self.refused.load(Ordering::SeqCst)
    }

    fn server_now(&self) -> DateTime<Utc> {
        self.clock.now() + self.server_ahead
    }

    fn count(&self, number: u32) -> Response<Bytes> {
        let now = self.server_now();
        let limit = self.limit.load(Ordering::SeqCst);
        let mut windows = self.windows.lock().unwrap();
        let used = windows.entry(now.timestamp().div_euclid(30)).or_default();
        let refuse = self.refuse_next.swap(0, Ordering::SeqCst) > 0;
        let mut response = Response::builder().header("date", http_date(now));
        if refuse || (limit > 0 && *used >= limit) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            let wait = if refuse {
                45
            } else {
                30 - now.timestamp().rem_euclid(30)
            };
            response = response.status(429).header("retry-after", wait);
        } else {
            *used += 1;
            self.taken.lock().unwrap().push(number);
        }
        if limit > 0 {
            response = response
                .header("x-ratelimit-limit", limit)
                .header("x-ratelimit-remaining", limit.saturating_sub(*used))
                .header("x-ratelimit-reset", now.timestamp() + 30);
        }
        response.body(Bytes::from_static(b"[]")).unwrap()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl HarvestObserver for World {
    fn observe(&self, event: &HarvestEvent) {
        self.events.lock().unwrap().push(*event);
    }
}

#[async_trait]
impl HttpTransport for World {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        tokio::task::yield_now().await;
        if request.uri().path() == "/token" {
            let now = self.server_now();
            let end = (now + TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ");
            let body = format!(r#"{{"access_token":"a.b.c","expires_at":"{end}"}}"#);
            let response = Response::builder().header("date", http_date(now));
            return Ok(response.body(body.into()).unwrap());
        }
        let query = request.uri().query().unwrap();
        Ok(self.count(query.strip_prefix("number=").unwrap().parse().unwrap()))
    }
}

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

const JOBS: Route = Route::get("/v3/jobs", "harvest:jobs:list");
