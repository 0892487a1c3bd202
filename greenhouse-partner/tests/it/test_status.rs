use greenhouse_core::{
    AssessmentId,
    platform::AssessmentState,
    store::{InvitationState, TaskKind},
};
use http::Method;
use serde_json::{Value, json};

use crate::support::{OTHER_KEY, World, completed, send_test_body};

fn path(id: &str) -> String {
    format!("/api/greenhouse/test-status?partner_interview_id={id}")
}

#[tokio::test]
async fn follows_the_invitation_to_its_result() {
    let world = World::new();
    let sent = world
        .post(
            "/api/greenhouse/send-test",
            send_test_body("777").to_string(),
        )
        .await;
    let id = sent.json()["partner_interview_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = path(&id);
    assert_eq!(
        world.get(&path).await.json(),
        json!({ "partner_status": "invitation pending" })
    );

    world.run_due().await;
    assert_eq!(
        world.get(&path).await.json(),
        json!({ "partner_status": "invited" })
    );

    let assessment = world.invitation(&id).await.assessment.unwrap();
    let mut started = completed(assessment.clone());
    started.state = AssessmentState::Started;
    started.score = None;
    started.completed_at = None;
    world.platform.put(&world.account, started.clone());
    let in_progress = json!({ "partner_status": "in progress", "metadata": { "Started At": "2026-11-23T09:00:00Z" } });
    assert_eq!(world.get(&path).await.json(), in_progress);

    world
        .platform
        .put(&world.account, completed(assessment.clone()));
    let answer = world.get(&path).await;
    let url = answer.json()["partner_profile_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let prefix = format!("https://host.example/api/greenhouse/report/{assessment}?token=");
    assert!(url.starts_with(&prefix), "{url}");
    assert_eq!(
        answer.text(),
        format!(
            "{{\"partner_status\":\"complete\",\"partner_profile_url\":\"{url}\",\"partner_score\":79.5,\"metadata\":{{\
             \"Recommendation\":\"Yes\",\"Objection Handling\":\"85 (Strong Yes)\",\"Discovery\":\"19.5 (Definitely Not)\",\
             \"Started At\":\"2026-11-23T09:00:00Z\",\"Completed At\":\"2026-11-23T09:30:00Z\",\"Attempts\":\"2\"}}}}"
        )
    );
    // No event arrived, so the status request updated the state and queued the notice.
    assert_eq!(
        world.invitation(&id).await.state,
        InvitationState::Completed
    );
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    world.get(&path).await;
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);
}

#[tokio::test]
async fn other_endings_are_described() {
    for (state, word) in [
        (AssessmentState::Withdrawn, "withdrawn"),
        (AssessmentState::Expired, "expired"),
    ] {
        let world = World::new();
        let (id, assessment) = world.invited().await;
        let mut ended = completed(assessment);
        (ended.state, ended.started_at, ended.completed_at) = (state, None, None);
        world.platform.put(&world.account, ended);
        assert_eq!(
            world.get(&path(&id)).await.json(),
            json!({ "partner_status": word })
        );
        assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    }
}

#[tokio::test]
async fn invitations_of_other_accounts_are_not_found() {
    let world = World::new();
    let (id, _) = world.invited().await;
    for unknown in ["x", "%00", &"y".repeat(300)] {
        let answer = world.get(&path(unknown)).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    }
    let other = world
        .request(Method::GET, &path(&id), Some(OTHER_KEY), "")
        .await;
    assert_eq!(other.status, 404);
    for missing in [
        "/api/greenhouse/test-status",
        "/api/greenhouse/test-status?partner_interview_id=",
    ] {
        let answer = world.get(missing).await;
        assert_eq!(answer.status, 400);
        let message = "partner_interview_id: expected the id that send_test returned, got none";
        assert_eq!(
            answer.json(),
            json!({ "error": { "code": "malformed", "message": message } })
        );
    }
}

#[tokio::test]
async fn the_last_state_is_used_while_the_product_is_down() {
    let world = World::new();
    let (id, _) = world.finished().await;
    world.platform.set_down(true);
    assert_eq!(
        world.get(&path(&id)).await.json(),
        json!({ "partner_status": "invited" })
    );
    world.platform.set_down(false);
    assert_eq!(
        world.get(&path(&id)).await.json()["partner_status"],
        "complete"
    );
    // The score is unknown, so a completion would lack it, and any other status would be wrong.
    world.platform.set_down(true);
    let answer = world.get(&path(&id)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "product_unavailable")
    );
}

/// Greenhouse drops a result whose URL cannot be opened publicly.
#[tokio::test]
async fn a_result_without_a_report_is_not_complete() {
    let world = World::new();
    world.platform.set_without_reports(true);
    let (id, assessment) = world.finished().await;
    let waiting = json!({
        "partner_status": "waiting for the report",
        "metadata": { "Started At": "2026-11-23T09:00:00Z", "Completed At": "2026-11-23T09:30:00Z" },
    });
    assert_is(&world, &id, &waiting).await;
    changed(&world, &assessment).await;
    assert_eq!(world.backlog(TaskKind::Notify).await, 0);

    // The product sends an event once the report exists, and Greenhouse receives a notice.
    world.platform.set_without_reports(false);
    changed(&world, &assessment).await;
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    let complete = world.get(&path(&id)).await.json();
    assert_eq!(complete["partner_status"], "complete");

    // A complete result stays complete until a later result has its report.
    world.platform.set_without_reports(true);
    assert_is(&world, &id, &complete).await;
    let mut again = completed(assessment.clone());
    again.completed_at = Some(world.now());
    world.platform.put(&world.account, again);
    let status = world.get(&path(&id)).await.json();
    assert_eq!(status["partner_status"], "waiting for the report");
    let invitation = world.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    world.platform.set_without_reports(false);
    changed(&world, &assessment).await;
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    let lines = world.lines().await;
    assert_eq!(
        lines[1..],
        [
            "invitation done: The candidate completed the test.",
            "notice pending: Greenhouse is being notified of the result.",
            "invitation done: The candidate completed the test again.",
        ]
    );
}

/// A host with its own settings may have no keys for report links.
#[tokio::test]
async fn a_result_without_a_link_key_is_not_complete() {
    let world = World::new();
    let (id, _) = world.finished().await;
    world.switch.without_links();
    let waiting = json!({
        "partner_status": "waiting for the report",
        "metadata": { "Started At": "2026-11-23T09:00:00Z", "Completed At": "2026-11-23T09:30:00Z" },
    });
    assert_is(&world, &id, &waiting).await;
}

async fn assert_is(world: &World, id: &str, status: &Value) {
    let answer = world.get(&path(id)).await;
    assert_eq!((answer.status, answer.json()), (200, status.clone()));
}

async fn changed(world: &World, assessment: &AssessmentId) {
    let (service, account) = (&world.service, &world.account);
    service
        .assessment_changed(account, assessment)
        .await
        .unwrap();
}

/// The score is optional, also when complete (documented).
#[tokio::test]
async fn a_completion_without_a_score_is_complete() {
    let world = World::new();
    let sent = send_test_body("777").to_string();
    let sent = world.post("/api/greenhouse/send-test", sent).await.json();
    let id = sent["partner_interview_id"].as_str().unwrap();
    world.run_due().await;
    let assessment = world.invitation(id).await.assessment.unwrap();
    let mut result = completed(assessment);
    result.score = None;
    world.platform.put(&world.account, result);
    let answer = world.get(&path(id)).await.json();
    assert_eq!(answer["partner_status"], "complete");
    assert!(answer["partner_profile_url"].is_string());
    assert_eq!(answer.get("partner_score"), None);
    let metadata = &answer["metadata"];
    // Only the product's own value is left.
    assert_eq!(metadata["Recommendation"], "the product's own");
    assert_eq!(metadata["Objection Handling"], "85 (Strong Yes)");
    assert_eq!(world.invitation(id).await.state, InvitationState::Completed);
}
