use http::Method;
use serde_json::json;

use crate::support::{Scene, scene_with_hooks};

async fn delete(scene: &Scene, path: &str) -> (u16, serde_json::Value) {
    let reply = scene.harvest.call(Method::DELETE, path, None).await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test]
async fn an_application_is_deleted_with_a_message() {
    let (scene, receiver) = scene_with_hooks(&["delete_application"]).await;
    let application = scene.new_application();
    let path = format!("/v3/applications/{application}");
    let message = format!("Application {application} deleted successfully");
    assert_eq!(
        delete(&scene, &path).await,
        (200, json!({ "message": message }))
    );
    assert_eq!(delete(&scene, &path).await.0, 404);
    assert!(scene.greenhouse.settle().await);
    assert_eq!(receiver.to("/delete_application").len(), 2);
}

#[tokio::test]
async fn a_candidate_is_deleted_with_a_message() {
    let (scene, receiver) = scene_with_hooks(&["delete_candidate"]).await;
    let application = scene.new_application();
    let candidate = scene
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    let (status, body) = delete(&scene, &format!("/v3/candidates/{candidate}")).await;
    assert_eq!((status, body["message"].is_string()), (200, true));
    assert!(scene.greenhouse.applications().is_empty());
    assert!(scene.greenhouse.settle().await);
    assert_eq!(receiver.to("/delete_candidate").len(), 2);
}

#[tokio::test]
async fn a_deletion_removes_the_parts_of_scorecards_and_interviews() {
    for by_candidate in [false, true] {
        let scene = Scene::new().await;
        let greenhouse = &scene.greenhouse;
        let application = scene.new_application();
        let candidate = greenhouse.application(application).unwrap().candidate_id;
        let add = |list: &str, row| greenhouse.seed_record(list, row).unwrap();
        let scorecard =
            json!({ "application_id": application, "interview_kit_id": 7, "status": "complete" });
        let scorecard = add("scorecards", scorecard);
        for (part, member) in [
            (
                "scorecard_candidate_attributes",
                "job_candidate_attribute_id",
            ),
            ("scorecard_question_answers", "scorecard_question_id"),
        ] {
            add(part, json!({ "scorecard_id": scorecard, member: 7 }));
        }
        let job = scene.job.job_id;
        let interview =
            json!({ "job_id": job, "application_id": application, "job_interview_id": 7 });
        let interview = add("interviews", interview);
        add("interviewers", json!({ "interview_id": interview }));
        greenhouse.reject(application).await.unwrap();

        let path = match by_candidate {
            true => format!("/v3/candidates/{candidate}"),
            false => format!("/v3/applications/{application}"),
        };
        assert_eq!(delete(&scene, &path).await.0, 200);
        for list in [
            "scorecards",
            "scorecard_candidate_attributes",
            "scorecard_question_answers",
            "interviews",
            "interviewers",
            "rejection_details",
        ] {
            assert!(greenhouse.records(list).is_empty(), "{list}");
        }
    }
}

#[tokio::test]
async fn a_merge_keeps_the_id_in_the_path() {
    let (scene, receiver) = scene_with_hooks(&["merge_candidate"]).await;
    let winner = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let loser = scene.greenhouse.seed_candidate("A", "B", "b@example.org");
    let path = format!("/v3/candidates/{winner}/merge");
    let reply = scene
        .harvest
        .post(&path, json!({ "secondary_candidate_id": loser }))
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["id"]),
        (200, &json!(winner))
    );
    assert!(scene.greenhouse.candidate(loser).is_none());
    assert_eq!(scene.harvest.post(&path, json!({})).await.status, 422);
    assert!(scene.greenhouse.settle().await);
    assert_eq!(receiver.to("/merge_candidate").len(), 2);
}

#[tokio::test]
async fn anonymizing_by_a_call_returns_the_row() {
    let (scene, receiver) = scene_with_hooks(&["candidate_anonymized"]).await;
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let path = format!("/v3/candidates/{candidate}/anonymize");
    let reply = scene
        .harvest
        .patch(&path, json!({ "fields": ["email_addresses"] }))
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["email_addresses"]),
        (200, &json!([]))
    );
    assert_eq!(
        scene
            .harvest
            .patch(&path, json!({ "fields": "all" }))
            .await
            .status,
        422
    );
    assert!(scene.greenhouse.settle().await);
    assert_eq!(receiver.to("/candidate_anonymized").len(), 2);
}

#[tokio::test]
async fn an_attachment_is_deleted_permanently() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let body = json!({ "application_id": application, "filename": "a.pdf", "type": "other", "content": "YQ==" });
    let file = scene.harvest.post("/v3/attachments", body).await.json();
    let path = format!("/v3/attachments/{}", file["id"]);
    assert_eq!(delete(&scene, &path).await.0, 200);
    assert!(scene.greenhouse.attachments().is_empty());
    assert_eq!(delete(&scene, &path).await.0, 404);
}
