use http::Method;
use serde_json::Value;

use crate::stage::{Shown, Stage};

#[tokio::test]
async fn a_new_key_is_shown_once_and_works() {
    let stage = Stage::empty().await;
    stage.save("/assessments", "/assessments/set-up", &[]).await;
    let before = stage.get("/assessments").await;
    assert!(
        before
            .section("keys")
            .contains("There is no partner key yet")
    );
    let minted = stage.post("/assessments/keys", &[]).await;
    assert_eq!((minted.status, &minted.location), (200, &None));
    let key = minted.secret().unwrap();
    assert!(key.starts_with("gpk_"));
    assert!(minted.body.contains("It is shown only once"));
    assert_eq!(stage.list_tests(&key).await, 200);

    let after = stage.get("/assessments").await;
    assert!(!after.body.contains(&key) && after.secret().is_none());
    let keys = after.section("keys");
    assert!(keys.contains(&key[..10]) && keys.contains("Never used"));
    assert!(keys.contains("Valid</span>"));
    stage
        .wait_for(
            "/assessments",
            "data-step=\"hand-over\"><span class=\"gh-status gh-ok\"",
        )
        .await;
    let used = stage.get("/assessments").await.section("keys");
    assert!(!used.contains("Never used"));
}

#[tokio::test]
async fn a_rotated_key_stays_valid_for_the_overlap() {
    let stage = Stage::empty().await;
    let old = stage.with_key().await;
    let rotate = format!("/assessments/keys/{}/rotate", only_key(&stage).await);
    let rotated = stage.post(&rotate, &[]).await;
    let new = rotated.secret().unwrap();
    assert_ne!(new, old);
    assert!(rotated.body.contains("The old key stays valid until"));
    assert_eq!(rows(&rotated, "ending"), 1);
    assert_eq!(rows(&rotated, "valid"), 1);
    assert!(rotated.section("keys").contains("Valid until</span> <time"));
    assert_eq!(stage.list_tests(&old).await, 200);
    assert_eq!(stage.list_tests(&new).await, 200);
}

#[tokio::test]
async fn a_revoked_key_is_gone() {
    let stage = Stage::empty().await;
    let key = stage.with_key().await;
    let page = stage.get("/assessments").await;
    let row = page.part("<tr data-key", "</tr>");
    assert!(row.contains("<details class=\"gh-confirm\">"));
    assert!(row.contains(&format!("aria-label=\"Revoke the key {}…\"", &key[..10])));
    let id = only_key(&stage).await;
    let revoke = format!("/assessments/keys/{id}/revoke");
    assert!(row.contains(&format!("action=\"/mounted{revoke}\"")));
    let revoked = stage.post(&revoke, &[]).await;
    let location = revoked.location.as_deref();
    assert_eq!(location, Some("/mounted/assessments?saved=keys#keys"));
    assert_eq!(stage.list_tests(&key).await, 401);
    assert_eq!(rows(&stage.get("/assessments").await, "valid"), 0);

    for action in ["revoke", "rotate"] {
        let again = stage
            .post(&format!("/assessments/keys/{id}/{action}"), &[])
            .await;
        assert_eq!(again.status, 422, "{action}");
        assert!(again.section("keys").contains("This key no longer exists"));
        assert!(again.secret().is_none());
    }
}

#[tokio::test]
async fn too_many_keys_are_refused_with_the_reason() {
    let stage = Stage::empty().await;
    stage.save("/assessments", "/assessments/set-up", &[]).await;
    for _ in 0..50 {
        assert_eq!(stage.post("/assessments/keys", &[]).await.status, 200);
    }
    let refused = stage.post("/assessments/keys", &[]).await;
    assert_eq!(refused.status, 422);
    let keys = refused.section("keys");
    assert!(keys.contains("The account already has the maximum number of partner keys."));
    assert!(keys.contains("Revoke partner keys that are no longer used."));
    assert!(refused.secret().is_none());
    assert_eq!(rows(&refused, "valid"), 50);
}

#[tokio::test]
async fn a_key_needs_assessments() {
    let stage = Stage::empty().await;
    let refused = stage.post("/assessments/keys", &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.secret().is_none());
    assert!(refused.body.contains("Set up assessments first."));
}

async fn only_key(stage: &Stage) -> String {
    let keys = stage.api(Method::GET, "keys", Value::Null).await;
    keys["keys"][0]["id"].as_str().unwrap().to_owned()
}

fn rows(page: &Shown, state: &str) -> usize {
    page.body
        .matches(&format!("data-state=\"{state}\""))
        .count()
}
