use greenhouse_core::{
    InvitationId,
    store::{Direction, LogStatus, LogSubject},
};
use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn is_a_problem_in_the_log_under_every_spelling() {
    for spelling in [
        "response-error",
        "response_error",
        "request_errors",
        "response_errors",
    ] {
        let world = World::new();
        let (id, assessment) = world.invited().await;
        let body = json!({
            "api_call": "test_status",
            "errors": ["the url is missing", "no score for ada@example.org"],
            "partner_test_id": 12345, "partner_test_name": null,
            "partner_interview_id": id, "candidate_email": "ada@example.org",
        });
        let answer = world
            .post(&format!("/api/greenhouse/{spelling}"), body.to_string())
            .await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({ "status": 200 }))
        );
        let logged = world.log().await.pop().unwrap().entry;
        assert_eq!(
            logged.text,
            "Greenhouse could not use test_status: the url is missing; no score for [...]."
        );
        assert_eq!(
            (logged.subject, logged.status),
            (LogSubject::Problem, LogStatus::Failed)
        );
        assert_eq!(logged.direction, Direction::FromGreenhouse);
        assert_eq!(logged.invitation, Some(InvitationId::new(id)));
        assert_eq!(logged.assessment, Some(assessment));
    }
}

#[tokio::test]
async fn concerns_no_invitation_that_is_not_the_accounts() {
    let world = World::new();
    for id in [json!("unknown"), json!(299_506), json!(null), json!([])] {
        let body = json!({ "api_call": "list_tests", "errors": [], "partner_interview_id": id });
        assert_eq!(
            world
                .post("/api/greenhouse/response-error", body.to_string())
                .await
                .status,
            200
        );
        let logged = world.log().await.pop().unwrap().entry;
        assert_eq!(logged.invitation, None);
        assert_eq!(
            logged.text,
            "Greenhouse could not use list_tests, and did not say why."
        );
    }
}

#[tokio::test]
async fn what_is_no_object_is_refused_and_not_logged() {
    let world = World::new();
    for body in ["", "x", "[]", "\"ada@example.org\""] {
        let answer = world.post("/api/greenhouse/response-error", body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"));
    }
    assert!(world.is_untouched().await);
}
