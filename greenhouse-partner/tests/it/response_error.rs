use greenhouse_core::{
    ApplicationId, InvitationId,
    health::CheckState,
    operator::OperatorPart,
    store::{Direction, LogFilter, LogStatus, LogSubject, SyncLog},
};
use http::Method;
use serde_json::json;

use crate::support::{KEY, OTHER_KEY, World};

#[tokio::test]
async fn is_logged_as_a_problem_for_every_spelling() {
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
            "partner_test_id": 12345, "partner_test_name": "Discovery Call",
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
            "Greenhouse could not use the response to test_status for the test \"Discovery Call\" (12345): \
             the url is missing; no score for [...]. Check the tests in the product. If the error occurs \
             again, contact Greenhouse Support."
        );
        assert_eq!(
            (logged.subject, logged.status),
            (LogSubject::Problem, LogStatus::Failed)
        );
        assert_eq!(logged.direction, Direction::FromGreenhouse);
        assert_eq!(logged.invitation, Some(InvitationId::new(id)));
        assert_eq!(logged.assessment, Some(assessment));
        assert_eq!(logged.application, Some(ApplicationId::new(22)));
        let checks = world.service.checks(&world.account).await;
        let problems = checks
            .iter()
            .find(|check| check.name == "problems")
            .unwrap();
        assert_eq!(problems.state, CheckState::Warning);
        assert!(problems.text.ends_with(&logged.text), "{}", problems.text);
    }
}

/// Neither the key nor the invitation of another account gives access to this account's log.
#[tokio::test]
async fn stays_within_the_account_of_the_key() {
    let world = World::new();
    let (id, _) = world.invited().await;
    let before = world.log().await.len();
    let path = "/api/greenhouse/response_errors";
    let body = json!({ "api_call": "test_status", "errors": ["bad"], "partner_interview_id": id })
        .to_string();
    for (key, status) in [
        (None, 401),
        (Some("gpk_unknown"), 401),
        (Some(OTHER_KEY), 200),
    ] {
        let answer = world.request(Method::POST, path, key, body.clone()).await;
        assert_eq!(answer.status, status);
    }
    let get = world.request(Method::GET, path, Some(KEY), "").await;
    assert_eq!(get.status, 405);
    assert_eq!(world.log().await.len(), before);
    let theirs = world
        .store
        .log_page(&world.other, &LogFilter::newest(10))
        .await;
    let theirs = theirs.unwrap().entries;
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0].entry.invitation, None);
}

/// Ids were numbers until 2017.
#[tokio::test]
async fn old_shapes_are_accepted() {
    let world = World::new();
    let (id, _) = world.invited().await;
    for (body, test) in [
        (
            json!({ "api_call": "send_test", "errors": ["bad"], "partner_interview_id": id, "partner_test_id": 12345 }),
            "12345",
        ),
        // The test id is from the invitation if the report has none.
        (
            json!({ "api_call": "send_test", "errors": "bad", "partner_interview_id": id, "news": [1] }),
            "sc-1",
        ),
    ] {
        let answer = world
            .post("/api/greenhouse/request_errors", body.to_string())
            .await;
        assert_eq!(answer.status, 200);
        let logged = world.log().await.pop().unwrap().entry;
        assert_eq!(
            logged.text,
            format!(
                "Greenhouse could not use the response to send_test for the test {test}: bad. \
                 Check the tests in the product. If the error occurs again, contact Greenhouse \
                 Support."
            )
        );
        assert_eq!(logged.invitation, Some(InvitationId::new(id.clone())));
    }
}

#[tokio::test]
async fn ignores_invitations_of_other_accounts() {
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
            "Greenhouse could not use the response to list_tests and gave no reason. Check the tests \
             in the product. If the error occurs again, contact Greenhouse Support."
        );
    }
}

#[tokio::test]
async fn non_objects_are_refused_and_logged_once() {
    let world = World::new();
    for body in ["", "x", "[]", "\"ada@example.org\""] {
        let answer = world.post("/api/greenhouse/response-error", body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"));
    }
    let log = world.log().await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].entry.code, "request_refused");
    assert!(!log[0].entry.text.contains('@'), "{}", log[0].entry.text);
}
