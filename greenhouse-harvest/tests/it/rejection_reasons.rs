//! The only record that is read by id.

use greenhouse_harvest::api::RejectionReasonId;
use greenhouse_harvest::{
    Error,
    api::{RejectionReason, RejectionReasonKey},
};
use serde_json::json;
use wiremock::{Mock, ResponseTemplate, matchers::path};

use crate::support::{client, server, with_tokens};

async fn read(status: u16, body: &str) -> Result<RejectionReason, Error> {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/rejection_reasons/4000012002"))
        .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
        .mount(&server)
        .await;
    client(&server)
        .rejection_reason(RejectionReasonId::new(4_000_012_002))
        .await
}

#[tokio::test]
async fn a_reason_is_read_by_id() {
    let kind = json!({"id": 1, "key": "THEY_REJECTED_US", "name": "They rejected us"});
    let row = json!({"id": 4_000_012_002_i64, "name": "Took another offer", "type": kind});
    let reason = read(200, &row.to_string()).await.unwrap();
    assert_eq!(reason.name.as_deref(), Some("Took another offer"));
    let key = reason.kind.and_then(|kind| kind.key);
    assert_eq!(key, Some(RejectionReasonKey::TheyRejectedUs));
}

#[tokio::test]
async fn an_invalid_reason_is_a_read_error() {
    for body in ["[]", "null", "", "{\"name\": \"without an id\"}"] {
        let error = read(200, body).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{body}: {error}");
        assert!(!error.outcome_unknown());
    }
    let missing = json!({"message": "Resource not found", "errors": "Rejection reason not found"});
    let error = read(404, &missing.to_string()).await.unwrap_err();
    assert!(matches!(error, Error::Api { status: 404, .. }), "{error}");
}
