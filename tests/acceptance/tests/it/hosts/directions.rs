//! Each direction works without the others and needs none of their settings.

use reqwest::Method;
use serde_json::json;
use server::demo::Demo;

use super::{
    http::{answer, request},
    setup::Setup,
};

/// A request to a disabled direction is answered like an unknown key or path, and health does not
/// report the direction. The demo tests the enabled directions.
pub(crate) async fn disabled_directions_are_absent_and_not_reported(setup: Setup) {
    let stage = setup.stage().await;
    let on = stage.directions;
    let list = request(&stage, Method::GET, "api/greenhouse/list-tests");
    let list = list.basic_auth(stage.partner_key.expose(), Some(""));
    let push = "/api/integrations/greenhouse/push/any";
    let push = stage.client.ask("POST", push, None).await.unwrap();
    let hook = stage.hook.0.strip_prefix(&stage.host_url).unwrap();
    let hook = request(&stage, Method::POST, hook).body("{}");
    for (name, on, status, off) in [
        // Without settings, every key is unknown.
        ("assessments", on.assessments, answer(list).await.0, 401),
        ("push", on.push, push.status, 404),
        ("sync", on.sync, answer(hook).await.0, 404),
    ] {
        assert!(on || status == off, "{name}: {status}");
    }

    let health = "/api/integrations/greenhouse/health";
    let health = stage.client.ask("GET", health, None).await.unwrap();
    assert_eq!(health.body["state"], "ok", "{health:?}");
    stage.stop().await.unwrap();
}

/// Creates an assessment outside Greenhouse and completes it.
pub(crate) async fn finished(stage: &Demo, job: &str, score: f64) -> String {
    let id = taken(stage, job).await;
    let path = format!("/product/assessments/{id}/complete");
    let done = stage
        .client
        .ask("POST", &path, Some(&json!({ "score": score })))
        .await
        .unwrap();
    assert_eq!(done.status, 200, "{done:?}");
    id
}

pub(crate) async fn taken(stage: &Demo, job: &str) -> String {
    let person =
        json!({ "first_name": "Noor", "last_name": "Haddad", "email": "noor@example.org" });
    let new = json!({ "scenario": "discovery-call", "job": job, "person": person });
    let taken = stage
        .client
        .ask("POST", "/product/assessments", Some(&new))
        .await
        .unwrap();
    assert_eq!(taken.status, 201, "{taken:?}");
    taken.body["assessment"].as_str().unwrap().to_owned()
}
