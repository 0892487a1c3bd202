use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn an_update_of_an_application_is_closed_and_accepts_no_nulls() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let path = format!("/v3/applications/{application}");
    let body = json!({
        "source_id": 1, "referrer_id": 2, "recruiter_id": 3, "coordinator_id": 4, "prospect_pool_id": 5.5,
        "prospect_stage_id": 6, "created_at": "2026-05-01",
    });
    let reply = scene.harvest.patch(&path, body).await;
    assert_eq!(reply.status, 200);
    let row = reply.json();
    assert_eq!(
        (&row["source_id"], &row["recruiter_id"], &row["created_at"]),
        (&json!(1), &json!(3), &json!("2026-05-01T00:00:00.000Z"))
    );
    for body in [
        json!({ "source_id": null }),
        json!({ "created_at": "2026-05-01T00:00:00Z" }),
        json!({ "prospect_pool_id": "5" }),
        json!({ "status": "hired" }),
        json!({ "job_id": 1 }),
    ] {
        let reply = scene.harvest.patch(&path, body.clone()).await;
        assert_eq!(reply.status, 422, "{body}");
    }
    assert_eq!(
        scene
            .harvest
            .patch("/v3/applications/7", json!({}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_prospect_has_its_own_closed_form() {
    let scene = Scene::new().await;
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let body = json!({ "candidate_id": candidate, "prospect": true, "job_ids": [scene.job.job_id], "prospect_pool_id": 1 });
    let reply = scene.harvest.post("/v3/applications", body).await;
    assert_eq!(reply.status, 201);
    let row = reply.json();
    assert_eq!(
        (&row["prospect"], &row["job_id"], &row["stage_id"]),
        (&json!(true), &json!(null), &json!(null))
    );
    assert_eq!(row["prospective_job_ids"], json!([scene.job.job_id]));
    for (member, value) in [
        ("job_id", json!(scene.job.job_id)),
        ("initial_stage_id", json!(1)),
    ] {
        let mut body = json!({ "candidate_id": candidate, "prospect": true });
        body[member] = value;
        assert_eq!(
            scene.harvest.post("/v3/applications", body).await.status,
            422
        );
    }
}

#[tokio::test]
async fn a_prospect_is_converted_into_an_application_on_a_job() {
    let scene = Scene::new().await;
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let body = json!({ "candidate_id": candidate, "prospect": true, "source_id": 9 });
    let prospect = scene.harvest.post("/v3/applications", body).await.json();
    let path = format!("/v3/applications/{}/convert_to_candidate", prospect["id"]);
    assert_eq!(scene.harvest.post(&path, json!({})).await.status, 422);
    let stage = scene.stage("Take Home Test");
    let body = json!({ "job_id": scene.job.job_id, "to_job_interview_stage_id": stage });
    let reply = scene.harvest.post(&path, body.clone()).await;
    assert_eq!(reply.status, 200);
    let row = reply.json();
    assert_eq!(
        (
            &row["prospect"],
            &row["job_interview_stage_id"],
            &row["source_id"]
        ),
        (&json!(false), &json!(stage), &json!(9))
    );
    assert_eq!(
        scene
            .harvest
            .get("/v3/applications?status=converted")
            .await
            .ids(),
        [prospect["id"].as_i64().unwrap()]
    );
    assert_eq!(scene.harvest.post(&path, body).await.status, 422);
}
