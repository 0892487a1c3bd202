use mock_greenhouse::{Presence, RowForm, ScorecardNulls, UpdatedCandidate};
use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn an_updated_candidate_is_flat_or_wrapped() {
    let scene = Scene::new().await;
    let candidate = scene
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    scene
        .greenhouse
        .seed_custom_field("candidate", "Score", "number", &[])
        .unwrap();
    let path = format!("/v3/candidates/{candidate}");
    let update = async || {
        scene
            .harvest
            .patch(&path, json!({ "company": "Acme" }))
            .await
            .json()
    };
    assert_eq!(update().await["company"], "Acme");
    scene
        .greenhouse
        .switch(|switches| switches.updated_candidate = UpdatedCandidate::Wrapped);
    let wrapped = update().await;
    assert_eq!(wrapped.as_object().unwrap().len(), 1);
    assert_eq!(
        (
            &wrapped["candidate"]["id"],
            &wrapped["candidate"]["company"]
        ),
        (&json!(candidate), &json!("Acme"))
    );
}

#[tokio::test]
async fn rejection_reason_id_is_present_or_absent_in_rows_of_applications() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    scene.greenhouse.reject(application).await.unwrap();
    let row = async || scene.harvest.get("/v3/applications").await.json()[0].clone();
    assert_eq!(
        row().await["rejection_reason_id"],
        scene.greenhouse.rejection_reason()
    );
    scene
        .greenhouse
        .switch(|switches| switches.rejection_reason_id = Presence::Absent);
    assert_eq!(row().await.get("rejection_reason_id"), None);
    let details = scene.harvest.get("/v3/rejection_details").await.json();
    assert_eq!(
        details[0]["rejection_reason_id"],
        scene.greenhouse.rejection_reason()
    );
}

#[tokio::test]
async fn drafts_of_scorecards_have_nulls_or_not() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    for status in ["draft", "complete"] {
        let row = json!({
            "application_id": application, "interview_kit_id": 7, "interviewer_id": 8, "submitter_id": 8,
            "candidate_rating": "yes", "status": status, "submitted_at": "2026-06-01T16:20:44.310Z",
        });
        scene.greenhouse.seed_record("scorecards", row).unwrap();
    }
    let nulls = async || {
        let rows = scene.harvest.get("/v3/scorecards").await.json();
        let members = [
            "interview_kit_id",
            "interviewer_id",
            "submitter_id",
            "candidate_rating",
            "submitted_at",
        ];
        ["draft", "complete"].map(|status| {
            let row = rows
                .as_array()
                .unwrap()
                .iter()
                .find(|row| row["status"] == status)
                .unwrap();
            members
                .iter()
                .filter(|member| row[**member].is_null())
                .count()
        })
    };
    assert_eq!(nulls().await, [0, 0]);
    scene
        .greenhouse
        .switch(|switches| switches.scorecard_nulls = ScorecardNulls::InDrafts);
    assert_eq!(nulls().await, [5, 0]);
}

#[tokio::test]
async fn rows_are_as_described_or_as_clients_have_seen_them() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let candidate = scene
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    scene
        .greenhouse
        .seed_custom_field("application", "Level", "short_text", &[])
        .unwrap();
    let note = json!({ "candidate_id": candidate, "note_type": "NOTE", "visibility": "public", "body": "x" });
    scene.harvest.post("/v3/notes", note).await;
    let first =
        async |list: &str| scene.harvest.get(&format!("/v3/{list}")).await.json()[0].clone();
    assert!(first("job_interview_stages").await["sort_order"].is_i64());
    assert_eq!(first("users").await.get("emails"), None);
    scene
        .greenhouse
        .switch(|switches| switches.rows = RowForm::Seen);
    assert_eq!(
        first("job_interview_stages").await["sort_order"],
        json!(null)
    );
    assert_eq!(first("users").await.get("emails"), Some(&json!(null)));
    assert_eq!(
        first("notes").await["email_attachment_file_names"],
        json!([])
    );
    let row = first("applications").await;
    assert_eq!(row["answers"][0].get("answer"), Some(&json!(null)));
    assert_eq!(row["custom_fields"]["level"].as_object().unwrap().len(), 4);
}
