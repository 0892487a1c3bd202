//! Bodies of webhooks. Their secrets are never shown.

use greenhouse_harvest::api::WebhookId;
use greenhouse_harvest::{
    Error,
    api::{NewWebhook, UpdateWebhook, WebhookAction, WebhookFilter},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{client, requests_to, server, with_tokens};

async fn answering(verb: &str, at: &str, status: u16, body: Value) -> MockServer {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .expect(1)
        .mount(&server)
        .await;
    server
}

async fn sent(server: &MockServer, at: &str) -> Value {
    requests_to(server, at).await[0].body_json().unwrap()
}

fn new() -> NewWebhook {
    let action = WebhookAction::RejectCandidate;
    let url = "https://hooks.example.com/canary-address";
    let mut new = NewWebhook::new("rejections", url, "canary-key", action, 7)
        .with_basic_auth("canary-user", "canary-password");
    new.additional_headers = Some("X-Key: canary-header".into());
    new.error_recipient_email = Some("canary@example.org".into());
    new
}

#[tokio::test]
async fn a_webhook_is_created() {
    let row = json!({
        "id": 4_100_233_002_i64, "name": "rejections", "event_action_type": "reject_candidate", "max_attempts": 7,
        "endpoint_url": "https://hooks.example.com/canary-address", "additional_headers": null,
        "error_recipient_email": "canary@example.org", "deactivated": false, "last_delivered": null,
        "created_at": "2026-06-02T08:00:00.000Z", "updated_at": "2026-06-02T08:00:00.000Z",
    });
    let server = answering("POST", "/v3/webhooks", 201, row).await;
    let made = client(&server).create_webhook(&new()).await.unwrap();
    assert_eq!(made.event_action_type, Some(WebhookAction::RejectCandidate));
    assert!(made.unknown.is_empty());
    assert!(!format!("{made:?}").contains("canary"));
    assert_eq!(
        sent(&server, "/v3/webhooks").await,
        json!({
            "name": "rejections", "endpoint_url": "https://hooks.example.com/canary-address",
            "secret_key": "canary-key", "event_action_type": "reject_candidate", "max_attempts": 7,
            "basic_auth_username": "canary-user", "basic_auth_password": "canary-password",
            "additional_headers": "X-Key: canary-header", "error_recipient_email": "canary@example.org",
        })
    );
}

#[tokio::test]
async fn a_webhook_is_created_with_required_members_only() {
    let server = answering("POST", "/v3/webhooks", 201, json!({"id": 1})).await;
    let action = WebhookAction::HireCandidate;
    let mut new = NewWebhook::new("hires", "https://hooks.example.com/h", "k", action, 3);
    new.deactivated = Some(true);
    client(&server).create_webhook(&new).await.unwrap();
    assert_eq!(
        sent(&server, "/v3/webhooks").await,
        json!({
            "name": "hires", "endpoint_url": "https://hooks.example.com/h", "secret_key": "k",
            "event_action_type": "hire_candidate", "max_attempts": 3, "deactivated": true,
        })
    );
}

#[tokio::test]
async fn a_webhook_update_sends_only_its_set_members() {
    let everything = {
        let mut update = UpdateWebhook::new()
            .with_basic_auth("canary-user", "canary-password")
            .with_additional_headers(Some("X-Key: canary-header".into()))
            .with_error_recipient(Some("canary@example.org".to_owned()));
        update.name = Some("hires".into());
        update.endpoint_url = Some("https://hooks.example.com/canary-address".into());
        update.secret_key = Some("canary-key".into());
        update.event_action_type = Some(WebhookAction::HireCandidate);
        update.max_attempts = Some(3);
        update.deactivated = Some(false);
        update
    };
    let nothing_left = UpdateWebhook::new()
        .without_basic_auth()
        .with_additional_headers(None)
        .with_error_recipient(None);
    for (update, golden) in [
        (UpdateWebhook::new(), json!({})),
        (
            everything,
            json!({
                "name": "hires", "endpoint_url": "https://hooks.example.com/canary-address",
                "secret_key": "canary-key", "event_action_type": "hire_candidate", "max_attempts": 3,
                "deactivated": false, "basic_auth_username": "canary-user",
                "basic_auth_password": "canary-password", "additional_headers": "X-Key: canary-header",
                "error_recipient_email": "canary@example.org",
            }),
        ),
        (
            nothing_left,
            json!({
                "basic_auth_username": null, "basic_auth_password": null, "additional_headers": null,
                "error_recipient_email": null,
            }),
        ),
    ] {
        let server = answering("PATCH", "/v3/webhooks/4", 200, json!({"id": 4})).await;
        let id = WebhookId::new(4);
        client(&server).update_webhook(id, &update).await.unwrap();
        assert_eq!(sent(&server, "/v3/webhooks/4").await, golden);
        assert_eq!(format!("{update:?}"), "UpdateWebhook { .. }");
    }
}

#[tokio::test]
async fn a_webhook_is_deleted_for_any_message() {
    let message = json!({"message": "Webhook 4 deleted successfully"});
    let server = answering("DELETE", "/v3/webhooks/4", 200, message).await;
    client(&server)
        .delete_webhook(WebhookId::new(4))
        .await
        .unwrap();
}

#[tokio::test]
async fn lists_contain_the_creating_credential() {
    let row = json!([{"id": 4, "client_id": "client-7", "event_action_type": "news"}]);
    let server = answering("GET", "/v3/webhooks", 200, row).await;
    let hooks = client(&server).webhooks(&WebhookFilter::new()).all().await;
    let hook = &hooks.unwrap()[0];
    assert_eq!(hook.client_id.as_deref(), Some("client-7"));
    let action = hook.event_action_type.as_ref();
    assert_eq!(action.map(WebhookAction::as_str), Some("news"));
}

#[tokio::test]
async fn a_refusal_contains_no_secret() {
    let said = "canary-key canary-user:canary-password X-Key: canary-header canary@example.org \
                https://hooks.example.com/canary-address";
    let body = json!({"message": said, "errors": [{"secret_key": said}]});
    let server = answering("POST", "/v3/webhooks", 422, body).await;
    let new = new();
    let refused = client(&server).create_webhook(&new).await.unwrap_err();
    assert!(matches!(refused, Error::Api { status: 422, .. }));
    let shown = format!("{new:?} {refused:?} {refused}");
    assert!(!shown.contains("canary"), "{shown}");
}
