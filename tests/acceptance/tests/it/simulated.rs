//! Time and network for a simulation: a held clock that jumps to the next sleeper when everything
//! else is idle, and real HTTP with a simulated latency.

use std::{
    collections::BTreeMap,
    fmt,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{Clock, ExchangeLimits, HttpTransport, TransportError};
use greenhouse_harvest::ReqwestTransport;
use http::{Request, Response, StatusCode};
use mock_greenhouse::{Config, Credential, MockClock, MockGreenhouse};
use tokio::task::JoinHandle;

/// Clock and transport, with a mock Greenhouse that allows `limit` requests per window.
pub(crate) struct World {
    clock: MockClock,
    limit: u32,
    seed: u64,
    sleepers: Mutex<BTreeMap<(DateTime<Utc>, usize), ()>>,
    /// Counts events, so that an idle simulation can be detected.
    happened: AtomicUsize,
    /// Number of exchanges in flight.
    busy: AtomicUsize,
    network: ReqwestTransport,
    latency: Range<u64>,
    random: Mutex<u64>,
    windows: Mutex<BTreeMap<i64, u32>>,
    sent: AtomicU32,
    refused: AtomicU32,
}

impl World {
    /// Creates a simulation. `latency` is the range of the round-trip time in milliseconds. Each
    /// request's time is drawn with the seed `SEED`, or with a constant seed.
    pub(crate) fn new(limit: u32, latency: Range<u64>) -> Arc<Self> {
        let seed = std::env::var("SEED")
            .ok()
            .and_then(|seed| seed.parse().ok())
            .unwrap_or(20_260_511);
        Arc::new(Self {
            clock: MockClock::held("2026-05-11T13:54:00Z".parse().unwrap()),
            limit,
            seed,
            sleepers: Mutex::default(),
            happened: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            network: ReqwestTransport::direct().unwrap(),
            latency,
            random: Mutex::new(seed),
            windows: Mutex::default(),
            sent: AtomicU32::new(0),
            refused: AtomicU32::new(0),
        })
    }

    /// Starts a Greenhouse on this clock.
    pub(crate) async fn greenhouse(&self) -> MockGreenhouse {
        self.greenhouse_of(Config::default().credential).await
    }

    /// Starts a Greenhouse for an organization with this credential.
    pub(crate) async fn greenhouse_of(&self, credential: Credential) -> MockGreenhouse {
        let config = Config::default()
            .with_rate_limit(self.limit)
            .with_credential(credential)
            .with_clock(self.clock.clone());
        MockGreenhouse::start(config).await.unwrap()
    }

    /// Runs the clock until the tasks have ended. `patient` waits longer before each jump, for work
    /// on other threads.
    pub(crate) async fn play(&self, tasks: Vec<JoinHandle<()>>, patient: bool) {
        while tasks.iter().any(|task| !task.is_finished()) {
            self.jump(patient).await;
        }
        for task in tasks {
            task.await.unwrap();
        }
    }

    /// Returns the results of the requests so far.
    pub(crate) fn used(&self) -> Used {
        Used {
            sent: self.sent.load(Ordering::SeqCst),
            refused: self.refused.load(Ordering::SeqCst),
            windows: self.windows.lock().unwrap().clone(),
            limit: self.limit,
            seed: self.seed,
        }
    }

    /// Lets every ready task run, then advances the clock to the first sleeper if all are idle.
    async fn jump(&self, patient: bool) {
        let before = self.happened.load(Ordering::SeqCst);
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
        }
        if patient {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let stands =
            self.busy.load(Ordering::SeqCst) == 0 && self.happened.load(Ordering::SeqCst) == before;
        if !stands {
            return;
        }
        let next = self.sleepers.lock().unwrap().keys().next().copied();
        if let Some((until, _)) = next {
            let ahead = until.signed_duration_since(self.clock.now());
            self.clock.advance(ahead.to_std().unwrap_or_default());
        }
    }

    async fn half_way(&self) {
        let span = self.latency.end - self.latency.start;
        let millis = {
            let mut random = self.random.lock().unwrap();
            *random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.latency.start + (*random >> 33) % span
        };
        self.sleep(Duration::from_millis(millis / 2)).await;
    }

    fn count(&self, response: &Response<Bytes>) {
        self.sent.fetch_add(1, Ordering::SeqCst);
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            self.refused.fetch_add(1, Ordering::SeqCst);
        } else {
            let window = self.clock.now().timestamp() / 30;
            *self.windows.lock().unwrap().entry(window).or_default() += 1;
        }
    }
}

/// Results of requests.
#[derive(Debug)]
pub(crate) struct Used {
    pub(crate) sent: u32,
    pub(crate) refused: u32,
    /// Number of accepted requests by window.
    windows: BTreeMap<i64, u32>,
    limit: u32,
    seed: u64,
}

impl Used {
    /// Seed of the simulation.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of accepted requests by window.
    pub(crate) fn by_window(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        self.windows.iter().map(|(window, taken)| (*window, *taken))
    }

    /// Returns the used share of the limit, from the first window to the last complete window.
    pub(crate) fn share(&self) -> f64 {
        let (Some(first), Some(last)) = (self.windows.keys().next(), self.windows.keys().last())
        else {
            return 0.0;
        };
        let whole = u32::try_from(last - first).unwrap();
        let taken: u32 = self.windows.range(..last).map(|(_, taken)| taken).sum();
        f64::from(taken) / f64::from(whole * self.limit)
    }
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} sent, {} refused, {:.2} % of the limit used (seed {})",
            self.sent,
            self.refused,
            self.share() * 100.0,
            self.seed
        )
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.clock.now() + TimeDelta::from_std(duration).unwrap();
        let number = self.happened.fetch_add(1, Ordering::SeqCst);
        self.sleepers.lock().unwrap().insert((until, number), ());
        let _awake = Awake(self, (until, number));
        self.clock.sleep_until(until).await;
    }
}

/// Removes a sleeper from the list when it wakes or is dropped.
struct Awake<'a>(&'a World, (DateTime<Utc>, usize));

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.sleepers.lock().unwrap().remove(&self.1);
        self.0.happened.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl HttpTransport for World {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let counts = request.uri().path().starts_with("/v3/");
        let sent = self.network.send(request, limits);
        self.exchange(counts, sent).await
    }
}

impl World {
    /// Sends a request with the simulated latency. Counts it if it uses the rate limit.
    pub(crate) async fn exchange(
        &self,
        counts: bool,
        sent: impl Future<Output = Result<Response<Bytes>, TransportError>>,
    ) -> Result<Response<Bytes>, TransportError> {
        self.half_way().await;
        let busy = Busy::new(self);
        let response = sent.await;
        if let Ok(response) = &response
            && counts
        {
            self.count(response);
        }
        drop(busy);
        self.happened.fetch_add(1, Ordering::SeqCst);
        self.half_way().await;
        response
    }
}

/// An exchange in flight. Ends also if the caller drops the call.
struct Busy<'a>(&'a World);

impl<'a> Busy<'a> {
    fn new(world: &'a World) -> Self {
        world.busy.fetch_add(1, Ordering::SeqCst);
        Self(world)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Number of scheduler yields before each jump of the clock.
const YIELDS: usize = 40;
