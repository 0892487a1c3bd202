//! Backfills of many completions on a simulated clock, killed and resumed, against the mock.
//!
//! A sample by default; `ACCEPTANCE=full` runs 10,000 completions, a fifth of which the trigger
//! takes.

mod product;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, Background, Clock, Integration, JobId, ProductJobId, ScenarioId,
    StageId, UserId,
    backfill::{BackfillRequest, BackfillScope, BackfillSkip},
    integration::Environment,
    platform::{Assessment, AssessmentState, Person},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::Score,
    settings::{AccountSettings, HarvestCredential, JobMapping, PushSettings},
    store::{
        AccountRecord, Applied, Backfill, BackfillKind, BackfillState, Changes, LogFilter,
        LogSubject, Records, StoreWriter, SyncLog, Write, memory::MemoryStore,
    },
    trigger::Trigger,
};
use greenhouse_harvest::{Push, PushConfig, PushService};
use mock_greenhouse::MockGreenhouse;
use tokio::{sync::watch, task::JoinHandle};

use self::product::{InProcess, Product};
use crate::simulated::World;

#[tokio::test]
async fn a_backfill_uses_its_share_and_pushes_everything_once_despite_kills() {
    let world = World::new(LIMIT, 20..60);
    let seed = world.used().seed();
    let is_full = std::env::var("ACCEPTANCE").as_deref() == Ok("full");
    let (count, is_taken): (_, fn(usize) -> bool) = match is_full {
        true => (10_000, |number| number % 5 == 0),
        false => (300, |number| number % 10 != 3),
    };
    println!("{count} completions, seed {seed}");
    let greenhouse = Arc::new(world.greenhouse().await);
    let stage = Arc::new(Stage::new(&greenhouse, &world, count, is_taken).await);
    let ended = Arc::new(Mutex::new(None));
    let playing = {
        let (stage, world, ended) = (stage.clone(), world.clone(), ended.clone());
        tokio::spawn(async move {
            let both = stage.count_and_run(&world, seed).await;
            *ended.lock().unwrap() = Some(both);
        })
    };
    world.play(vec![playing], false).await;
    let (counted, done) = ended.lock().unwrap().take().unwrap();

    let taken = u64::try_from(stage.expected.len()).unwrap();
    assert_eq!(counted.counts.taken, taken);
    assert_eq!(counted.requests, 0);
    assert_eq!(done.state, BackfillState::Done);
    assert_eq!(done.counts.taken, taken);
    assert_eq!(done.counts.pushed + done.counts.failed, taken);
    assert_eq!(
        done.counts.skipped[&BackfillSkip::BelowMinimum],
        stage.below
    );
    // A kill can interrupt the push that runs, which then waits for a person.
    assert!(done.counts.failed <= KILLS, "{:?}", done.counts);

    let used = world.used();
    println!("{used}");
    assert_eq!(used.refused, 0, "{used}");
    let emails: Vec<_> = greenhouse
        .candidates()
        .iter()
        .map(|candidate| candidate.email_addresses[0].value.clone())
        .collect();
    let unique: BTreeSet<_> = emails.iter().cloned().collect();
    assert_eq!(unique.len(), emails.len(), "a candidate was created twice");
    let expected: BTreeSet<_> = stage.expected.iter().cloned().collect();
    assert!(unique.is_subset(&expected));
    assert!(u64::try_from(emails.len()).unwrap() >= done.counts.pushed);
    assert_eq!(greenhouse.applications().len(), emails.len());
    assert!(greenhouse.notes().len() <= emails.len());

    let share = f64::from(SHARE) / 100.0 * f64::from(LIMIT);
    let allowed = |time: TimeDelta| time.as_seconds_f64() / 30.0 * share;
    let (mut time, mut made) = (TimeDelta::zero(), 0);
    for (span, requests) in &*stage.spans.lock().unwrap() {
        time += *span;
        made += requests;
    }
    let rate = f64::from(made) / allowed(time);
    println!("{:.1} % of the share used in {time}", rate * 100.0);
    assert!(rate >= 0.95, "{rate}: {used}");
    // The requests that a kill hides are those of one push.
    let in_all = allowed(done.ended_at.unwrap() - done.started_at);
    assert!(f64::from(used.sent) <= in_all + 10.0 * 5.0, "{used}");
    for (window, requests) in used.by_window() {
        assert!(f64::from(requests) <= share + 20.0, "{window}: {requests}");
    }

    let page = stage
        .store
        .log_page(&stage.account, &LogFilter::newest(9))
        .await;
    let entries = page.unwrap().entries;
    let ends = entries
        .iter()
        .filter(|logged| logged.entry.subject == LogSubject::Backfill);
    assert_eq!(ends.count(), 1);
    greenhouse.assert_no_problems();
}

struct Stage {
    world: Arc<World>,
    account: AccountId,
    product: Arc<Product>,
    store: Arc<MemoryStore>,
    greenhouse: Arc<MockGreenhouse>,
    /// Addresses of the people whose results are brought over.
    expected: Vec<String>,
    below: u64,
    /// Times during which a host brought results over, from its first ended push until it was
    /// killed, and the requests meanwhile.
    spans: Mutex<Vec<(TimeDelta, u32)>>,
}

impl Stage {
    async fn new(
        greenhouse: &Arc<MockGreenhouse>,
        world: &Arc<World>,
        count: usize,
        is_taken: fn(usize) -> bool,
    ) -> Self {
        let account = AccountId::new("acme");
        let store = Arc::new(MemoryStore::new());
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record(greenhouse)));
        let applied = store.apply(&account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
        let (mut expected, mut below, mut results) = (Vec::new(), 0, Vec::new());
        let now = world.now();
        for number in 0..count {
            let is_below = !is_taken(number);
            let age = TimeDelta::seconds(i64::try_from(count - number).unwrap() * 60);
            results.push(completed(
                number,
                if is_below { 20.0 } else { 72.0 },
                now - age,
            ));
            match is_below {
                true => below += 1,
                false => expected.push(email(number)),
            }
        }
        Self {
            world: world.clone(),
            account,
            product: Arc::new(Product(results)),
            store,
            greenhouse: greenhouse.clone(),
            expected,
            below,
            spans: Mutex::default(),
        }
    }

    /// Starts a host. Dropping it is a kill.
    fn host(&self) -> Host {
        let mut config = PushConfig::default();
        config.endpoint_wait = Duration::ZERO;
        let transport = InProcess {
            world: self.world.clone(),
            greenhouse: self.greenhouse.clone(),
        };
        let integration = Integration::builder(self.product.clone(), self.store.clone())
            .public_url("https://product.example")
            .unwrap()
            .environment(Environment::sandbox(self.greenhouse.url()).unwrap())
            .clock(self.world.clone())
            .with(Push::new(transport).config(config))
            .build()
            .unwrap();
        let push = PushService::builder(integration.ports()).config(config);
        let push = push.build().unwrap();
        let (stop, stopped) = watch::channel(false);
        let loops = integration
            .background()
            .into_iter()
            .filter(|one| ["push", "backfill"].contains(&one.name()))
            .map(|one| tokio::spawn(drive(one, self.world.clone(), stopped.clone())))
            .collect();
        Host { push, loops, stop }
    }

    /// Counts, then brings the results over, on hosts that are killed five times.
    async fn count_and_run(&self, world: &World, seed: u64) -> (Backfill, Backfill) {
        let request = BackfillRequest {
            days: 30,
            share: SHARE,
            scope: BackfillScope::All,
        };
        let host = self.host();
        host.push
            .count_backfill(&self.account, request)
            .await
            .unwrap();
        let counted = self.until(world, |record| record.state.has_ended()).await;
        host.push
            .run_backfill(&self.account, request)
            .await
            .unwrap();
        host.kill();
        let mut random = seed;
        let all = u64::try_from(self.expected.len()).unwrap();
        for kill in 1..=KILLS {
            let host = self.host();
            let mark = all * kill / (KILLS + 1);
            let begun = self.begun(world).await;
            self.until(world, |record| record.progress().0 >= mark)
                .await;
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            world
                .sleep(Duration::from_millis((random >> 33) % 4000))
                .await;
            self.span(world, begun);
            host.kill();
            world.sleep(Duration::from_secs(10)).await;
        }
        let host = self.host();
        let begun = self.begun(world).await;
        let done = self.until(world, |record| record.state.has_ended()).await;
        self.span(world, begun);
        host.stop.send_replace(true);
        host.kill();
        (counted, done)
    }

    /// Waits for the next end of a push. Returns its time, and the number of requests so far.
    async fn begun(&self, world: &World) -> (DateTime<Utc>, u32) {
        let before = self.until(world, |_| true).await.progress().0;
        self.until(world, |record| record.progress().0 > before)
            .await;
        (world.now(), world.used().sent)
    }

    fn span(&self, world: &World, (from, requests): (DateTime<Utc>, u32)) {
        let span = (world.now() - from, world.used().sent - requests);
        self.spans.lock().unwrap().push(span);
    }

    /// Waits until the record of the backfill fulfills a condition.
    async fn until(&self, world: &World, condition: impl Fn(&Backfill) -> bool) -> Backfill {
        loop {
            let record = self.store.backfill(&self.account, BackfillKind::Push);
            let record = record.await.unwrap().unwrap();
            assert_ne!(record.state, BackfillState::Paused, "{record:?}");
            if condition(&record) {
                return record;
            }
            world.sleep(Duration::from_secs(1)).await;
        }
    }
}

struct Host {
    push: PushService,
    loops: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

impl Host {
    fn kill(self) {
        for one in self.loops {
            one.abort();
        }
    }
}

async fn drive(one: Arc<dyn Background>, clock: Arc<World>, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let next = one.run_due(16).await.unwrap();
        let wait = next.map_or(LONGEST_WAIT, |next| {
            let wait = (next - clock.now()).to_std().unwrap_or_default();
            wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)
        });
        tokio::select! {
            () = clock.sleep(wait) => {}
            () = one.woken() => clock.sleep(SHORTEST_WAIT).await,
        }
    }
}

fn record(greenhouse: &MockGreenhouse) -> AccountRecord {
    let job = greenhouse.seed_job(
        "Account Executive",
        &["Application Review", "Take Home Test"],
    );
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.clone().into());
    let credential = HarvestCredential::new(&*known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    push.trigger = Trigger::OnScore {
        minimum: Score::new(50.0).unwrap(),
        inclusive: true,
    };
    let stage = job.stage("Take Home Test").map(StageId::new);
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs.insert(ProductJobId::new("sales"), mapping);
    let key = ReportLinkKey::new("1", "s".repeat(32).into()).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, Vec::new()));
    settings.push = Some(push);
    AccountRecord::new(settings, Vec::new())
}

fn completed(number: usize, score: f64, at: DateTime<Utc>) -> Assessment {
    Assessment {
        id: AssessmentId::new(format!("a-{number:05}")),
        scenario: ScenarioId::new("discovery-call"),
        scenario_name: "Discovery Call".to_owned(),
        job: Some(ProductJobId::new("sales")),
        person: Person {
            first_name: "Mira".to_owned(),
            last_name: format!("Okafor {number}"),
            email: Some(email(number)),
        },
        state: AssessmentState::Completed,
        score: Some(Score::new(score).unwrap()),
        traits: Vec::new(),
        summary: None,
        started_at: None,
        completed_at: Some(at),
        invitation: None,
        metadata: BTreeMap::new(),
    }
}

fn email(number: usize) -> String {
    format!("candidate.{number}@example.org")
}

const LIMIT: u32 = 150;
const SHARE: u8 = 40;
const KILLS: u64 = 5;
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
