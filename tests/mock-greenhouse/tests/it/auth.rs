use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Caller, Scene, config};

#[tokio::test]
async fn a_token_is_a_jwt_with_the_acting_user_as_sub_and_is_valid_for_one_hour() {
    let scene = Scene::new().await;
    let admin = scene.greenhouse.site_admin();
    let reply = scene
        .harvest
        .token_form(
            &scene.greenhouse,
            &format!("grant_type=client_credentials&sub={admin}"),
        )
        .await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!(body.as_object().unwrap().len(), 3);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_at"], "2026-06-02T13:00:00Z");
    let parts: Vec<&str> = body["access_token"].as_str().unwrap().split('.').collect();
    assert_eq!(parts.len(), 3);
    let payload: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!(payload["sub"], admin.to_string());
}

#[tokio::test]
async fn without_sub_the_service_user_acts() {
    let scene = Scene::new().await;
    let own = Caller::authenticated(&scene.greenhouse, None).await;
    assert_eq!(own.get("/v3/jobs").await.ids(), [scene.job.job_id]);
}

#[tokio::test]
async fn a_new_token_does_not_revoke_earlier_ones() {
    let scene = Scene::new().await;
    let other = Caller::authenticated(&scene.greenhouse, None).await;
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    assert_eq!(other.get("/v3/jobs").await.status, 200);
}

#[tokio::test]
async fn token_errors_have_their_recorded_shapes() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let credential = scene.greenhouse.credential();
    let (id, secret) = (
        credential.client_id.as_str(),
        credential.client_secret.as_str(),
    );
    let grant = "grant_type=client_credentials";

    let none = caller.call(http::Method::POST, "/token", None).await;
    assert_eq!(
        (none.status.as_u16(), &none.json()["message"]),
        (401, &json!("Unauthorized"))
    );
    assert!(none.json()["errorId"].as_str().unwrap().starts_with("err-"));

    let unsuffixed = caller.form("/token", "abc", secret, grant).await;
    assert_eq!(unsuffixed.status, 400);
    assert_eq!(
        unsuffixed.json()["message"],
        "client_id=abc does not contain a valid client ID suffix"
    );

    for (user, password) in [("abc-1", secret), (id, "wrong")] {
        let wrong = caller.form("/token", user, password, grant).await;
        assert_eq!(
            (wrong.status.as_u16(), wrong.json()),
            (401, json!({ "error": "invalid_client" }))
        );
    }
    let missing = caller.form("/token", id, secret, "").await;
    assert_eq!(missing.status, 400);
    assert_eq!(
        missing.json(),
        json!({ "message": "Must include `grant_type` parameter in /token request" })
    );

    let unknown = caller.form("/token", id, secret, "grant_type=x").await;
    assert_eq!(unknown.status, 400);
    let text = "grant_type=x is invalid, please use one of: authorization_code, refresh_token, client_credentials, \
                urn:ietf:params:oauth:grant-type:token-exchange";
    assert_eq!(unknown.json(), json!({ "message": text }));
}

#[tokio::test]
async fn an_unknown_path_is_404_and_a_known_one_401_without_a_token() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    assert_eq!(caller.get("/v3/nothing").await.status, 404);
    assert_eq!(scene.greenhouse.unexpected().len(), 1);
    let known = caller.get("/v3/jobs").await;
    assert_eq!(known.status, 401);
    let text = "Token could not be decoded. Please ensure your token is from a trusted source.";
    assert_eq!(
        known.json(),
        json!({ "message": "Unauthorized", "errors": [text] })
    );
    assert_eq!(known.header("x-ratelimit-limit"), None);
}

#[tokio::test]
async fn a_token_expires_on_the_mocks_clock() {
    let scene = Scene::new().await;
    scene.greenhouse.clock().advance(Duration::from_secs(3599));
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    scene.greenhouse.clock().advance(Duration::from_secs(1));
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_403() {
    let scene = Scene::with(config().with_scopes(["harvest:jobs:list"])).await;
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    let refused = scene.harvest.get("/v3/candidates").await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()),
        (403, json!({ "message": "Forbidden" }))
    );
}

#[tokio::test]
async fn lists_are_empty_for_a_user_who_is_not_a_site_admin_but_writes_work() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let job_admin =
        Caller::authenticated(&scene.greenhouse, Some(scene.greenhouse.job_admin())).await;
    for list in ["jobs", "candidates", "applications", "application_stages"] {
        let path = format!("/v3/{list}");
        assert_eq!(job_admin.get(&path).await.json(), json!([]));
        assert!(!scene.harvest.get(&path).await.ids().is_empty());
    }
    let body = json!({ "from_stage_id": scene.stage("Application Review") });
    assert_eq!(
        job_admin
            .post(&format!("/v3/applications/{application}/move"), body)
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn introspection_returns_scopes_and_role() {
    let scene =
        Scene::with(config().with_scopes(["harvest:jobs:list", "harvest:users:list"])).await;
    let credential = scene.greenhouse.credential();
    let introspect = async |token: &str| {
        let form = format!("token={token}&token_type_hint=access_token");
        scene
            .harvest
            .form(
                "/introspect",
                &credential.client_id,
                &credential.client_secret,
                &form,
            )
            .await
            .json()
    };
    let admin = scene.greenhouse.site_admin();
    let organization = scene.greenhouse.organization();
    assert_eq!(
        introspect(scene.harvest.token.as_ref().unwrap()).await,
        json!({
            "active": true,
            "client_id": credential.client_id,
            "sub": admin.to_string(),
            "scope": "harvest:jobs:list harvest:users:list",
            "https://auth.greenhouse.io/claims": {
                "organization": { "id": organization.id, "name": organization.name },
                "user_role": "site_admin",
            },
        })
    );
    assert_eq!(introspect("nonsense").await, json!({ "active": false }));
}
