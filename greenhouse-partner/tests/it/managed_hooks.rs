//! Webhooks that the host created: the daily check, and their removal.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, Background, HookForm, HookKey, ListedHook, Secret, WebhookAdmin, WebhookAdminError,
    integration::Ports,
    operator::OperatorService,
    settings::{AccountSettings, SyncSettings},
    store::{
        AccountRecord, Applied, Changes, LogFilter, StoreWriter, SyncLog, Write,
        memory::MemoryStore,
    },
    testing::{FakePlatform, ManualClock, ScriptedTransport},
};
use greenhouse_partner::{PartnerService, Reconciliation};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{Answer, FakeReader, HOOK, HOOK_SECRET, links, start};

#[tokio::test]
async fn the_daily_check_reports_in_health_and_changes_nothing() {
    let scene = Scene::new().await;
    scene.reconciliation.run_due(10).await.unwrap();
    assert_eq!(scene.admin.lists(), 0, "nothing is managed");
    assert_eq!(scene.check().await, None);
    scene.post("create").await;
    assert_eq!(scene.check().await.unwrap()["state"], "ok");

    let first = scene.admin.ids()[0];
    scene
        .admin
        .with(|state| state.rows.get_mut(&first).unwrap().deactivated = Some(true));
    let (lists, writes) = (scene.admin.lists(), scene.admin.writes());
    scene.pass(23).await;
    assert_eq!(scene.admin.lists(), lists, "it was checked within the day");
    scene.pass(7).await;
    assert_eq!(scene.admin.lists(), lists + 1);
    scene.pass(7).await;
    assert_eq!(scene.admin.lists(), lists + 1);
    let check = scene.check().await.unwrap();
    assert_eq!(
        (&check["state"], check["lines"].as_array().unwrap().len()),
        (&json!("problem"), 1)
    );
    assert!(
        check["remedy"].as_str().unwrap().contains("Repair"),
        "{check}"
    );
    assert_eq!(scene.admin.writes(), writes);

    scene.post("repair").await;
    assert_eq!(scene.check().await.unwrap()["state"], "ok");
    assert_eq!(scene.admin.writes(), writes + 1);

    scene.admin.with(|state| state.failure = Some(denied()));
    scene.pass(30).await;
    let check = scene.check().await.unwrap();
    assert_eq!(
        (&check["state"], &check["remedy"]),
        (&json!("warning"), &json!("Grant it."))
    );
    scene.admin.with(|state| state.failure = None);
    scene.pass(30).await;
    assert_eq!(scene.check().await.unwrap()["state"], "ok");
}

#[tokio::test]
async fn a_new_secret_and_a_new_hook_key_are_given_to_the_webhooks() {
    let scene = Scene::new().await;
    scene.post("create").await;
    let ids = scene.admin.ids();
    scene
        .sync(|form| {
            form["secrets"] = json!(["another good secret", { "kept": 0 }]);
        })
        .await;
    let checked = scene.post("check").await;
    let defects = |report: &Value| report["hooks"][0]["defects"].clone();
    assert_eq!(defects(&checked), json!(["old_secret"]));
    scene.post("repair").await;
    assert_eq!(defects(&scene.post("check").await), json!([]));

    scene
        .sync(|form| form["hook_key"] = json!("another-hook-key"))
        .await;
    let checked = scene.post("check").await;
    assert_eq!(defects(&checked), json!(["wrong_address", "old_secret"]));
    scene.post("repair").await;
    let rows = scene.admin.with(|state| state.rows.clone());
    for row in rows.values() {
        assert!(
            row.endpoint_url
                .as_ref()
                .unwrap()
                .ends_with("/another-hook-key")
        );
    }
    assert_eq!(scene.admin.ids(), ids, "no webhook was created again");
}

#[tokio::test]
async fn switching_off_removes_the_webhooks_or_reports_what_is_left() {
    for removes_settings in [false, true] {
        let scene = Scene::new().await;
        scene.post("create").await;
        let mut by_hand = ListedHook::new(1);
        by_hand.endpoint_url = Some(format!(
            "https://host.example/api/webhooks/greenhouse/{HOOK}"
        ));
        by_hand.action = Some("hire_candidate".to_owned());
        scene.admin.with(|state| state.rows.insert(1, by_hand));
        scene.admin.with(|state| state.failure = Some(denied()));
        let off = |form: &mut Value| match removes_settings {
            true => *form = Value::Null,
            false => form["enabled"] = json!(false),
        };
        scene.sync(off).await;
        let check = scene.check().await.unwrap();
        assert_eq!(check["state"], "warning", "{check}");
        assert!(
            check["text"].as_str().unwrap().contains("10 webhooks"),
            "{check}"
        );
        let log = scene
            .store
            .log_page(&scene.account, &LogFilter::newest(9))
            .await
            .unwrap();
        assert_eq!(log.entries.len(), 1);
        assert_eq!(log.entries[0].entry.code, "hooks_not_removed");

        scene.admin.with(|state| state.failure = None);
        let removed = scene.post("remove").await;
        assert_eq!(removed["hooks"].as_array().unwrap().len(), 10);
        assert_eq!(scene.admin.ids(), [1]);
        assert_eq!(scene.check().await, None);
        let refused = scene
            .ask(Method::POST, "hooks", json!({ "action": "create" }))
            .await;
        assert_eq!(refused.status, 409);
        assert_eq!(refused.json()["error"]["code"], "hooks_switched_off");
    }
}

#[tokio::test]
async fn a_refused_event_does_not_stop_the_others_and_a_refused_credential_does() {
    let scene = Scene::new().await;
    let refused = || WebhookAdminError::Refused {
        message: "The event is unknown.".to_owned(),
        remedy: "Ask.".to_owned(),
    };
    scene
        .admin
        .with(|state| state.creations = vec![(3, refused())]);
    let report = scene.post("create").await;
    let results = |report: &Value, result: &str| {
        let hooks = report["hooks"].as_array().unwrap().iter();
        hooks.filter(|hook| hook["result"] == result).count()
    };
    assert_eq!(
        (results(&report, "created"), results(&report, "failed")),
        (9, 1)
    );
    scene.post("remove").await;

    scene.pass(1).await;
    scene.admin.with(|state| {
        state.created = 0;
        state.creations = vec![(3, denied())];
    });
    let report = scene.post("create").await;
    assert_eq!(results(&report, "created"), 2);
    assert_eq!(
        (
            results(&report, "failed"),
            results(&report, "not_attempted")
        ),
        (1, 7)
    );
    let report = scene.post("create").await;
    assert_eq!(
        (results(&report, "ok"), results(&report, "created")),
        (2, 8)
    );
}

struct Scene {
    account: AccountId,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    admin: Arc<FakeAdmin>,
    operator: OperatorService,
    reconciliation: Reconciliation,
}

impl Scene {
    async fn new() -> Self {
        let account = AccountId::new("acme");
        let store = Arc::new(MemoryStore::new());
        let mut settings = AccountSettings::new(links());
        let secrets = vec![Secret::new(HOOK_SECRET)];
        settings.sync = Some(SyncSettings::new(HookKey::new(HOOK), secrets).unwrap());
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(AccountRecord::new(settings, vec![])));
        let applied = store.apply(&account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
        let clock = Arc::new(ManualClock::at(start()));
        let admin = Arc::new(FakeAdmin::default());
        let ports = Ports::builder(FakePlatform::new(), store.clone())
            .public_url("https://host.example")
            .unwrap()
            .transport(ScriptedTransport::new())
            .clock(clock.clone())
            .reader(Arc::new(FakeReader::default()))
            .webhook_admin(admin.clone())
            .build()
            .unwrap();
        let service = Arc::new(PartnerService::builder(&ports).build().unwrap());
        Self {
            account,
            reconciliation: service.reconciliation(),
            operator: OperatorService::new(store.clone(), vec![service]),
            store,
            clock,
            admin,
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/integrations/greenhouse/{path}"))
            .extension(self.account.clone())
            .body(Bytes::from(body.to_string()));
        Answer::of(self.operator.handle(request.unwrap()).await)
    }

    async fn post(&self, action: &str) -> Value {
        let answer = self
            .ask(Method::POST, "hooks", json!({ "action": action }))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Changes the settings of the webhooks.
    async fn sync(&self, change: impl FnOnce(&mut Value)) {
        let path = "settings/sync";
        let mut form = self.ask(Method::GET, path, Value::Null).await.json();
        change(&mut form["settings"]);
        let saved = self.ask(Method::PUT, path, form).await;
        assert_eq!(saved.status, 200, "{}", saved.text());
        let shown = self.ask(Method::GET, path, Value::Null).await;
        assert_eq!(saved.json(), shown.json());
    }

    /// Advances the clock and runs the comparison that is due.
    async fn pass(&self, hours: u64) {
        self.clock.advance(Duration::from_secs(hours * 60 * 60));
        self.reconciliation.run_due(10).await.unwrap();
    }

    async fn check(&self) -> Option<Value> {
        let health = self.ask(Method::GET, "health", Value::Null).await.json();
        let mut checks = health["checks"].as_array().unwrap().iter();
        checks
            .find(|check| check["name"] == "managed_hooks")
            .cloned()
    }
}

fn denied() -> WebhookAdminError {
    WebhookAdminError::Denied {
        message: "The scope is missing.".to_owned(),
        remedy: "Grant it.".to_owned(),
    }
}

/// Webhooks in memory.
#[derive(Debug, Default)]
struct FakeAdmin(Mutex<Hooks>);

#[derive(Debug, Default)]
struct Hooks {
    rows: BTreeMap<i64, ListedHook>,
    lists: usize,
    writes: usize,
    /// Number of creations.
    created: usize,
    /// Failure of every call.
    failure: Option<WebhookAdminError>,
    /// Failures of creations, by their number.
    creations: Vec<(usize, WebhookAdminError)>,
}

impl FakeAdmin {
    fn with<T>(&self, act: impl FnOnce(&mut Hooks) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    fn lists(&self) -> usize {
        self.with(|state| state.lists)
    }

    fn writes(&self) -> usize {
        self.with(|state| state.writes)
    }

    fn ids(&self) -> Vec<i64> {
        self.with(|state| state.rows.keys().copied().collect())
    }

    fn write(&self, id: i64, form: &HookForm) {
        self.with(|state| {
            state.writes += 1;
            let row = state.rows.entry(id).or_insert_with(|| {
                let mut row = ListedHook::new(id);
                row.name = Some(form.name.clone());
                row
            });
            row.action = Some(form.action.clone());
            row.endpoint_url = Some(form.endpoint_url.to_string());
            row.max_attempts = Some(form.max_attempts.into());
            row.deactivated = Some(false);
        });
    }

    fn failure(&self) -> Result<(), WebhookAdminError> {
        self.with(|state| state.failure.clone().map_or(Ok(()), Err))
    }
}

#[async_trait]
impl WebhookAdmin for FakeAdmin {
    async fn permission(&self, _: &AccountId) -> Result<(), WebhookAdminError> {
        self.failure()
    }

    async fn list(&self, _: &AccountId) -> Result<Vec<ListedHook>, WebhookAdminError> {
        self.failure()?;
        Ok(self.with(|state| {
            state.lists += 1;
            state.rows.values().cloned().collect()
        }))
    }

    async fn create(&self, _: &AccountId, form: &HookForm) -> Result<i64, WebhookAdminError> {
        self.failure()?;
        let (number, id) = self.with(|state| {
            state.created += 1;
            let id = state.rows.keys().max().unwrap_or(&100) + 1;
            (state.created, id)
        });
        let failures = self.with(|state| state.creations.clone());
        if let Some((_, error)) = failures.into_iter().find(|(own, _)| *own == number) {
            return Err(error);
        }
        self.write(id, form);
        Ok(id)
    }

    async fn update(
        &self,
        _: &AccountId,
        id: i64,
        form: &HookForm,
    ) -> Result<(), WebhookAdminError> {
        self.failure()?;
        self.write(id, form);
        Ok(())
    }

    async fn delete(&self, _: &AccountId, id: i64) -> Result<(), WebhookAdminError> {
        self.failure()?;
        self.with(|state| {
            state.writes += 1;
            state.rows.remove(&id);
        });
        Ok(())
    }
}
