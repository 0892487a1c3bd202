use std::time::Duration;

use http::Method;
use mock_greenhouse::{Config, MockClock};
use serde_json::{Value, json};

use crate::support::{Caller, Scene, noon};

#[tokio::test]
async fn scopes_are_read_withheld_granted_and_replaced_over_http() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let scopes = caller.get("/_mock/scopes").await.json();
    assert_eq!(scopes["scopes"].as_array().unwrap().len(), 158);
    let jobs = async || {
        let renewed = Caller::authenticated(&scene.greenhouse, Some(scene.greenhouse.site_admin()));
        renewed.await.get("/v3/jobs").await.status.as_u16()
    };
    let withheld = json!({ "withhold": ["harvest:jobs:list"] });
    let changed = caller.patch("/_mock/scopes", withheld).await.json();
    assert_eq!(changed["scopes"].as_array().unwrap().len(), 157);
    assert_eq!(jobs().await, 403);
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    caller
        .patch("/_mock/scopes", json!({ "grant": ["harvest:jobs:list"] }))
        .await;
    assert_eq!(jobs().await, 200);
    let only = Some(json!({ "scopes": ["harvest:users:list"] }));
    let replaced = caller.call(Method::PUT, "/_mock/scopes", only).await.json();
    assert_eq!(replaced, json!({ "scopes": ["harvest:users:list"] }));
    assert_eq!(jobs().await, 403);
    let misspelt = json!({ "withhold": ["harvest:user:list"] });
    let refused = caller.patch("/_mock/scopes", misspelt).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.json()["errors"][0],
        "harvest:user:list is not an official scope"
    );
    scene.greenhouse.set_scopes(["harvest:jobs:list"]);
    assert_eq!(jobs().await, 200);
}

async fn change(scene: &Scene, path: &str, body: Value) -> Value {
    let caller = Caller::stranger(&scene.greenhouse);
    let reply = caller.patch(path, body).await;
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
    reply.json()
}

#[tokio::test]
async fn a_user_is_renamed_promoted_and_deactivated_over_http() {
    let scene = Scene::new().await;
    let user = scene
        .greenhouse
        .seed_user("Lee", "Brandt", "lee@example.org", false);
    let path = format!("/_mock/users/{user}");
    let row = change(
        &scene,
        &path,
        json!({ "site_admin": true, "last_name": "Bright", "email": "l@example.org" }),
    )
    .await;
    assert_eq!(
        (&row["name"], &row["site_admin"]),
        (&json!("Lee Bright"), &json!(true))
    );
    let emails = scene
        .harvest
        .get(&format!("/v3/user_emails?user_ids={user}"))
        .await
        .json();
    assert_eq!(
        (emails.as_array().unwrap().len(), &emails[0]["email"]),
        (1, &json!("l@example.org"))
    );
    let lee = Caller::authenticated(&scene.greenhouse, Some(user)).await;
    assert_eq!(lee.get("/v3/jobs").await.ids(), [scene.job.job_id]);
    change(&scene, &path, json!({ "deactivated": true })).await;
    let form = format!("grant_type=client_credentials&sub={user}");
    assert_eq!(
        scene
            .harvest
            .token_form(&scene.greenhouse, &form)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_job_is_closed_renamed_and_reopened_over_http() {
    let clock = MockClock::held(noon());
    let scene = Scene::with(Config::default().with_clock(clock.clone())).await;
    let path = format!("/_mock/jobs/{}", scene.job.job_id);
    let row = change(
        &scene,
        &path,
        json!({ "status": "closed", "name": "AE", "confidential": true, "requisition_id": "81" }),
    )
    .await;
    assert_eq!(row["closed_at"], "2026-06-02T12:00:00.118Z");
    let listed = scene
        .harvest
        .get("/v3/jobs?status=closed&confidential=true&requisition_id=81")
        .await;
    assert_eq!(listed.json()[0]["name"], "AE");
    clock.advance(Duration::from_secs(3600));
    let row = change(&scene, &path, json!({ "status": "open" })).await;
    assert_eq!(
        (&row["opened_at"], &row["closed_at"]),
        (&json!("2026-06-02T13:00:00.118Z"), &json!(null))
    );
}

#[tokio::test]
async fn users_are_listed_by_interviewer_tag() {
    let scene = Scene::new().await;
    let user = scene.greenhouse.job_admin();
    let tags = json!({ "interviewer_tags": [{ "id": 7, "name": "Bar raiser" }] });
    change(&scene, &format!("/_mock/users/{user}"), tags).await;
    let listed = async |tag: i64| {
        let path = format!("/v3/users?interviewer_tag_ids={tag}");
        scene.harvest.get(&path).await.ids()
    };
    assert_eq!(listed(7).await, [user]);
    assert!(listed(8).await.is_empty());
}

#[tokio::test]
async fn a_stage_is_added_renamed_moved_and_removed_over_http() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let application = scene.new_application();
    let review = scene.stage("Application Review");
    let path = format!("/_mock/stages/{review}");
    change(&scene, &path, json!({ "name": "Screening" })).await;
    let row = scene.greenhouse.application(application).unwrap();
    assert_eq!(row.stage_name.as_deref(), Some("Screening"));
    let body = json!({ "job_id": scene.job.job_id, "name": "Onsite" });
    let added = caller.post("/_mock/seed/stages", body).await.json()["id"].clone();
    change(&scene, &path, json!({ "sort_order": 9 })).await;
    change(
        &scene,
        &format!("/_mock/stages/{}", scene.stage("Offer")),
        json!({ "active": false }),
    )
    .await;
    let rows = scene
        .harvest
        .get("/v3/job_interview_stages?active=true")
        .await
        .json();
    let mut plan: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["sort_order"].as_i64(), row["name"].clone()))
        .collect();
    plan.sort_by_key(|(order, _)| *order);
    let names: Vec<_> = plan.into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["Take Home Test", "Onsite", "Screening"]);
    assert!(added.is_i64());
    scene.greenhouse.rename_stage(review, "Review").unwrap();
    assert!(scene.greenhouse.seed_stage(7, "Nowhere").is_err());
}

#[tokio::test]
async fn a_row_of_a_table_is_changed_over_http() {
    let scene = Scene::new().await;
    let field = scene
        .greenhouse
        .seed_custom_field("application", "Level", "short_text", &[])
        .unwrap();
    let path = format!("/_mock/records/custom_fields/{}", field.field_id);
    let row = change(&scene, &path, json!({ "active": false })).await;
    assert_eq!(row["active"], false);
    assert!(
        scene
            .harvest
            .get("/v3/custom_fields?active=true")
            .await
            .ids()
            .is_empty()
    );
}

#[tokio::test]
async fn a_change_of_an_unknown_row_or_member_is_refused() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let job = scene.job.job_id;
    for (path, body, expected) in [
        ("/_mock/users/7".to_owned(), json!({}), 404),
        ("/_mock/jobs/7".to_owned(), json!({}), 404),
        ("/_mock/stages/7".to_owned(), json!({}), 404),
        (
            "/_mock/records/sources/7".to_owned(),
            json!({ "name": "x" }),
            404,
        ),
        ("/_mock/records/sources/7".to_owned(), json!({}), 404),
        (
            format!("/_mock/records/sources/{}", scene.greenhouse.source()),
            json!({ "nme": "x" }),
            422,
        ),
        (
            format!("/_mock/jobs/{job}"),
            json!({ "status": "shut" }),
            422,
        ),
        (
            format!("/_mock/jobs/{job}"),
            json!({ "state": "open" }),
            422,
        ),
        (
            format!("/_mock/users/{}", scene.greenhouse.job_admin()),
            json!({ "admin": true }),
            422,
        ),
    ] {
        assert_eq!(caller.patch(&path, body).await.status, expected, "{path}");
    }
}
