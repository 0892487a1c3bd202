use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::{
    HookKey, InvitationId, ScenarioId,
    operator::{OperatorPart, OperatorService},
    report_link::{ReportLinkKey, ReportLinks},
    settings::{
        AccountSettings, AssessmentSettings, KeyDigest, Settings, StoredSettings, SyncSettings,
    },
    store::{
        AccountKey, AccountRecord, Applied, Invitation, InvitedPerson, LogFilter, Records,
        RequestKey, StoreWriter, SyncLog, memory::MemoryStore,
    },
    testing::ManualClock,
};

#[tokio::test]
async fn a_switched_off_account_takes_no_work_and_keeps_its_settings() {
    let world = World::new().await;
    let settings = StoredSettings::new(world.store.clone(), None);
    for (enabled, text) in [
        (false, "account_switched_off"),
        (true, "account_switched_on"),
    ] {
        for _ in 0..2 {
            let body = json!({ "enabled": enabled });
            let shown = world.ask(Method::PUT, &body.to_string()).await;
            let expected = json!({ "id": "acme", "enabled": enabled });
            assert_eq!(shown, (StatusCode::OK, expected.clone()));
            assert_eq!(world.ask(Method::GET, "").await, (StatusCode::OK, expected));
        }
        let newest = world.log().await;
        assert_eq!(newest[0], text, "a repetition is not logged: {newest:?}");
        let (acme, key) = (acme(), KeyDigest::of("partner"));
        let assessments = settings.assessments(&acme).await.unwrap();
        assert_eq!(assessments.is_some(), enabled);
        let owner = settings.account_of_hook(Some(&hook())).await.unwrap();
        assert_eq!(owner.map(|own| own.sync.is_some()), Some(enabled));
        let caller = settings.assessments_of_partner_key(&key).await.unwrap();
        assert_eq!(caller.map(|(_, own)| own.is_some()), Some(enabled));
        assert!(settings.report_links(&acme).await.unwrap().is_some());
        let checks = world.part.checks(&acme).await;
        assert_eq!(checks.len(), usize::from(!enabled));
        assert!(checks.iter().all(|check| check.remedy.is_some()));
    }
    assert_eq!(world.log().await.len(), 2);
}

#[tokio::test]
async fn a_removed_account_is_unknown_and_its_people_are_erased() {
    let world = World::new().await;
    assert_eq!(
        world.ask(Method::DELETE, "").await,
        (StatusCode::OK, json!({ "state": "removed" }))
    );
    let acme = acme();
    assert_eq!(world.store.account(&acme).await.unwrap(), None);
    for key in [
        AccountKey::Partner(KeyDigest::of("partner")),
        AccountKey::Operator(KeyDigest::of("operator")),
        AccountKey::Hook(hook()),
    ] {
        assert!(world.store.account_with_key(&key).await.unwrap().is_none());
    }
    let id = InvitationId::new("i-1");
    let kept = world.store.invitation(&acme, &id).await.unwrap().unwrap();
    assert_eq!(kept.person, InvitedPerson::default());
    assert_eq!(world.log().await, ["account_removed"]);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(world.ask(method, "").await.0, StatusCode::NOT_FOUND);
    }
    let body = json!({ "enabled": true }).to_string();
    assert_eq!(world.ask(Method::PUT, &body).await.0, StatusCode::NOT_FOUND);
    let again = remove(&*world.store, &acme, DateTime::UNIX_EPOCH).await;
    assert!(matches!(again, Err(AccountError::NoAccount(_))));
}

#[tokio::test]
async fn other_requests_are_refused() {
    let world = World::new().await;
    for (method, body, status) in [
        (Method::POST, "", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "", StatusCode::UNPROCESSABLE_ENTITY),
        (Method::PUT, "{}", StatusCode::UNPROCESSABLE_ENTITY),
        (
            Method::PUT,
            r#"{"enabled": 1}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(
            world.ask(method.clone(), body).await.0,
            status,
            "{method} {body}"
        );
    }
    assert!(world.log().await.is_empty());
}

struct World {
    store: Arc<MemoryStore>,
    part: AccountOperator,
}

impl World {
    /// Creates an account with a key of each kind and an invitation.
    async fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let signing = ReportLinkKey::new("1", "s".repeat(32).into()).unwrap();
        let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
        settings.assessments = Some(AssessmentSettings::new(vec![KeyDigest::of("partner")]));
        settings.sync = SyncSettings::new(hook(), vec!["a good secret".into()]).ok();
        let person = InvitedPerson::new("Mira", "Okafor", "mira@example.org");
        let invitation = Invitation::new(
            InvitationId::new("i-1"),
            RequestKey::new("r-1"),
            ScenarioId::new("s-1"),
            person,
            DateTime::UNIX_EPOCH,
        );
        let mut changes = Changes::none();
        let record = AccountRecord::new(settings, vec![KeyDigest::of("operator")]);
        changes.account = Some(Write::Put(record));
        changes.invitations.push(Write::Put(invitation));
        let applied = store.apply(&acme(), changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
        let part = AccountOperator::new(store.clone(), clock);
        Self { store, part }
    }

    async fn ask(&self, method: Method, body: &str) -> (StatusCode, Value) {
        let operator = OperatorService::new(self.store.clone(), vec![Arc::new(self.part.clone())]);
        let request = http::Request::builder()
            .method(method)
            .uri("/api/integrations/greenhouse/account")
            .extension(acme())
            .body(Bytes::from(body.to_owned()));
        let response = operator.handle(request.unwrap()).await;
        let body = serde_json::from_slice(response.body()).unwrap();
        (response.status(), body)
    }

    /// Codes of the sync log, newest first.
    async fn log(&self) -> Vec<String> {
        let page = self.store.log_page(&acme(), &LogFilter::newest(10)).await;
        let entries = page.unwrap().entries.into_iter();
        entries.map(|logged| logged.entry.code).collect()
    }
}

fn acme() -> AccountId {
    AccountId::new("acme")
}

fn hook() -> HookKey {
    HookKey::new("0123456789abcdef")
}
