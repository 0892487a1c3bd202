//! Golden JSON for the bodies of scorecards, their parts and rejections.

use greenhouse_core::{
    ApplicationId, InterviewKitId, UserId,
    scorecard::{MixedOverall, Recommendation},
};
use greenhouse_harvest::api::*;
use greenhouse_harvest::api::{
    JobCandidateAttributeId, RejectionDetailId, RejectionReasonId, ScorecardCandidateAttributeId,
    ScorecardId, ScorecardQuestionAnswerId, ScorecardQuestionId, ScorecardQuestionOptionId,
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{client, header, requests_to, server, start, with_tokens};

/// Server that responds to one write with a row.
async fn taking(verb: &str, at: &str) -> MockServer {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": 9})))
        .expect(1)
        .mount(&server)
        .await;
    server
}

async fn sent(server: &MockServer, at: &str) -> Value {
    let requests = requests_to(server, at).await;
    assert_eq!(header(&requests[0], "content-type"), "application/json");
    requests[0].body_json().unwrap()
}

#[tokio::test]
async fn a_scorecard_is_written_with_its_set_members() {
    let server = taking("POST", "/v3/scorecards").await;
    let (application, kit) = (ApplicationId::new(8_120_034_002), InterviewKitId::new(2));
    let mut new = NewScorecard::new(application, kit, UserId::new(3));
    new.candidate_rating = Some((Recommendation::DefinitelyNot, MixedOverall::default()).into());
    new.status = Some(ScorecardStatus::Complete);
    new.interviewed_at = Some(start());
    new.notes = Some("Clear and calm".into());
    let written = client(&server).create_scorecard(&new).await.unwrap();
    assert_eq!(written.id, ScorecardId::new(9));
    assert_eq!(
        sent(&server, "/v3/scorecards").await,
        json!({
            "application_id": 8_120_034_002_i64, "interview_kit_id": 2, "interviewer_id": 3,
            "candidate_rating": "strong_no", "status": "complete",
            "interviewed_at": "2026-05-11T13:54:09Z", "notes": "Clear and calm",
        })
    );
    assert!(!format!("{new:?}").contains("calm"));
}

#[tokio::test]
async fn a_scorecard_update_sends_only_its_set_members() {
    let server = taking("PATCH", "/v3/scorecards/1").await;
    let mut update = UpdateScorecard::new();
    update.submitter_id = Some(UserId::new(3));
    update.submitted_at = Some(start());
    update.private_notes = Some("Calm".into());
    update.public_notes = Some("Clear".into());
    let id = ScorecardId::new(1);
    client(&server).update_scorecard(id, &update).await.unwrap();
    assert_eq!(
        sent(&server, "/v3/scorecards/1").await,
        json!({
            "submitter_id": 3, "submitted_at": "2026-05-11T13:54:09Z", "private_notes": "Calm",
            "public_notes": "Clear",
        })
    );
    assert_eq!(format!("{update:?}"), "UpdateScorecard { .. }");
}

#[tokio::test]
async fn ratings_of_attributes() {
    let server = taking("POST", "/v3/scorecard_candidate_attributes").await;
    let mut new = NewScorecardCandidateAttribute::new(
        ScorecardId::new(1),
        JobCandidateAttributeId::new(2),
        Recommendation::Mixed,
    );
    new.note = Some("Wavers".into());
    client(&server)
        .create_scorecard_candidate_attribute(&new)
        .await
        .unwrap();
    assert_eq!(
        sent(&server, "/v3/scorecard_candidate_attributes").await,
        json!({
            "scorecard_id": 1, "job_candidate_attribute_id": 2, "candidate_attribute_rating": "mixed",
            "note": "Wavers",
        })
    );
    assert!(!format!("{new:?}").contains("Wavers"));

    let server = taking("PATCH", "/v3/scorecard_candidate_attributes/5").await;
    let mut update = UpdateScorecardCandidateAttribute::new();
    update.candidate_attribute_rating = Some(Recommendation::DefinitelyNot.into());
    client(&server)
        .update_scorecard_candidate_attribute(ScorecardCandidateAttributeId::new(5), &update)
        .await
        .unwrap();
    assert_eq!(
        sent(&server, "/v3/scorecard_candidate_attributes/5").await,
        json!({"candidate_attribute_rating": "definitely_not"})
    );
}

#[tokio::test]
async fn answers_to_questions() {
    let server = taking("POST", "/v3/scorecard_question_answers").await;
    let (card, question) = (ScorecardId::new(1), ScorecardQuestionId::new(2));
    let mut new = NewScorecardQuestionAnswer::new(card, question);
    new.answer = Some("By bicycle".into());
    client(&server)
        .create_scorecard_question_answer(&new)
        .await
        .unwrap();
    assert_eq!(
        sent(&server, "/v3/scorecard_question_answers").await,
        json!({"scorecard_id": 1, "scorecard_question_id": 2, "answer": "By bicycle"})
    );
    assert!(!format!("{new:?}").contains("bicycle"));

    let server = taking("PATCH", "/v3/scorecard_question_answers/5").await;
    let mut update = UpdateScorecardQuestionAnswer::new();
    update.boolean_value = Some(false);
    client(&server)
        .update_scorecard_question_answer(ScorecardQuestionAnswerId::new(5), &update)
        .await
        .unwrap();
    assert_eq!(
        sent(&server, "/v3/scorecard_question_answers/5").await,
        json!({"boolean_value": false})
    );

    let server = taking("POST", "/v3/scorecard_question_answer_options").await;
    let new = NewScorecardQuestionAnswerOption::new(
        ScorecardQuestionOptionId::new(3),
        ScorecardQuestionAnswerId::new(4),
    );
    client(&server)
        .create_scorecard_question_answer_option(&new)
        .await
        .unwrap();
    assert_eq!(
        sent(&server, "/v3/scorecard_question_answer_options").await,
        json!({"scorecard_question_option_id": 3, "scorecard_question_answer_id": 4})
    );
}

#[tokio::test]
async fn another_reason_for_a_rejection() {
    let server = taking("PATCH", "/v3/rejection_details/4").await;
    let update = UpdateRejectionDetail::new(RejectionReasonId::new(7));
    client(&server)
        .update_rejection_detail(RejectionDetailId::new(4), &update)
        .await
        .unwrap();
    assert_eq!(
        sent(&server, "/v3/rejection_details/4").await,
        json!({"rejection_reason_id": 7})
    );
}
