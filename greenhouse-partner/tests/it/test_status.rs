use greenhouse_core::{
    platform::AssessmentState,
    store::{InvitationState, WorkKind},
};
use http::Method;
use serde_json::json;

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

    // Without a score Greenhouse would refuse it, so it is not complete yet.
    started.state = AssessmentState::Completed;
    world.platform.put(&world.account, started);
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
    // Nobody told us, so the status request healed it, notice included.
    assert_eq!(
        world.invitation(&id).await.state,
        InvitationState::Completed
    );
    assert_eq!(world.backlog(WorkKind::Notify).await, 1);
    world.get(&path).await;
    assert_eq!(world.backlog(WorkKind::Notify).await, 1);
}

#[tokio::test]
async fn other_endings_are_told_in_plain_words() {
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
        assert_eq!(world.backlog(WorkKind::Notify).await, 1);
    }
}

#[tokio::test]
async fn what_is_not_the_accounts_is_not_there() {
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
        let message = "partner_interview_id: it is missing";
        assert_eq!(
            answer.json(),
            json!({ "error": { "code": "malformed", "message": message } })
        );
    }
}

#[tokio::test]
async fn while_the_product_is_down_the_last_state_counts() {
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
    // A completion without its score would be malformed, and anything else untrue.
    world.platform.set_down(true);
    let answer = world.get(&path(&id)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "product_unavailable")
    );
}
