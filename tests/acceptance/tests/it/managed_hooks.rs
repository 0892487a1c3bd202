//! Webhooks that the host creates: with any failure, each event has at most one webhook at any
//! time, and exactly one after retries.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, Clock, Environment, HookKey, Secret, UserId,
    integration::Ports,
    operator::OperatorService,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, HarvestCredential, PushSettings, SyncSettings},
    store::{AccountRecord, Applied, Changes, Records, StoreWriter, Write, memory::MemoryStore},
    testing::{FakePlatform, Sample},
    webhook::HookEvent,
};
use greenhouse_harvest::{HarvestClients, HarvestWebhooks};
use greenhouse_partner::PartnerService;
use http::Request;
use mock_greenhouse::{Fault, FaultKind, MockGreenhouse};
use serde_json::{Value, json};

use crate::simulated::World;

/// Every exchange of the creation, with every fault, with and without a list that lags behind.
#[tokio::test]
async fn lost_responses_leave_one_webhook_for_each_event() {
    let calls = (1..=10)
        .map(|nth| ("POST", nth))
        .chain([("GET", 1), ("GET", 2)]);
    let mut cases = Vec::new();
    for (method, nth) in calls {
        for (name, kind) in faults() {
            let hides_a_write = name.ends_with("after the write");
            for lag in [0, 20].into_iter().filter(|lag| *lag == 0 || hides_a_write) {
                let fault = Fault::new(method, "/v3/webhooks", kind).nth(nth);
                cases.push((
                    format!("{method} {nth} {name} with a lag of {lag} s"),
                    fault,
                    lag,
                ));
            }
        }
    }
    // Each write fails, one after another.
    for (name, kind) in faults() {
        let fault = Fault::new("POST", "/v3/webhooks", kind).next(7);
        cases.push((format!("seven times {name}"), fault, 0));
    }
    for (case, fault, lag) in Sample::from_env().draw("lost responses", cases, SAMPLE) {
        let scene = Scene::new().await;
        scene
            .greenhouse
            .switch(|switches| switches.read_lag_seconds = lag);
        scene.greenhouse.add_fault(fault);
        scene.retried("create", &case).await;
        scene.stop().await;
    }
}

/// Every exchange of a repair and of a removal, with every fault.
#[tokio::test]
async fn lost_responses_of_a_repair_and_a_removal_are_harmless() {
    let cases = faults()
        .into_iter()
        .flat_map(|(name, kind)| [1, 5, 10].map(|nth| (format!("{nth} {name}"), nth, kind)));
    let cases = Sample::from_env().draw("lost responses", cases.collect(), SAMPLE);
    for (case, nth, kind) in cases {
        let scene = Scene::new().await;
        scene.retried("create", &case).await;
        // The pings failed, because nothing listens at the address.
        assert!(scene.greenhouse.settle().await);
        let disabled = scene.greenhouse.hooks();
        assert!(disabled.iter().all(|hook| !hook.active), "{case}");
        let fault = Fault::new("PATCH", "/v3/webhooks/{id}", kind).nth(nth);
        scene.greenhouse.add_fault(fault);
        for _ in 0..3 {
            let _ = scene.post("repair").await;
            scene.each_once(true, &case);
            scene.pass(MINUTES).await;
        }

        let foreign = scene.foreign().await;
        let fault = Fault::new("DELETE", "/v3/webhooks/{id}", kind).nth(nth);
        scene.greenhouse.add_fault(fault);
        for _ in 0..4 {
            let _ = scene.post("remove").await;
            scene.pass(MINUTES).await;
        }
        let left: Vec<_> = scene
            .greenhouse
            .hooks()
            .iter()
            .map(|hook| hook.id)
            .collect();
        assert_eq!(left, [foreign], "{case}");
        let record = scene.store.account(&scene.account).await.unwrap().unwrap();
        assert_eq!(record.settings.managed_hooks, None, "{case}");
        scene.stop().await;
    }
}

/// The process ends in the middle of a creation: the request is dropped at each exchange.
#[tokio::test]
async fn an_interrupted_creation_is_continued() {
    for exchanges in 1..=10 {
        let scene = Scene::new().await;
        let stall = Fault::new("POST", "/v3/webhooks", FaultKind::Cut { applied: true });
        scene.greenhouse.add_fault(stall.nth(exchanges));
        let before = scene.sent();
        let request = scene.post("create");
        tokio::select! {
            _ = request => {}
            () = async { while scene.sent() < before + exchanges { tokio::task::yield_now().await } } => {}
        }
        scene
            .retried("create", &format!("after {exchanges} exchanges"))
            .await;
        scene.stop().await;
    }
}

/// Two operators click at the same time, on two hosts.
#[tokio::test]
async fn two_creations_at_once_create_each_webhook_once() {
    let scene = Scene::new().await;
    let (first, second) = tokio::join!(scene.post("create"), scene.post("create"));
    let statuses = [first.0, second.0];
    assert!(statuses.contains(&200), "{first:?} {second:?}");
    scene.each_once(true, "at once");
    scene.stop().await;
}

struct Scene {
    world: Arc<World>,
    greenhouse: Arc<MockGreenhouse>,
    store: Arc<MemoryStore>,
    account: AccountId,
    operator: OperatorService,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new(100, 2..4);
        let greenhouse = Arc::new(world.greenhouse().await);
        let store = Arc::new(MemoryStore::new());
        let account = AccountId::new("acme");
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record(&greenhouse)));
        let applied = store.apply(&account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
        let ports = || {
            Ports::builder(FakePlatform::new(), store.clone())
                // Nothing listens here, so that each ping fails.
                .public_url("http://127.0.0.1:9")
                .unwrap()
                .transport(world.clone())
                .clock(world.clone())
                .environment(Environment::sandbox(greenhouse.url()).unwrap())
        };
        let clients = HarvestClients::builder(&ports().build().unwrap());
        let webhooks = HarvestWebhooks::new(Arc::new(clients.build().unwrap()));
        let ports = ports().webhook_admin(Arc::new(webhooks)).build().unwrap();
        let service = PartnerService::builder(&ports).build().unwrap();
        Self {
            operator: OperatorService::new(store.clone(), vec![Arc::new(service)]),
            world,
            greenhouse,
            store,
            account,
        }
    }

    /// Calls `POST hooks`.
    async fn post(&self, action: &str) -> (u16, Value) {
        let body = json!({ "action": action }).to_string();
        let request = Request::post("/api/integrations/greenhouse/hooks")
            .extension(self.account.clone())
            .body(Bytes::from(body))
            .unwrap();
        let answer = self.play(self.operator.handle(request)).await;
        let body = serde_json::from_slice(answer.body()).unwrap();
        (answer.status().as_u16(), body)
    }

    /// Runs the clock until the future ends.
    async fn play<T>(&self, future: impl Future<Output = T>) -> T {
        tokio::select! {
            done = future => done,
            never = self.run_clock() => never,
        }
    }

    async fn run_clock<T>(&self) -> T {
        loop {
            let task = tokio::spawn(tokio::task::yield_now());
            self.world.play(vec![task], false).await;
        }
    }

    async fn pass(&self, time: Duration) {
        self.play(self.world.sleep(time)).await;
    }

    /// Calls the endpoint until each event has its webhook. Checks after each call that no event
    /// has two.
    async fn retried(&self, action: &str, case: &str) {
        for attempt in 1..=ATTEMPTS {
            let (status, body) = self.post(action).await;
            self.each_once(false, case);
            if status == 200 && is_complete(&body) {
                self.each_once(true, case);
                let posted = self.sent();
                let again = self.post(action).await;
                assert_eq!(self.sent(), posted, "{case}: created again: {again:?}");
                return;
            }
            assert!(attempt < ATTEMPTS, "{case}: {status} {body}");
            self.pass(MINUTES).await;
        }
    }

    fn each_once(&self, is_complete: bool, case: &str) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for hook in self.greenhouse.hooks() {
            *counts.entry(hook.action).or_default() += 1;
        }
        assert!(
            counts.values().all(|count| *count == 1),
            "{case}: {counts:?}"
        );
        if is_complete {
            assert_eq!(counts.len(), HookEvent::ALL.len(), "{case}: {counts:?}");
        }
    }

    /// Number of creations that Greenhouse received.
    fn sent(&self) -> u64 {
        self.greenhouse.requests("POST", "/v3/webhooks")
    }

    async fn foreign(&self) -> i64 {
        let foreign = self
            .greenhouse
            .add_hook("hire_candidate", "http://127.0.0.1:9/", "other");
        foreign.await.unwrap().id
    }

    async fn stop(self) {
        drop(self.operator);
        self.greenhouse.assert_no_problems();
        Arc::into_inner(self.greenhouse).unwrap().stop().await;
    }
}

fn is_complete(body: &Value) -> bool {
    let mut hooks = body["hooks"].as_array().unwrap().iter();
    // A webhook whose ping failed is defective, but exists.
    hooks.all(|hook| hook["id"].is_i64())
}

fn record(greenhouse: &MockGreenhouse) -> AccountRecord {
    let key = ReportLinkKey::new("k1", "k".repeat(32).into()).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, Vec::new()));
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.as_str().into());
    let credential = HarvestCredential::new(&known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    settings.push = Some(push);
    let secrets = vec![Secret::new("the secret of the webhooks")];
    let sync = SyncSettings::new(HookKey::new("0123456789abcdef"), secrets);
    settings.sync = Some(sync.unwrap());
    AccountRecord::new(settings, Vec::new())
}

/// Faults of one exchange. Most of them hide whether a write was carried out.
fn faults() -> Vec<(&'static str, FaultKind)> {
    vec![
        ("refused connection", FaultKind::Refuse),
        ("cut", FaultKind::Cut { applied: false }),
        ("cut after the write", FaultKind::Cut { applied: true }),
        (
            "500",
            FaultKind::Status {
                status: 500,
                applied: false,
            },
        ),
        (
            "503 after the write",
            FaultKind::Status {
                status: 503,
                applied: true,
            },
        ),
        (
            "403",
            FaultKind::Status {
                status: 403,
                applied: false,
            },
        ),
        (
            "422",
            FaultKind::Status {
                status: 422,
                applied: false,
            },
        ),
        (
            "429",
            FaultKind::TooManyRequests {
                retry_after_seconds: Some(1),
            },
        ),
        ("expired token", FaultKind::ExpiredToken),
        ("truncated", FaultKind::TruncatedBody),
        ("malformed", FaultKind::MalformedJson),
    ]
}

/// A refused call ends a run, so each fault of a series can need a call of its own.
const ATTEMPTS: usize = 9;
/// Longer than Greenhouse may take to show a write.
const MINUTES: Duration = Duration::from_secs(3 * 60);
/// Number of cases without `ACCEPTANCE=full`.
const SAMPLE: usize = 12;
