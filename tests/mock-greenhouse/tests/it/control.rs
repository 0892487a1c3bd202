use http::Method;
use mock_greenhouse::{CreatedCandidate, FaultKind, When};
use serde_json::json;

use crate::support::{Caller, Scene};

#[tokio::test]
async fn switches_are_read_and_changed_one_by_one_over_http() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let all = caller.get("/_mock/switches").await.json();
    assert_eq!(all["token_expiry"], "expires_at");
    assert_eq!(all["read_lag_seconds"], 0);
    let body = json!({ "created_candidate": "flat", "read_lag_seconds": 5 });
    let changed = caller.patch("/_mock/switches", body).await;
    assert_eq!(changed.json()["created_candidate"], "flat");
    let switches = scene.greenhouse.switches();
    assert_eq!(switches.created_candidate, CreatedCandidate::Flat);
    assert_eq!(switches.read_lag_seconds, 5);
    for wrong in [json!({ "created_candidate": "round" }), json!({ "no": 1 })] {
        let refused = caller.patch("/_mock/switches", wrong).await;
        assert_eq!(refused.status, 422);
        let error = refused.json()["errors"][0].to_string();
        for leak in ["variant", "unknown field", "line 0", "invalid type"] {
            assert!(!error.contains(leak), "{error}");
        }
    }
    assert_eq!(scene.greenhouse.switches(), switches);
}

#[tokio::test]
async fn faults_are_added_listed_and_removed_over_http() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let body = json!({
        "method": "GET", "path": "/v3/jobs", "when": { "nth": 2 }, "kind": { "status": { "status": 503, "applied": false } },
    });
    let added = caller.post("/_mock/faults", body).await;
    assert_eq!(
        (added.status.as_u16(), added.json()),
        (201, json!({ "id": 1 }))
    );
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 503);
    let listed = caller.get("/_mock/faults").await.json();
    assert_eq!(
        (&listed[0]["seen"], &listed[0]["occurrences"]),
        (&json!(2), &json!(1))
    );

    let body = json!({ "method": "*", "path": "*", "kind": { "stall_then_apply": {} } });
    caller.post("/_mock/faults", body).await;
    let defaults = scene.greenhouse.faults()[1].fault.clone();
    assert_eq!(defaults.when, When::Next(1));
    assert_eq!(defaults.kind, FaultKind::StallThenApply { seconds: 10 });
    let problems = caller.get("/_mock/problems").await.json();
    assert_eq!(problems.as_array().unwrap().len(), 1);

    let remove = async |path: &str| caller.call(Method::DELETE, path, None).await.status;
    assert_eq!(remove("/_mock/faults/2").await, 204);
    assert_eq!(remove("/_mock/faults/2").await, 404);
    assert_eq!(remove("/_mock/faults").await, 204);
    assert!(scene.greenhouse.faults().is_empty());
    for wrong in [
        json!({ "method": "GET", "path": "/v3/jobs", "kind": "explode" }),
        json!({ "method": "GET", "path": "/v3/jobs", "kind": { "status": { "status": 200, "applied": true } } }),
    ] {
        assert_eq!(caller.post("/_mock/faults", wrong).await.status, 422);
    }
}

#[tokio::test]
async fn the_clock_is_read_held_advanced_and_released_over_http() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let noon = json!({ "now": "2026-06-02T12:00:00.118Z", "held": true });
    assert_eq!(caller.get("/_mock/clock").await.json(), noon);
    let advance = json!({ "advance_seconds": 3600 });
    let later = caller.post("/_mock/clock", advance).await.json();
    assert_eq!(later["now"], "2026-06-02T13:00:00.118Z");
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 401);
    let released = caller
        .post("/_mock/clock", json!({ "release": true }))
        .await;
    assert_eq!(released.json()["held"], false);
    let hold = json!({ "hold_at": "2027-01-01T00:00:00Z" });
    caller.post("/_mock/clock", hold).await;
    assert!(scene.greenhouse.clock().is_held());
    assert_eq!(
        caller
            .post("/_mock/clock", json!({ "stop": 1 }))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn rows_are_seeded_over_http_and_shown_in_the_state() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let seed = async |kind: &str, body: serde_json::Value| {
        let reply = caller.post(&format!("/_mock/seed/{kind}"), body).await;
        assert_eq!(reply.status, 201, "{kind}");
        reply.json()
    };
    let job = seed(
        "jobs",
        json!({ "name": "Engineer", "stages": ["Review", "Offer"] }),
    )
    .await;
    let person =
        json!({ "first_name": "Mira", "last_name": "Okafor", "email": "mira@example.org" });
    let candidate = seed("candidates", person).await["id"].clone();
    let body = json!({ "candidate_id": candidate, "job_id": job["id"], "stage_id": job["stages"][1]["id"] });
    let application = seed("applications", body).await["id"].clone();
    let user = json!({ "first_name": "Lee", "last_name": "Brandt", "email": "lee@example.org" });
    seed("users", user).await;
    let field = json!({ "field_type": "application", "name": "Level", "value_type": "single_select", "options": ["Yes"] });
    let field = seed("custom_fields", field).await;
    assert_eq!(field["option_ids"].as_array().unwrap().len(), 1);

    let state = caller.get("/_mock/state").await.json();
    assert_eq!(state["applications"][0]["id"], application);
    assert_eq!(state["applications"][0]["stage_name"], "Offer");
    let unknown = json!({ "candidate_id": 1, "job_id": 2 });
    let refused = caller.post("/_mock/seed/applications", unknown).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn requests_are_counted_by_endpoint() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let path = format!("/v3/applications/{application}/unreject");
    scene.harvest.post(&path, json!({})).await;
    let caller = Caller::stranger(&scene.greenhouse);
    assert_eq!(
        caller.get("/_mock/requests").await.json(),
        json!([
            { "method": "POST", "path": "/token", "count": 1 },
            { "method": "POST", "path": "/v3/applications/{id}/unreject", "count": 1 },
        ])
    );
}
