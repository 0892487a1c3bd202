//! A product, a store and a push service connected to Greenhouse.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, Background, HttpTransport, JobId, ProductJobId, RejectionReasonId,
    ScenarioId, StageId, UserId,
    integration::Ports,
    operator::OperatorService,
    platform::{
        Assessment, AssessmentPlatform, AssessmentState, CandidateProfile, Person, ResumeFile,
    },
    report_link::{ReportLinkKey, ReportLinks},
    rules::{AdvanceRule, RejectRule, RuleBound, RuleMode},
    scorecard::{Score, TraitScore},
    settings::{
        AccountSettings, FieldOwner, FieldRef, HarvestCredential, JobMapping, PushSettings,
    },
    store::{
        AccountRecord, Applied, Changes, LogEntry, LogFilter, LogStatus, PushState, Records,
        StoreWriter, SyncLog, Write, memory::MemoryStore,
    },
    testing::{FailingStore, FakePlatform, ManualClock},
    trigger::Trigger,
};
use greenhouse_harvest::{HarvestEndpoints, PushConfig, PushService, PushView};
use http::{Request, Response};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    Dated, EMAIL, SECRET, clients, endpoints,
    greenhouse::{Greenhouse, JOB, STAGE, destinations::LATER_STAGE},
    start,
};

pub(crate) struct World {
    pub(crate) greenhouse: Greenhouse,
    pub(crate) platform: Arc<FakePlatform>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) failing_store: Arc<FailingStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) push: Arc<PushService>,
    pub(crate) account: AccountId,
    transport: Arc<dyn HttpTransport>,
    endpoints: HarvestEndpoints,
    config: PushConfig,
    background: Option<JoinHandle<()>>,
}

/// Options of a test.
pub(crate) struct WorldOptions {
    pub(crate) trigger: Trigger,
    pub(crate) stage: Option<i64>,
    pub(crate) config: PushConfig,
    /// Changes to the other push settings.
    pub(crate) settings: fn(&mut PushSettings),
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self {
            trigger: Trigger::Manual,
            stage: Some(STAGE),
            config: without_search_interval(),
            settings: |_| {},
        }
    }
}

/// Removes the pause between the two searches, because a test's clock does not advance.
pub(crate) fn without_search_interval() -> PushConfig {
    let mut config = PushConfig::default();
    config.search_interval = Duration::ZERO;
    config
}

/// Options with mapped fields for score, recommendation and one trait, and with a tag.
pub(crate) fn with_fields() -> WorldOptions {
    WorldOptions {
        settings: |settings| {
            let of = |key| Some(FieldRef::new(FieldOwner::Application, key));
            settings.fields.score = of("score");
            settings.fields.recommendation = of("level");
            let grit = FieldRef::new(FieldOwner::Candidate, "grit");
            settings.fields.traits.insert("Grit".to_owned(), grit);
            settings.tags = vec!["assessed".to_owned()];
        },
        ..WorldOptions::default()
    }
}

/// Options with rules: a move to the later stage from this score on, and a rejection below it.
pub(crate) fn ruled(bound: f64) -> WorldOptions {
    let settings: fn(&mut PushSettings) = match bound {
        0.0 => |settings| add_rules(settings, 0.0),
        100.0 => |settings| add_rules(settings, 100.0),
        other => panic!("no options for {other}"),
    };
    WorldOptions {
        settings,
        ..WorldOptions::default()
    }
}

/// Adds a move to the later stage from this score on, and a rejection below it.
pub(crate) fn add_rules(settings: &mut PushSettings, bound: f64) {
    let bound = RuleBound::Score(Score::new(bound).unwrap());
    settings.rules.mode = RuleMode::On;
    settings.rules.advance = Some(AdvanceRule::new(bound));
    settings.rules.reject = Some(RejectRule::new(bound, RejectionReasonId::new(4)));
    for mapping in settings.jobs.values_mut() {
        mapping.advance_to = Some(StageId::new(LATER_STAGE));
    }
}

/// Adds two traits to an assessment.
pub(crate) fn rated(assessment: &mut Assessment) {
    let score = |score| Score::new(score).unwrap();
    assessment.traits = vec![
        TraitScore::new("Grit", score(90.0)),
        TraitScore::new("Poise", score(50.0)),
    ];
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(WorldOptions::default()).await
    }

    pub(crate) async fn with(wishes: WorldOptions) -> Self {
        let greenhouse = Greenhouse::start().await;
        let clock = Arc::new(ManualClock::at(start()));
        let transport = Dated::by(clock.clone());
        let endpoints = endpoints(greenhouse.server());
        let mut world = Self::on(greenhouse, transport, endpoints, clock, wishes);
        let working = world.push.clone();
        world.background = Some(tokio::spawn(async move {
            loop {
                working.run_due(10).await.unwrap();
                working.woken().await;
            }
        }));
        world
    }

    /// Creates a world without sockets and without background work.
    pub(crate) fn in_process(wishes: WorldOptions) -> Self {
        let greenhouse = Greenhouse::in_process();
        let clock = Arc::new(ManualClock::at(start()));
        let transport = Arc::new(greenhouse.clone());
        let url: url::Url = "https://greenhouse.example".parse().unwrap();
        let endpoints = HarvestEndpoints::new(url.clone(), url).unwrap();
        Self::on(greenhouse, transport, endpoints, clock, wishes)
    }

    fn on(
        greenhouse: Greenhouse,
        transport: Arc<dyn HttpTransport>,
        endpoints: HarvestEndpoints,
        clock: Arc<ManualClock>,
        wishes: WorldOptions,
    ) -> Self {
        let account = AccountId::new("acme");
        let (platform, store) = (Arc::new(FakePlatform::new()), Arc::new(MemoryStore::new()));

        let credential = HarvestCredential::new("client-7", Some(SECRET.into())).unwrap();
        let mut settings = PushSettings::new(credential);
        settings.acting_user = Some(UserId::new(5_400_012_002));
        settings.trigger = wishes.trigger;
        let mapping = JobMapping::new(JobId::new(JOB), wishes.stage.map(StageId::new));
        settings.jobs.insert(ProductJobId::new("sales"), mapping);
        (wishes.settings)(&mut settings);
        let mut of_account = AccountSettings::new(links());
        of_account.push = Some(settings);
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(AccountRecord::new(of_account, vec![])));
        let stored = at_once(store.apply(&account, changes)).unwrap();
        assert_eq!(stored, Applied::Applied);

        let failing_store = Arc::new(FailingStore::around(store.clone()).yielding());
        let config = wishes.config;
        let product: Arc<dyn AssessmentPlatform> = platform.clone();
        let push = push_on(
            product,
            failing_store.clone(),
            &transport,
            &clock,
            &endpoints,
            config,
        );
        Self {
            greenhouse,
            platform,
            store,
            failing_store,
            clock,
            push,
            account,
            transport,
            endpoints,
            config,
            background: None,
        }
    }

    /// Another host on the same store, with its own product.
    pub(crate) fn host_of(&self, platform: Arc<dyn AssessmentPlatform>) -> Arc<PushService> {
        push_on(
            platform,
            self.failing_store.clone(),
            &self.transport,
            &self.clock,
            &self.endpoints,
            self.config,
        )
    }

    /// Ports of a host on the same store.
    pub(crate) fn ports(&self) -> Ports {
        ports_on(
            self.platform.clone(),
            self.failing_store.clone(),
            &self.transport,
            &self.clock,
        )
    }

    /// Another host on the same store.
    pub(crate) fn another_host(&self) -> Arc<PushService> {
        self.host_of(self.platform.clone())
    }

    /// Stops the background work.
    pub(crate) fn stop(&self) {
        if let Some(background) = &self.background {
            background.abort();
        }
    }

    /// Adds a completed assessment of the default person.
    pub(crate) fn assessed(&self, id: &str) -> AssessmentId {
        self.assessed_as(id, |_| {})
    }

    /// Adds phone numbers, two links and a résumé of the assessment's candidate to the product.
    pub(crate) fn has_profile(&self, id: &str) {
        let mut profile = CandidateProfile::default();
        profile.phone_numbers = vec![" +44 1\u{200b}234 ".to_owned(), "+44 1234".to_owned()];
        profile.links = ["https://mira.example/work", "ftp://mira.example/x"]
            .map(|link| link.parse().unwrap())
            .to_vec();
        profile.resume = Some(ResumeFile::new(
            "PDF",
            Bytes::from_static(b"%PDF-1.7 resume"),
        ));
        let id = AssessmentId::new(id);
        self.platform.set_profile(&self.account, &id, profile);
    }

    pub(crate) fn assessed_as(
        &self,
        id: &str,
        change: impl FnOnce(&mut Assessment),
    ) -> AssessmentId {
        let id = AssessmentId::new(id);
        let mut assessment = Assessment {
            id: id.clone(),
            scenario: ScenarioId::new("discovery-call"),
            scenario_name: "Discovery Call".to_owned(),
            job: Some(ProductJobId::new("sales")),
            person: Person {
                first_name: "Mira".to_owned(),
                last_name: "Okafor".to_owned(),
                email: Some(EMAIL.to_owned()),
            },
            state: AssessmentState::Completed,
            score: Some(Score::new(72.0).unwrap()),
            traits: Vec::new(),
            summary: None,
            started_at: None,
            completed_at: None,
            invitation: None,
            metadata: BTreeMap::new(),
        };
        change(&mut assessment);
        self.platform.put(&self.account, assessment);
        id
    }

    pub(crate) async fn pushed(&self, id: &AssessmentId) -> PushView {
        self.push.request(&self.account, id, None).await.unwrap()
    }

    /// Requests a push without waiting for its end.
    pub(crate) fn click(&self, id: &AssessmentId) -> JoinHandle<()> {
        let (push, account, id) = (self.push.clone(), self.account.clone(), id.clone());
        tokio::spawn(async move { drop(push.request(&account, &id, None).await) })
    }

    /// Returns once the request was sent `times` times and its sender waits for the next event.
    pub(crate) async fn asked_for(&self, kind: &str, times: usize) {
        for _ in 0..2000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let asked = self.greenhouse.with(|state| {
                let asked = state.log.iter().filter(|line| *line == kind);
                asked.count()
            });
            if asked == times {
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
        }
        panic!("{kind} was not requested");
    }

    /// Returns the failure code of the push.
    pub(crate) async fn failed(&self, id: &AssessmentId) -> String {
        for _ in 0..2000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let push = self.store.push(&self.account, id).await.unwrap().unwrap();
            if let PushState::Failed(failure) = push.state {
                return failure.code;
            }
        }
        panic!("the push did not fail");
    }

    /// Returns the code of the push's wait.
    pub(crate) async fn waiting(&self, id: &AssessmentId) -> String {
        for _ in 0..2000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let push = self.store.push(&self.account, id).await.unwrap().unwrap();
            if let (PushState::Queued, Some(wait)) = (push.state, push.wait) {
                return wait.code;
            }
        }
        panic!("the push does not wait");
    }

    /// Returns once the push runs and waits for the next event.
    pub(crate) async fn running(&self, id: &AssessmentId) {
        for _ in 0..2000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let push = self.store.push(&self.account, id).await.unwrap().unwrap();
            if matches!(push.state, PushState::Running { .. }) {
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
        }
        panic!("the push does not run");
    }

    /// Runs a future that may wait for the clock. Whenever nothing else can proceed, a second
    /// passes.
    pub(crate) async fn while_time_passes<T>(&self, future: impl Future<Output = T>) -> T {
        // The future is polled without returning to the runtime, which would never renew its budget of
        // operations.
        let mut future = pin!(tokio::task::unconstrained(future));
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        loop {
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            if let Poll::Ready(answer) = polled {
                return answer;
            }
            if !woken.0.swap(false, Ordering::SeqCst) {
                self.advance(1);
            }
        }
    }

    pub(crate) async fn apply(&self, changes: Changes) {
        let applied = self.store.apply(&self.account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
    }

    pub(crate) async fn pushed_while_time_passes(&self, id: &AssessmentId) -> PushView {
        let passing = async {
            loop {
                tokio::task::yield_now().await;
                self.clock.advance(Duration::from_millis(100));
            }
        };
        tokio::select! {
            view = self.pushed(id) => view,
            () = passing => panic!("the clock ran without a result"),
        }
    }

    pub(crate) async fn changed(&self, id: &AssessmentId) {
        self.push
            .assessment_changed(&self.account, id)
            .await
            .unwrap();
        // The background work runs in this thread, and proceeds at every await.
        for _ in 0..500 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let newest = self.log().await;
            if newest
                .first()
                .is_none_or(|(status, _)| *status != LogStatus::Pending)
            {
                return;
            }
        }
        panic!("the push did not end");
    }

    /// Status and text of each sync log entry, newest first.
    pub(crate) async fn log(&self) -> Vec<(LogStatus, String)> {
        let entries = self.entries().await.into_iter();
        entries.map(|entry| (entry.status, entry.text)).collect()
    }

    /// Entries of the sync log, newest first.
    pub(crate) async fn entries(&self) -> Vec<LogEntry> {
        let newest = LogFilter::newest(50);
        let page = self.store.log_page(&self.account, &newest).await.unwrap();
        let entries = page.entries.into_iter();
        entries.map(|logged| logged.entry).collect()
    }

    /// Sends an operator's request. Returns status, Retry-After and body.
    pub(crate) async fn operator(
        &self,
        method: &str,
        path: &str,
        body: &str,
    ) -> (u16, Option<String>, Value) {
        let service = OperatorService::new(self.failing_store.clone(), vec![self.push.clone()]);
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/integrations/greenhouse/{path}"))
            .extension(self.account.clone())
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        let response: Response<Bytes> = service.handle(request).await;
        let after = response.headers().get("retry-after");
        let after = after.map(|value| value.to_str().unwrap().to_owned());
        let body = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), after, body)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn links() -> ReportLinks {
    let key = ReportLinkKey::new("k1", "k".repeat(32).into()).unwrap();
    ReportLinks::new(key, Vec::new())
}

fn ports_on(
    product: Arc<dyn AssessmentPlatform>,
    store: Arc<FailingStore>,
    transport: &Arc<dyn HttpTransport>,
    clock: &Arc<ManualClock>,
) -> Ports {
    Ports::builder(product, store)
        .public_url("https://product.example")
        .unwrap()
        .transport(transport.clone())
        .clock(clock.clone())
        .build()
        .unwrap()
}

fn push_on(
    product: Arc<dyn AssessmentPlatform>,
    store: Arc<FailingStore>,
    transport: &Arc<dyn HttpTransport>,
    clock: &Arc<ManualClock>,
    endpoints: &HarvestEndpoints,
    config: PushConfig,
) -> Arc<PushService> {
    let ports = ports_on(product, store, transport, clock);
    let push = PushService::builder(&ports)
        .clients(clients(&ports, endpoints.clone()))
        .config(config);
    Arc::new(push.build().unwrap())
}

/// Returns the output of a future that never waits, such as a call to the in-memory store.
fn at_once<T>(call: impl Future<Output = T>) -> T {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the future is pending"),
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
