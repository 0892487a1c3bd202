use http::StatusCode;
use serde_json::{Value, json};

use crate::support::Scene;

async fn act(scene: &Scene, application: i64, verb: &str, body: Value) -> StatusCode {
    scene
        .harvest
        .post(&format!("/v3/applications/{application}/{verb}"), body)
        .await
        .status
}

#[tokio::test]
async fn an_application_is_created_at_the_first_stage_with_the_documented_row() {
    let scene = Scene::new().await;
    let candidate = scene
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    let reply = scene
        .harvest
        .post(
            "/v3/applications",
            json!({ "candidate_id": candidate, "job_id": scene.job.job_id }),
        )
        .await;
    assert_eq!(reply.status, 201);
    let stored = scene.greenhouse.applications()[0].clone();
    let at = "2026-06-02T12:00:00.118Z";
    assert_eq!(
        reply.json(),
        json!({
            "id": stored.id, "candidate_id": candidate, "job_id": scene.job.job_id, "job_post_id": null, "status": "in_process",
            "stage_id": stored.stage_id, "job_interview_stage_id": scene.stage("Application Review"),
            "stage_name": "Application Review", "prospect": false, "prospective_job_ids": [], "needs_decision": false,
            "recruiter_id": null, "coordinator_id": null, "referrer_id": null, "source_id": null, "agency_note_id": null,
            "rejection_reason_id": null, "rejected_at": null, "created_at": at, "updated_at": at, "last_activity_at": at,
            "location_address": null, "answers": [], "custom_fields": {},
        })
    );
}

#[tokio::test]
async fn the_two_forms_of_a_new_application_do_not_mix() {
    let scene = Scene::new().await;
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let job = scene.job.job_id;
    for body in [
        json!({ "candidate_id": candidate }),
        json!({ "candidate_id": candidate, "job_id": job, "prospect": true }),
        json!({ "candidate_id": candidate, "job_id": job, "job_ids": [job] }),
        json!({ "candidate_id": candidate, "job_id": job.to_string() }),
        json!({ "candidate_id": candidate, "prospect": false }),
        json!({ "candidate_id": candidate, "job_id": job, "attachments": [] }),
    ] {
        assert_eq!(
            scene
                .harvest
                .post("/v3/applications", body.clone())
                .await
                .status,
            422,
            "{body}"
        );
    }
    let prospect = scene
        .harvest
        .post(
            "/v3/applications",
            json!({ "candidate_id": candidate, "prospect": true, "job_ids": [job] }),
        )
        .await;
    assert_eq!(prospect.status, 201);
    let row = prospect.json();
    assert_eq!(
        (&row["job_id"], &row["stage_id"], &row["prospect"]),
        (&json!(null), &json!(null), &json!(true))
    );
}

#[tokio::test]
async fn a_second_application_on_one_job_is_422() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let candidate = scene
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    let body = json!({ "candidate_id": candidate, "job_id": scene.job.job_id });
    assert_eq!(
        scene.harvest.post("/v3/applications", body).await.status,
        422
    );
    assert_eq!(scene.greenhouse.applications().len(), 1);
}

#[tokio::test]
async fn a_stage_of_another_job_is_422() {
    let scene = Scene::new().await;
    let other = scene.greenhouse.seed_job("Other", &["Only"]);
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let body = json!({ "candidate_id": candidate, "job_id": scene.job.job_id, "initial_stage_id": other.stages[0].id });
    assert_eq!(
        scene.harvest.post("/v3/applications", body).await.status,
        422
    );
}

#[tokio::test]
async fn applications_are_filtered_and_in_process_is_not_a_filter_value() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let row = scene.greenhouse.application(application).unwrap();
    for (query, found) in [
        (
            format!(
                "candidate_ids={}&job_ids={}",
                row.candidate_id, scene.job.job_id
            ),
            true,
        ),
        ("candidate_ids=1".to_owned(), false),
        ("status=active".to_owned(), true),
        ("status=rejected".to_owned(), false),
        (format!("stage_ids={}", row.stage_id.unwrap()), true),
        (
            format!("stage_ids={}", row.job_interview_stage_id.unwrap()),
            false,
        ),
        (
            format!(
                "job_interview_stage_ids={}",
                row.job_interview_stage_id.unwrap()
            ),
            true,
        ),
        ("stage_name=Application%20Review".to_owned(), true),
        ("stage_name=application%20review".to_owned(), false),
        ("prospect=false".to_owned(), true),
    ] {
        assert_eq!(
            !scene
                .harvest
                .get(&format!("/v3/applications?{query}"))
                .await
                .ids()
                .is_empty(),
            found,
            "{query}"
        );
    }
    assert_eq!(
        scene
            .harvest
            .get("/v3/applications?status=in_process")
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn every_stage_of_the_job_has_a_row_and_exactly_one_is_current() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let stage_id = scene
        .greenhouse
        .application(application)
        .unwrap()
        .stage_id
        .unwrap();
    assert_eq!(
        scene
            .harvest
            .get(&format!(
                "/v3/application_stages?application_ids={application}"
            ))
            .await
            .ids()
            .len(),
        3
    );
    let current = scene
        .harvest
        .get(&format!(
            "/v3/application_stages?application_ids={application}&current=true"
        ))
        .await
        .json();
    let at = "2026-06-02T12:00:00.118Z";
    assert_eq!(
        current,
        json!([{
            "id": stage_id, "application_id": application, "job_interview_stage_id": scene.stage("Application Review"),
            "entered_at": at, "exited_at": null, "days_in_stage": 0, "current": true, "created_at": at, "updated_at": at,
        }])
    );
}

#[tokio::test]
async fn a_move_accepts_either_id_of_the_current_stage_and_answers_204() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let (review, test, offer) = (
        scene.stage("Application Review"),
        scene.stage("Take Home Test"),
        scene.stage("Offer"),
    );
    assert_eq!(
        act(
            &scene,
            application,
            "move",
            json!({ "from_stage_id": offer, "to_stage_id": test })
        )
        .await,
        422
    );
    assert_eq!(
        act(&scene, application, "move", json!({ "to_stage_id": test })).await,
        422
    );
    assert_eq!(
        act(
            &scene,
            application,
            "move",
            json!({ "from_stage_id": review, "to_stage_id": test })
        )
        .await,
        204
    );
    let row = scene.greenhouse.application(application).unwrap();
    assert_eq!(row.job_interview_stage_id, Some(test));
    assert_eq!(
        act(
            &scene,
            application,
            "move",
            json!({ "from_stage_id": row.stage_id })
        )
        .await,
        204
    );
    let row = scene.greenhouse.application(application).unwrap();
    assert_eq!(row.stage_name.as_deref(), Some("Offer"));
    let current: Vec<_> = scene
        .greenhouse
        .application_stages()
        .into_iter()
        .filter(|stage| stage.current)
        .collect();
    assert_eq!((current.len(), Some(current[0].id)), (1, row.stage_id));
    assert_eq!(
        act(
            &scene,
            application,
            "move",
            json!({ "from_stage_id": offer })
        )
        .await,
        422,
        "there is no next stage"
    );
}

#[tokio::test]
async fn a_move_to_another_job_keeps_the_application_and_lands_on_its_first_stage() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let other = scene.greenhouse.seed_job("Other", &["First", "Second"]);
    let body =
        json!({ "from_stage_id": scene.stage("Application Review"), "to_job_id": other.job_id });
    assert_eq!(act(&scene, application, "move", body).await, 204);
    let row = scene.greenhouse.application(application).unwrap();
    assert_eq!(
        (row.job_id, row.job_interview_stage_id),
        (Some(other.job_id), other.stage("First"))
    );
    assert_eq!(scene.greenhouse.application_stages().len(), 2);
}

#[tokio::test]
async fn a_rejection_needs_a_reason_keeps_the_stage_and_can_be_undone() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let before = scene.greenhouse.application(application).unwrap();
    let reason = json!({ "rejection_reason_id": scene.greenhouse.rejection_reason() });
    assert_eq!(act(&scene, application, "reject", json!({})).await, 422);
    assert_eq!(
        act(&scene, application, "reject", reason.clone()).await,
        204
    );
    assert_eq!(
        act(&scene, application, "reject", reason).await,
        422,
        "already rejected"
    );
    let row = scene
        .harvest
        .get(&format!("/v3/applications?ids={application}"))
        .await
        .json();
    assert_eq!(
        (&row[0]["status"], &row[0]["stage_id"]),
        (&json!("rejected"), &json!(before.stage_id))
    );
    assert_eq!(
        act(
            &scene,
            application,
            "move",
            json!({ "from_stage_id": before.stage_id })
        )
        .await,
        422
    );
    assert_eq!(
        act(&scene, application, "unreject", json!({ "note": "" })).await,
        422,
        "the body is closed and empty"
    );
    assert_eq!(act(&scene, application, "unreject", json!({})).await, 204);
    assert_eq!(scene.greenhouse.application(application).unwrap(), before);
}

#[tokio::test]
async fn a_hire_answers_204_and_cannot_be_repeated() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    assert_eq!(
        act(
            &scene,
            application,
            "hire",
            json!({ "start_date": "2026-07-01T00:00:00Z", "close_reason_id": null })
        )
        .await,
        204
    );
    assert_eq!(
        scene
            .harvest
            .get("/v3/applications?status=hired")
            .await
            .ids(),
        [application]
    );
    assert_eq!(act(&scene, application, "hire", json!({})).await, 422);
    assert_eq!(act(&scene, 7, "hire", json!({})).await, 404);
}
