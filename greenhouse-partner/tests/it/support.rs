use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, ApplicationReader, ApplicationSnapshot, AssessmentId, Background,
    CandidateId, Clock, HookKey, JobId, ReaderError, ScenarioId, Secret,
    integration::Ports,
    platform::{Assessment, AssessmentState, Person, Scenario},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::{Score, TraitScore},
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, HookAccount, KeyDigest,
        PushSettings, Settings, StoredSettings, SyncSettings,
    },
    store::{
        AccountRecord, Applied, Changes, Invitation, Link, LogFilter, LoggedEntry, Records,
        StoreError, StoreWriter, SyncLog, TaskKind, TaskQueue, Write, memory::MemoryStore,
    },
    testing::{FailingStore, FakePlatform, ManualClock, ScriptedTransport},
};
use greenhouse_partner::PartnerService;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, Request, Response};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const KEY: &str = "gpk_test";
pub(crate) const OTHER_KEY: &str = "gpk_other";
pub(crate) const HOOK: &str = "0123456789abcdef";
pub(crate) const HOOK_SECRET: &str = "hook-secret-0123";

/// A service with one account that has every direction enabled, and a second one with only a key.
pub(crate) struct World {
    pub(crate) account: AccountId,
    pub(crate) other: AccountId,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) failing_store: Arc<FailingStore>,
    pub(crate) platform: Arc<FakePlatform>,
    pub(crate) transport: Arc<ScriptedTransport>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) reader: Arc<FakeReader>,
    pub(crate) switch: Arc<Switch>,
    pub(crate) service: Arc<PartnerService>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(true, |_| {})
    }

    pub(crate) fn without_reader() -> Self {
        Self::with(false, |_| {})
    }

    pub(crate) fn without_completion() -> Self {
        Self::with(true, |settings| settings.completion = None)
    }

    fn with(reads: bool, change: impl FnOnce(&mut AssessmentSettings)) -> Self {
        let account = AccountId::new("acme");
        let other = AccountId::new("other");
        let mut assessments = AssessmentSettings::new(vec![KeyDigest::of(KEY)]);
        assessments.completion = Some(CompletionCredential {
            user: Secret::new("cc-user"),
            password: Secret::new("cc-pass"),
        });
        change(&mut assessments);
        let mut own = AccountSettings::new(links());
        own.assessments = Some(assessments);
        own.sync =
            Some(SyncSettings::new(HookKey::new(HOOK), vec![Secret::new(HOOK_SECRET)]).unwrap());
        let mut second = AccountSettings::new(links());
        second.assessments = Some(AssessmentSettings::new(vec![KeyDigest::of(OTHER_KEY)]));
        let store = Arc::new(MemoryStore::new());
        for (account, settings) in [(&account, own), (&other, second)] {
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(AccountRecord::new(settings, vec![])));
            let stored = at_once(store.apply(account, changes)).unwrap();
            assert_eq!(stored, Applied::Applied);
        }
        let failing_store = Arc::new(FailingStore::around(store.clone()));
        let switch = Arc::new(Switch {
            settings: StoredSettings::new(failing_store.clone(), Some(account.clone())),
            off: Mutex::new(false),
            without_links: Mutex::new(false),
        });
        let platform = Arc::new(FakePlatform::new());
        for (id, name) in [("sc-1", "Discovery Call"), ("sc-2", "Closing \"Call\"")] {
            platform.add_scenario(
                &account,
                Scenario {
                    id: ScenarioId::new(id),
                    name: name.to_owned(),
                },
            );
        }
        let transport = Arc::new(ScriptedTransport::new());
        let clock = Arc::new(ManualClock::at(start()));
        let reader = Arc::new(FakeReader::default());
        let mut ports = Ports::builder(platform.clone(), failing_store.clone())
            .public_url("https://host.example")
            .unwrap()
            .settings(switch.clone())
            .transport(transport.clone())
            .clock(clock.clone());
        if reads {
            ports = ports.reader(reader.clone());
        }
        let ports = ports.build().unwrap();
        let service = Arc::new(PartnerService::builder(&ports).build().unwrap());
        Self {
            account,
            other,
            store,
            failing_store,
            platform,
            transport,
            clock,
            reader,
            switch,
            service,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, Some(KEY), "").await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<String>) -> Answer {
        self.request(Method::POST, path, Some(KEY), body).await
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: impl Into<String>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://host.example{path}"));
        if let Some(key) = key {
            request = request.header("authorization", basic(key));
        }
        let request = request.body(Bytes::from(body.into())).unwrap();
        Answer::of(self.service.handle(request).await)
    }

    /// Sends a webhook as Greenhouse does: signed, with an event id.
    pub(crate) async fn deliver(&self, event_id: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.deliver_raw(HOOK, event_id, Some(&sign(&body)), &body)
            .await
    }

    pub(crate) async fn deliver_raw(
        &self,
        hook: &str,
        event_id: &str,
        signature: Option<&str>,
        body: &str,
    ) -> Answer {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!(
                "https://host.example/api/webhooks/greenhouse/{hook}"
            ))
            .header("greenhouse-event-id", event_id);
        if let Some(signature) = signature {
            request = request.header("signature", signature);
        }
        let request = request.body(Bytes::from(body.to_owned())).unwrap();
        Answer::of(self.service.handle(request).await)
    }

    /// Runs due tasks.
    pub(crate) async fn run_due(&self) -> Option<DateTime<Utc>> {
        self.try_run_due().await.unwrap()
    }

    pub(crate) async fn try_run_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.service.run_due(100).await
    }

    /// Sends the test of [`send_test_body`] and runs the invitation.
    pub(crate) async fn invited(&self) -> (String, AssessmentId) {
        let answer = self
            .post(
                "/api/greenhouse/send-test",
                send_test_body("777").to_string(),
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let id = answer.json()["partner_interview_id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.run_due().await;
        let invitation = self.invitation(&id).await;
        (id, invitation.assessment.unwrap())
    }

    /// Like [`invited`](Self::invited), with a finished assessment. The product has not sent the
    /// event yet.
    pub(crate) async fn finished(&self) -> (String, AssessmentId) {
        let (id, assessment) = self.invited().await;
        self.finish(&id, &assessment);
        (id, assessment)
    }

    pub(crate) fn finish(&self, invitation: &str, id: &AssessmentId) {
        let mut assessment = completed(id.clone());
        assessment.invitation = Some(greenhouse_core::InvitationId::new(invitation));
        self.platform.put(&self.account, assessment);
    }

    pub(crate) async fn invitation(&self, id: &str) -> Invitation {
        let id = greenhouse_core::InvitationId::new(id);
        self.store
            .invitation(&self.account, &id)
            .await
            .unwrap()
            .unwrap()
    }

    /// Adds a link as a push does.
    pub(crate) async fn link(&self, assessment: &str, candidate: i64, application: i64) {
        let link = Link::new(
            AssessmentId::new(assessment),
            CandidateId::new(candidate),
            ApplicationId::new(application),
            Some(JobId::new(70)),
        );
        let mut changes = Changes::none();
        changes.links.push(Write::Put(link));
        assert_eq!(
            self.store.apply(&self.account, changes).await.unwrap(),
            Applied::Applied
        );
    }

    pub(crate) async fn link_of(&self, assessment: &str) -> Link {
        self.store
            .link(&self.account, &AssessmentId::new(assessment))
            .await
            .unwrap()
            .unwrap()
    }

    /// The sync log, oldest first.
    pub(crate) async fn log(&self) -> Vec<LoggedEntry> {
        let mut entries = self
            .store
            .log_page(&self.account, &LogFilter::newest(500))
            .await
            .unwrap()
            .entries;
        entries.reverse();
        entries
    }

    /// The sync log as lines of subject, status and text.
    pub(crate) async fn lines(&self) -> Vec<String> {
        let line = |logged: LoggedEntry| {
            let entry = logged.entry;
            format!(
                "{} {}: {}",
                entry.subject.as_str(),
                entry.status.as_str(),
                entry.text
            )
        };
        self.log().await.into_iter().map(line).collect()
    }

    pub(crate) async fn backlog(&self, kind: TaskKind) -> u64 {
        self.store
            .backlog(&self.account, &[kind])
            .await
            .unwrap()
            .count
    }

    /// Returns `true` if the store was not written since the start.
    pub(crate) async fn is_untouched(&self) -> bool {
        let due = self.store.next_due(&greenhouse_work()).await.unwrap();
        let last_delivery = self.store.last_delivery_at(&self.account).await.unwrap();
        self.log().await.is_empty()
            && due.is_none()
            && last_delivery.is_none()
            && self.transport.sent().is_empty()
    }

    pub(crate) fn tick(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn greenhouse_work() -> [TaskKind; 5] {
    [
        TaskKind::Invite,
        TaskKind::Notify,
        TaskKind::NotifyProduct,
        TaskKind::ReadApplication,
        TaskKind::FindSuccessor,
    ]
}

/// Returns a documented body. `request` is the last segment of its path.
pub(crate) fn send_test_body(request: &str) -> Value {
    json!({
        "partner_test_id": "sc-1",
        "candidate": {
            "first_name": "Ada", "last_name": "Byron", "preferred_name": null, "resume_url": null,
            "phone_number": null, "email": "ada@example.org",
            "greenhouse_profile_url": "https://app.greenhouse.io/people/11?application_id=22",
        },
        "sent_by": "recruiter@example.org",
        "url": format!("https://app.greenhouse.io/integrations/take_home_tests/{request}"),
    })
}

pub(crate) fn completed(id: AssessmentId) -> Assessment {
    Assessment {
        id,
        scenario: ScenarioId::new("sc-1"),
        scenario_name: "Discovery Call".to_owned(),
        job: None,
        person: Person {
            first_name: "Ada".to_owned(),
            last_name: "Byron".to_owned(),
            email: Some("ada@example.org".to_owned()),
        },
        state: AssessmentState::Completed,
        score: Some(Score::new(79.5).unwrap()),
        traits: vec![
            TraitScore::new("Objection Handling", Score::new(85.0).unwrap()),
            TraitScore::new("Discovery", Score::new(19.5).unwrap()),
        ],
        summary: Some("Fine.".to_owned()),
        started_at: Some("2026-11-23T09:00:00.250Z".parse().unwrap()),
        completed_at: Some("2026-11-23T09:30:00Z".parse().unwrap()),
        invitation: None,
        metadata: BTreeMap::from([
            ("Attempts".to_owned(), "2".to_owned()),
            ("Recommendation".to_owned(), "the product's own".to_owned()),
        ]),
    }
}

/// Returns the authorization header that Greenhouse sends with this partner key.
pub(crate) fn basic(key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{key}:")))
}

pub(crate) fn sign(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(HOOK_SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256 {hex}")
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) response: Response<Bytes>,
}

impl Answer {
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        Self {
            status: response.status().as_u16(),
            response,
        }
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(self.response.body()).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.response.body().to_vec()).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }
}

/// A reader with the rows that a test adds.
#[derive(Debug, Default)]
pub(crate) struct FakeReader {
    pub(crate) found: Mutex<Vec<ApplicationSnapshot>>,
    pub(crate) trouble: Mutex<Option<Trouble>>,
    pub(crate) calls: Mutex<usize>,
    /// Hides every job.
    pub(crate) hides: Mutex<bool>,
    /// Number of ids in each call.
    pub(crate) asked: Mutex<Vec<usize>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    Down,
    NotConfigured,
}

impl FakeReader {
    pub(crate) fn sees(&self, snapshot: ApplicationSnapshot) {
        *self.found.lock().unwrap() = vec![snapshot];
    }

    pub(crate) fn has(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().unwrap() = trouble;
    }

    fn answer(&self) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        *self.calls.lock().unwrap() += 1;
        match *self.trouble.lock().unwrap() {
            None => Ok(self.found.lock().unwrap().clone()),
            Some(Trouble::Down) => Err(ReaderError::Unavailable("down".into())),
            Some(Trouble::NotConfigured) => Err(ReaderError::NotConfigured),
        }
    }
}

#[async_trait]
impl ApplicationReader for FakeReader {
    async fn applications(
        &self,
        _: &AccountId,
        ids: &[ApplicationId],
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        self.asked.lock().unwrap().push(ids.len());
        self.answer()
    }

    async fn can_see_job(&self, _: &AccountId, _: JobId) -> Result<bool, ReaderError> {
        Ok(!*self.hides.lock().unwrap())
    }

    async fn applications_on_job(
        &self,
        _: &AccountId,
        _: CandidateId,
        _: JobId,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        self.answer()
    }
}

pub(crate) fn links() -> ReportLinks {
    let key = ReportLinkKey::new("k1", Secret::new("s".repeat(32))).unwrap();
    ReportLinks::new(key, vec![])
}

/// Settings whose directions a test can disable while the keys stay valid.
#[derive(Debug)]
pub(crate) struct Switch {
    settings: StoredSettings,
    off: Mutex<bool>,
    without_links: Mutex<bool>,
}

impl Switch {
    pub(crate) fn off(&self) {
        *self.off.lock().unwrap() = true;
    }

    /// Removes the keys for report links.
    pub(crate) fn without_links(&self) {
        *self.without_links.lock().unwrap() = true;
    }

    fn unless_off<T>(&self, settings: Option<T>) -> Option<T> {
        settings.filter(|_| !*self.off.lock().unwrap())
    }
}

#[async_trait]
impl Settings for Switch {
    async fn push(&self, account: &AccountId) -> Result<Option<Arc<PushSettings>>, StoreError> {
        Ok(self.unless_off(self.settings.push(account).await?))
    }

    async fn assessments(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<AssessmentSettings>>, StoreError> {
        Ok(self.unless_off(self.settings.assessments(account).await?))
    }

    async fn sync(&self, account: &AccountId) -> Result<Option<Arc<SyncSettings>>, StoreError> {
        Ok(self.unless_off(self.settings.sync(account).await?))
    }

    async fn report_links(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<ReportLinks>>, StoreError> {
        let links = self.settings.report_links(account).await?;
        Ok(links.filter(|_| !*self.without_links.lock().unwrap()))
    }

    async fn assessments_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<(AccountId, Option<Arc<AssessmentSettings>>)>, StoreError> {
        let found = self.settings.assessments_of_partner_key(digest).await?;
        Ok(found.map(|(account, settings)| {
            (account, settings.and_then(|own| self.unless_off(Some(own))))
        }))
    }

    async fn account_of_hook(
        &self,
        key: Option<&HookKey>,
    ) -> Result<Option<HookAccount>, StoreError> {
        let found = self.settings.account_of_hook(key).await?;
        Ok(found.map(|mut found| {
            found.sync = self.unless_off(found.sync);
            found
        }))
    }
}

/// The in-memory store never waits.
fn at_once<T>(call: impl Future<Output = T>) -> T {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits"),
    }
}
