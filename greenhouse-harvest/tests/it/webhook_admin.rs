//! The port for webhooks: what is allowed, and how failures are classified.

use std::sync::Arc;

use greenhouse_core::{
    AccountId, HookForm, WebhookAdmin, WebhookAdminError,
    settings::{AccountSettings, FixedSettings, HarvestCredential, PushSettings},
    store::memory::MemoryStore,
    testing::ManualClock,
};
use greenhouse_harvest::HarvestWebhooks;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{
    SECRET, clients, endpoints, ports, requests_to, server, start, with_tokens, world::links,
};

const SCOPES: &str = "harvest:webhooks:list harvest:webhooks:create harvest:webhooks:update \
                      harvest:webhooks:destroy";

fn account() -> AccountId {
    AccountId::new("acme")
}

fn admin(server: &MockServer) -> HarvestWebhooks {
    let credential = HarvestCredential::new("client-7", Some(SECRET.into())).unwrap();
    let mut settings = AccountSettings::new(links());
    settings.push = Some(PushSettings::new(credential));
    let settings = FixedSettings::new([(account(), settings)], None).unwrap();
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let ports = ports(Arc::new(settings), MemoryStore::new(), clock);
    HarvestWebhooks::new(clients(&ports, endpoints(server)))
}

async fn greenhouse(scopes: Option<&str>, role: &str) -> MockServer {
    let server = server().await;
    with_tokens(&server).await;
    let mut identity = json!({
        "active": true, "sub": "7", "https://auth.greenhouse.io/claims": { "user_role": role },
    });
    if let Some(scopes) = scopes {
        identity["scope"] = json!(scopes);
    }
    Mock::given(method("POST"))
        .and(path("/introspect"))
        .respond_with(ResponseTemplate::new(200).set_body_json(identity))
        .mount(&server)
        .await;
    server
}

async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, body: Value) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(server)
        .await;
}

fn form() -> HookForm {
    HookForm::new(
        "Assessment integration: Candidate has been hired",
        "hire_candidate",
        "https://hooks.example.com/h".parse().unwrap(),
        "a good secret".into(),
        7,
    )
}

#[tokio::test]
async fn the_scopes_decide_if_they_are_known() {
    for (scopes, missing) in [
        (Some(SCOPES.to_owned()), None),
        (None, None),
        (
            Some(SCOPES.replace("harvest:webhooks:create ", "")),
            Some("It lacks scope: harvest:webhooks:create."),
        ),
        (
            Some("harvest:jobs:list".to_owned()),
            Some(
                "It lacks scopes: harvest:webhooks:list, harvest:webhooks:create, \
                  harvest:webhooks:update, harvest:webhooks:destroy.",
            ),
        ),
    ] {
        let server = greenhouse(scopes.as_deref(), "site_admin").await;
        let allowed = admin(&server).permission(&account()).await;
        match (allowed, missing) {
            (Ok(()), None) => {}
            (Err(WebhookAdminError::Denied { message, remedy }), Some(missing)) => {
                assert!(message.contains(missing), "{message}");
                assert!(
                    remedy.contains("Manage Scopes") && remedy.contains("Webhooks"),
                    "{remedy}"
                );
            }
            (other, _) => panic!("{scopes:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn only_a_site_admin_lists_webhooks() {
    let server = greenhouse(Some(SCOPES), "job_admin").await;
    let admin = admin(&server);
    for denied in [
        admin.permission(&account()).await,
        admin.list(&account()).await.map(drop),
        admin.create(&account(), &form()).await.map(drop),
    ] {
        assert!(
            matches!(denied, Err(WebhookAdminError::Denied { .. })),
            "{denied:?}"
        );
    }
    assert!(requests_to(&server, "/v3/webhooks").await.is_empty());
    let other = admin.list(&AccountId::new("other")).await;
    assert_eq!(other, Err(WebhookAdminError::NotConfigured));
}

#[tokio::test]
async fn values_are_sent_and_returned() {
    let server = greenhouse(Some(SCOPES), "site_admin").await;
    let row = json!({
        "id": 4, "name": "n", "endpoint_url": "https://hooks.example.com/h", "max_attempts": 25,
        "event_action_type": "hire_candidate", "deactivated": true, "client_id": "client-7",
        "last_delivered": "2026-06-02T08:00:00.000Z",
    });
    answer(&server, "GET", "/v3/webhooks", 200, json!([row])).await;
    answer(&server, "POST", "/v3/webhooks", 201, json!({ "id": 5 })).await;
    answer(&server, "PATCH", "/v3/webhooks/4", 200, json!({ "id": 4 })).await;
    answer(
        &server,
        "DELETE",
        "/v3/webhooks/4",
        200,
        json!({ "message": "deleted" }),
    )
    .await;
    let (admin, account) = (admin(&server), account());
    let listed = admin.list(&account).await.unwrap().remove(0);
    assert_eq!(
        (listed.id, listed.name.as_deref(), listed.max_attempts),
        (4, Some("n"), Some(25))
    );
    assert_eq!(listed.action.as_deref(), Some("hire_candidate"));
    assert_eq!(
        listed.endpoint_url.as_deref(),
        Some("https://hooks.example.com/h")
    );
    assert_eq!(
        (listed.deactivated, listed.last_delivered.is_some()),
        (Some(true), true)
    );
    assert_eq!(admin.create(&account, &form()).await, Ok(5));
    admin.update(&account, 4, &form()).await.unwrap();
    admin.delete(&account, 4).await.unwrap();

    let sent = requests_to(&server, "/v3/webhooks").await;
    let created: Value = sent
        .iter()
        .find(|sent| sent.method == "POST")
        .unwrap()
        .body_json()
        .unwrap();
    assert_eq!(
        created,
        json!({
            "name": "Assessment integration: Candidate has been hired",
            "endpoint_url": "https://hooks.example.com/h", "secret_key": "a good secret",
            "event_action_type": "hire_candidate", "max_attempts": 7,
        })
    );
    let sent = requests_to(&server, "/v3/webhooks/4").await;
    let updated: Value = sent[0].body_json().unwrap();
    assert_eq!(
        updated,
        json!({
            "endpoint_url": "https://hooks.example.com/h", "secret_key": "a good secret",
            "max_attempts": 7, "deactivated": false,
        })
    );
}

#[tokio::test]
async fn failures_say_whether_something_was_written() {
    type Kind = fn(&WebhookAdminError) -> bool;
    let denied: Kind = |error| matches!(error, WebhookAdminError::Denied { .. });
    let refused: Kind = |error| matches!(error, WebhookAdminError::Refused { .. });
    let unavailable: Kind = |error| matches!(error, WebhookAdminError::Unavailable { .. });
    let unknown: Kind = |error| matches!(error, WebhookAdminError::Unknown { .. });
    for (status, list, write) in [
        (403, denied, denied),
        (404, denied, refused),
        (422, unavailable, refused),
        (500, unavailable, unknown),
    ] {
        let server = greenhouse(Some(SCOPES), "site_admin").await;
        for verb in ["GET", "POST"] {
            answer(&server, verb, "/v3/webhooks", status, json!({})).await;
        }
        answer(&server, "DELETE", "/v3/webhooks/4", status, json!({})).await;
        let (admin, account) = (admin(&server), account());
        let listed = admin.list(&account).await.unwrap_err();
        assert!(list(&listed), "{status}: {listed:?}");
        let created = admin.create(&account, &form()).await.unwrap_err();
        assert!(write(&created), "{status}: {created:?}");
        let shown = format!("{listed:?} {listed} {created:?} {created}");
        assert!(
            !shown.contains("a good secret") && !shown.contains("canary"),
            "{shown}"
        );
        // A webhook that does not exist needs no deletion.
        let deleted = admin.delete(&account, 4).await;
        match status {
            404 => assert_eq!(deleted, Ok(())),
            _ => assert!(write(&deleted.unwrap_err()), "{status}"),
        }
    }
}
