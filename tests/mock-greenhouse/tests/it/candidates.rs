use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn a_candidate_is_created_with_its_row_wrapped() {
    let scene = Scene::new().await;
    let reply = scene
        .harvest
        .post(
            "/v3/candidates",
            json!({
                "first_name": "Mira", "last_name": "Okafor", "tags": ["assessed"],
                "email_addresses": [{ "value": "mira@example.org", "type": "personal" }],
            }),
        )
        .await;
    assert_eq!(reply.status, 201);
    let id = scene.greenhouse.candidates()[0].id;
    let at = "2026-06-02T12:00:00.118Z";
    assert_eq!(
        reply.json(),
        json!({
            "candidate": {
                "id": id, "first_name": "Mira", "last_name": "Okafor", "preferred_name": null, "company": null, "title": null,
                "private": false, "can_email": true, "time_zone": null, "tags": ["assessed"], "linked_user_ids": [],
                "email_addresses": [{ "value": "mira@example.org", "type": "personal" }], "phone_numbers": [], "addresses": [],
                "website_addresses": [], "social_media_addresses": [], "custom_fields": {},
                "last_activity_at": at, "created_at": at, "updated_at": at,
            },
            "application": null,
        })
    );
}

#[tokio::test]
async fn a_candidate_can_come_with_one_application_at_a_stage() {
    let scene = Scene::new().await;
    let stage = scene.stage("Take Home Test");
    let application = json!({ "job_id": scene.job.job_id, "initial_stage_id": stage });
    let body = json!({ "first_name": "A", "last_name": "B", "application": application });
    let reply = scene.harvest.post("/v3/candidates", body).await.json();
    assert_eq!(reply["application"]["job_interview_stage_id"], stage);
    assert_eq!(
        reply["application"]["candidate_id"],
        reply["candidate"]["id"]
    );
}

#[tokio::test]
async fn a_refused_application_creates_no_candidate_either() {
    let scene = Scene::new().await;
    let body = json!({ "first_name": "A", "last_name": "B", "application": { "job_id": 1 } });
    assert_eq!(scene.harvest.post("/v3/candidates", body).await.status, 404);
    assert!(scene.greenhouse.candidates().is_empty());
}

#[tokio::test]
async fn creating_a_candidate_does_not_check_for_duplicates() {
    let scene = Scene::new().await;
    let body = json!({ "first_name": "A", "last_name": "B", "email_addresses": [{ "value": "a@example.org", "type": "work" }] });
    for _ in 0..2 {
        assert_eq!(
            scene
                .harvest
                .post("/v3/candidates", body.clone())
                .await
                .status,
            201
        );
    }
    assert_eq!(
        scene
            .harvest
            .get("/v3/candidates?email=A@Example.org")
            .await
            .ids()
            .len(),
        2
    );
    assert!(
        scene
            .harvest
            .get("/v3/candidates?email=a@example.or")
            .await
            .ids()
            .is_empty()
    );
}

#[tokio::test]
async fn bodies_are_closed_and_typed() {
    let scene = Scene::new().await;
    let named = |extra: serde_json::Value| {
        let mut body = json!({ "first_name": "A", "last_name": "B" });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    for body in [
        json!({ "first_name": "A" }),
        named(json!({ "nickname": "C" })),
        named(json!({ "company": 7 })),
        named(json!({ "email_addresses": [{ "value": "a@example.org" }] })),
        named(json!({ "email_addresses": [{ "value": "a@example.org", "type": "home" }] })),
        named(
            json!({ "email_addresses": [{ "value": "a@example.org", "type": "work", "main": true }] }),
        ),
        named(json!({ "applications": [] })),
        named(json!({ "application": { "initial_stage_id": 1 } })),
        named(json!({ "custom_fields": [{ "name_key": "level", "value": 1 }] })),
        json!([]),
    ] {
        let reply = scene.harvest.post("/v3/candidates", body.clone()).await;
        assert_eq!(reply.status, 422, "{body}");
        assert_eq!(reply.json()["message"], "Unprocessable Content");
        assert!(!reply.json()["errors"].as_array().unwrap().is_empty());
    }
    assert!(scene.greenhouse.candidates().is_empty());
    let unknown = scene
        .harvest
        .post("/v3/candidates", named(json!({ "nickname": "C" })))
        .await
        .json();
    assert_eq!(
        unknown["errors"],
        json!([{ "nickname": "is not a permitted member" }])
    );
}

#[tokio::test]
async fn an_update_changes_what_is_sent_and_replaces_collections() {
    let scene = Scene::new().await;
    let id = scene
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    let path = format!("/v3/candidates/{id}");
    let body = json!({ "title": "Seller", "is_private": true, "email_addresses": [{ "value": "new@example.org", "type": "work" }] });
    let row = scene.harvest.patch(&path, body).await.json();
    assert_eq!(
        (&row["first_name"], &row["title"], &row["private"]),
        (&json!("Mira"), &json!("Seller"), &json!(true))
    );
    assert_eq!(
        row["email_addresses"],
        json!([{ "value": "new@example.org", "type": "work" }])
    );
    assert_eq!(
        scene
            .harvest
            .patch(&path, json!({ "title": "" }))
            .await
            .json()["title"],
        json!(null)
    );
    assert_eq!(
        scene
            .harvest
            .patch(&path, json!({ "application": {} }))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn an_unknown_record_on_a_write_is_404_with_a_text_in_errors() {
    let scene = Scene::new().await;
    let reply = scene.harvest.patch("/v3/candidates/7", json!({})).await;
    assert_eq!(reply.status, 404);
    assert_eq!(
        reply.json(),
        json!({ "message": "Resource not found", "errors": "Candidate not found" })
    );
}
