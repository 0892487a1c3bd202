use mock_greenhouse::ScorecardWrites;
use serde_json::{Value, json};

use crate::support::Scene;

#[tokio::test]
async fn every_list_with_a_table_supports_its_filters() {
    let scene = Scene::new().await;
    for (list, filters) in LISTS {
        for filter in *filters {
            let reply = scene.harvest.get(&format!("/v3/{list}?{filter}")).await;
            assert_eq!(
                (reply.status.as_u16(), reply.json()),
                (200, json!([])),
                "{list} {filter}"
            );
        }
        let reply = scene.harvest.get(&format!("/v3/{list}?nonsense=1")).await;
        assert_eq!(reply.status, 422, "{list}");
    }
}

#[tokio::test]
async fn a_row_has_every_documented_member_and_is_found_by_its_parents() {
    let scene = Scene::new().await;
    let id = |list: &str, row: Value| scene.greenhouse.seed_record(list, row).unwrap();
    let kit = id(
        "interview_kits",
        json!({ "job_id": scene.job.job_id, "job_interview_id": 5 }),
    );
    let scorecard = id(
        "scorecards",
        json!({
            "application_id": 7, "interview_kit_id": kit, "interviewer_id": 8, "submitter_id": 8, "candidate_rating": "yes",
            "status": "complete", "submitted_at": "2026-06-01T16:20:44.310Z",
        }),
    );
    let at = "2026-06-02T12:00:00.118Z";
    let found = scene
        .harvest
        .get(&format!("/v3/scorecards?interview_kit_ids={kit}&status=complete&submitted_at=gte|2026-06-01T00:00:00Z"))
        .await;
    assert_eq!(
        found.json(),
        json!([{
            "id": scorecard, "application_id": 7, "interview_kit_id": kit, "interviewer_id": 8, "submitter_id": 8,
            "candidate_rating": "yes", "status": "complete", "interviewed_at": null, "submitted_at": "2026-06-01T16:20:44.310Z",
            "notes": null, "notes_with_tags": null, "private_notes": null, "private_notes_with_tags": null, "public_notes": null,
            "public_notes_with_tags": null, "created_at": at, "updated_at": at,
        }])
    );
    for query in [
        "status=draft",
        "interviewer_ids=9",
        "submitted_at=lt|2026-06-01T00:00:00Z",
    ] {
        assert!(
            scene
                .harvest
                .get(&format!("/v3/scorecards?{query}"))
                .await
                .ids()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_seeded_row_must_have_the_documented_form() {
    let scene = Scene::new().await;
    for (list, row) in [
        ("nonsense", json!({})),
        ("sources", json!({ "name": "Job board" })),
        ("referrers", json!({ "name": 7 })),
        ("referrers", json!({ "name": "Ada", "nickname": "A" })),
        (
            "scorecards",
            json!({ "application_id": 1, "interview_kit_id": 1, "candidate_rating": "mixed" }),
        ),
    ] {
        assert!(scene.greenhouse.seed_record(list, row).is_err(), "{list}");
    }
}

const LISTS: &[(&str, &[&str])] = &[
    ("sources", &["ids=1"]),
    ("referrers", &["user_ids=1"]),
    (
        "custom_fields",
        &["field_type=candidate&active=true&name=a&name_key=a"],
    ),
    (
        "custom_field_options",
        &["custom_field_ids=1,2&custom_field_key=a&active=true"],
    ),
    (
        "job_interviews",
        &["job_ids=1&job_interview_stage_ids=1&active=true&scheduling_type=offer"],
    ),
    ("interview_kits", &["job_ids=1&job_interview_ids=1"]),
    (
        "interviews",
        &[
            "job_ids=1&application_ids=1&job_interview_ids=1&organizer_ids=1&external_event_id=a&status=complete",
            "starts_at=gte|2026-01-01T00:00:00Z&ends_at[lt]=2026-01-01T00:00:00Z",
        ],
    ),
    (
        "interviewers",
        &["interview_ids=1&user_ids=1&scorecard_ids=1&response_status=accepted"],
    ),
    (
        "rejection_details",
        &["application_ids=1&rejection_reason_ids=1&custom_field_option_id=1"],
    ),
    (
        "scorecards",
        &["application_ids=1&interviewer_ids=1&submitter_ids=1&interview_kit_ids=1&status=draft"],
    ),
    (
        "scorecard_candidate_attributes",
        &["scorecard_ids=1&job_candidate_attribute_ids=1"],
    ),
    (
        "job_candidate_attributes",
        &["job_ids=1&candidate_attribute_type_ids=1&active=true"],
    ),
    ("candidate_attribute_types", &["active=true&is_draft=false"]),
    (
        "focus_candidate_attributes",
        &["interview_kit_ids=1&job_candidate_attribute_ids=1"],
    ),
    ("scorecard_questions", &["interview_kit_ids=1&active=true"]),
    (
        "scorecard_question_answers",
        &["scorecard_ids=1&scorecard_question_ids=1"],
    ),
    (
        "scorecard_question_options",
        &["scorecard_question_ids=1&active=true"],
    ),
    (
        "scorecard_question_answer_options",
        &["scorecard_question_option_ids=1&scorecard_question_answer_ids=1"],
    ),
    ("candidate_tags", &["ids=1"]),
    (
        "applied_candidate_tags",
        &["candidate_ids=1&candidate_tag_ids=1"],
    ),
];

#[tokio::test]
async fn writes_of_scorecards_are_absent_forbidden_or_working() {
    let scene = Scene::new().await;
    let body = json!({ "application_id": 7, "interview_kit_id": 8, "interviewer_id": 9 });
    assert_eq!(
        scene
            .harvest
            .post("/v3/scorecards", body.clone())
            .await
            .status,
        404
    );
    assert_eq!(scene.greenhouse.unexpected().len(), 1);
    scene
        .greenhouse
        .switch(|switches| switches.scorecard_writes = ScorecardWrites::Forbidden);
    assert_eq!(
        scene
            .harvest
            .post("/v3/scorecards", body.clone())
            .await
            .status,
        403
    );
    scene
        .greenhouse
        .switch(|switches| switches.scorecard_writes = ScorecardWrites::Working);
    let made = scene.harvest.post("/v3/scorecards", body).await;
    assert_eq!(
        (made.status.as_u16(), &made.json()["status"]),
        (201, &json!("draft"))
    );
    let path = format!("/v3/scorecards/{}", made.json()["id"]);
    let rated = scene
        .harvest
        .patch(&path, json!({ "candidate_rating": "yes" }))
        .await;
    assert_eq!(rated.json()["candidate_rating"], "yes");
    for body in [
        json!({ "candidate_rating": "mixed" }),
        json!({ "rating": "yes" }),
    ] {
        assert_eq!(scene.harvest.patch(&path, body).await.status, 422);
    }
    assert_eq!(
        scene
            .harvest
            .patch("/v3/scorecards/7", json!({}))
            .await
            .status,
        404
    );
}
