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
use greenhouse_core::{
    AccountId, Clock, ExchangeLimits, HttpTransport, TransportError,
    settings::HarvestCredential,
    store::{RateBudgets, Tokens},
};
use greenhouse_harvest::{HarvestClient, HarvestEndpoints, ReqwestTransport, api::JobFilter};
use http::{Request, Response, StatusCode};
use mock_greenhouse::{Config, MockClock, MockGreenhouse};

/// Clients of one credential on a simulated clock, which jumps to the next sleeper when nothing else happens.
pub(super) struct Simulation {
    clients: usize,
    sharing: Sharing,
    latency: Range<u64>,
    seed: u64,
    patient: bool,
}

/// Through what the clients know of each other.
pub(super) enum Sharing {
    Own,
    Store(Arc<dyn Tokens>, Arc<dyn RateBudgets>),
}

impl Sharing {
    pub(super) fn store<S: Tokens + RateBudgets + 'static>(store: Arc<S>) -> Self {
        Self::Store(store.clone(), store)
    }
}

/// What became of the requests.
#[derive(Debug)]
pub(super) struct Used {
    pub(super) sent: u32,
    pub(super) refused: u32,
    /// By window, how many were taken.
    windows: BTreeMap<i64, u32>,
    seed: u64,
}

impl Used {
    /// Which part of what was allowed was used, from the first window to the last whole one.
    pub(super) fn share(&self) -> f64 {
        let (Some(first), Some(last)) = (self.windows.keys().next(), self.windows.keys().last())
        else {
            return 0.0;
        };
        let whole = u32::try_from(last - first).unwrap();
        let taken: u32 = self.windows.range(..last).map(|(_, taken)| taken).sum();
        f64::from(taken) / f64::from(whole * LIMIT)
    }
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} sent, {} refused, {:.2} % of the allowed used (seed {})",
            self.sent,
            self.refused,
            self.share() * 100.0,
            self.seed
        )
    }
}

impl Simulation {
    pub(super) fn of(clients: usize, sharing: Sharing) -> Self {
        let seed = std::env::var("SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        Self {
            clients,
            sharing,
            latency: 100..400,
            seed: seed.unwrap_or(20_260_511),
            patient: false,
        }
    }

    /// In milliseconds, there and back.
    pub(super) fn latency(self, latency: Range<u64>) -> Self {
        Self { latency, ..self }
    }

    /// Looks longer before the clock jumps: something may be happening on another thread.
    pub(super) fn patient(self) -> Self {
        Self {
            patient: true,
            ..self
        }
    }

    /// Makes so many calls from so many callers of each client, who think for a time between their calls.
    pub(super) async fn play(self, calls: u32, callers: usize, think: Duration) -> Used {
        let clock = MockClock::held("2026-05-11T13:54:00Z".parse().unwrap());
        let config = Config::default()
            .with_rate_limit(LIMIT)
            .with_clock(clock.clone());
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let world = Arc::new(World {
            clock,
            sleepers: Mutex::default(),
            happened: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            network: ReqwestTransport::direct().unwrap(),
            latency: self.latency,
            random: Mutex::new(self.seed),
            windows: Mutex::default(),
            sent: AtomicU32::new(0),
            refused: AtomicU32::new(0),
        });
        let left = Arc::new(AtomicU32::new(calls));
        let mut tasks = Vec::new();
        for _ in 0..self.clients {
            let client = client(&greenhouse, &world, &self.sharing);
            for _ in 0..callers {
                let (client, left, world) = (client.clone(), left.clone(), world.clone());
                tasks.push(tokio::spawn(async move {
                    while take(&left) {
                        client.jobs(&JobFilter::new()).all().await.unwrap();
                        if !think.is_zero() {
                            world.sleep(think).await;
                        }
                    }
                }));
            }
        }
        while tasks.iter().any(|task| !task.is_finished()) {
            world.jump(self.patient).await;
        }
        for task in tasks {
            task.await.unwrap();
        }
        greenhouse.stop().await;
        let windows = std::mem::take(&mut *world.windows.lock().unwrap());
        Used {
            sent: world.sent.load(Ordering::SeqCst),
            refused: world.refused.load(Ordering::SeqCst),
            windows,
            seed: self.seed,
        }
    }
}

fn take(left: &AtomicU32) -> bool {
    let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    });
    taken.is_ok()
}

fn client(greenhouse: &MockGreenhouse, world: &Arc<World>, sharing: &Sharing) -> HarvestClient {
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.clone().into());
    let credential = HarvestCredential::new(&*known.client_id, secret).unwrap();
    let url: url::Url = greenhouse.url().parse().unwrap();
    let client = HarvestClient::builder(world.clone(), world.clone(), credential)
        .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap());
    match sharing {
        Sharing::Own => client.build(),
        Sharing::Store(tokens, budgets) => client
            .sharing(AccountId::new("acme"), tokens.clone(), budgets.clone())
            .build(),
    }
}

/// Time and network of a simulation.
struct World {
    clock: MockClock,
    sleepers: Mutex<BTreeMap<(DateTime<Utc>, usize), ()>>,
    /// Counts whatever happens, so that standing still can be told.
    happened: AtomicUsize,
    /// Exchanges under way.
    busy: AtomicUsize,
    network: ReqwestTransport,
    latency: Range<u64>,
    random: Mutex<u64>,
    windows: Mutex<BTreeMap<i64, u32>>,
    sent: AtomicU32,
    refused: AtomicU32,
}

impl World {
    /// Lets everybody run, and moves the clock to the first sleeper once nobody does.
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

/// Takes a sleeper off the list, woken or dropped.
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
        self.half_way().await;
        self.busy.fetch_add(1, Ordering::SeqCst);
        let response = self.network.send(request, limits).await;
        if let Ok(response) = &response
            && counts
        {
            self.count(response);
        }
        self.busy.fetch_sub(1, Ordering::SeqCst);
        self.happened.fetch_add(1, Ordering::SeqCst);
        self.half_way().await;
        response
    }
}

const LIMIT: u32 = 50;
/// So often everybody who can run is let run before the clock moves.
const YIELDS: usize = 40;
