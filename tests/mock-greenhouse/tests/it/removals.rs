use http::Method;
use serde_json::json;

use crate::support::{Set, hooked};

async fn delete(set: &Set, path: &str) -> (u16, serde_json::Value) {
    let reply = set.harvest.call(Method::DELETE, path, None).await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test]
async fn an_application_is_deleted_with_a_message() {
    let (set, receiver) = hooked(&["delete_application"]).await;
    let application = set.applied();
    let path = format!("/v3/applications/{application}");
    let message = format!("Application {application} deleted successfully");
    assert_eq!(
        delete(&set, &path).await,
        (200, json!({ "message": message }))
    );
    assert_eq!(delete(&set, &path).await.0, 404);
    assert!(set.greenhouse.settle().await);
    assert_eq!(receiver.to("/delete_application").len(), 2);
}

#[tokio::test]
async fn a_candidate_is_deleted_with_a_message() {
    let (set, receiver) = hooked(&["delete_candidate"]).await;
    let application = set.applied();
    let candidate = set
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    let (status, body) = delete(&set, &format!("/v3/candidates/{candidate}")).await;
    assert_eq!((status, body["message"].is_string()), (200, true));
    assert!(set.greenhouse.applications().is_empty());
    assert!(set.greenhouse.settle().await);
    assert_eq!(receiver.to("/delete_candidate").len(), 2);
}

#[tokio::test]
async fn in_a_merge_the_id_in_the_path_stays() {
    let (set, receiver) = hooked(&["merge_candidate"]).await;
    let winner = set.greenhouse.seed_candidate("A", "B", "a@example.org");
    let loser = set.greenhouse.seed_candidate("A", "B", "b@example.org");
    let path = format!("/v3/candidates/{winner}/merge");
    let reply = set
        .harvest
        .post(&path, json!({ "secondary_candidate_id": loser }))
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["id"]),
        (200, &json!(winner))
    );
    assert!(set.greenhouse.candidate(loser).is_none());
    assert_eq!(set.harvest.post(&path, json!({})).await.status, 422);
    assert!(set.greenhouse.settle().await);
    assert_eq!(receiver.to("/merge_candidate").len(), 2);
}

#[tokio::test]
async fn anonymizing_by_a_call_answers_the_row() {
    let (set, receiver) = hooked(&["candidate_anonymized"]).await;
    let candidate = set.greenhouse.seed_candidate("A", "B", "a@example.org");
    let path = format!("/v3/candidates/{candidate}/anonymize");
    let reply = set
        .harvest
        .patch(&path, json!({ "fields": ["email_addresses"] }))
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["email_addresses"]),
        (200, &json!([]))
    );
    assert_eq!(
        set.harvest
            .patch(&path, json!({ "fields": "all" }))
            .await
            .status,
        422
    );
    assert!(set.greenhouse.settle().await);
    assert_eq!(receiver.to("/candidate_anonymized").len(), 2);
}

#[tokio::test]
async fn an_attachment_is_deleted_for_good() {
    let set = Set::new().await;
    let application = set.applied();
    let body = json!({ "application_id": application, "filename": "a.pdf", "type": "other", "content": "YQ==" });
    let file = set.harvest.post("/v3/attachments", body).await.json();
    let path = format!("/v3/attachments/{}", file["id"]);
    assert_eq!(delete(&set, &path).await.0, 200);
    assert!(set.greenhouse.attachments().is_empty());
    assert_eq!(delete(&set, &path).await.0, 404);
}
