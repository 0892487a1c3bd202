//! Open tests end when the applications for which Greenhouse sent them are rejected or hired.

use greenhouse_core::{
    ApplicationId, ApplicationStatus, AssessmentId, CandidateId,
    platform::Outcome,
    store::{Changes, Records, StoreWriter, Write},
};
use serde_json::{Value, json};

use crate::support::{World, send_test_body};

const SEND_TEST: &str = "/api/greenhouse/send-test";

async fn switch_on(world: &World) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    record.settings.sync.as_mut().unwrap().invited_applications = true;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, greenhouse_core::store::Applied::Applied);
}

/// Sends a test for application 22 of candidate 11. Returns the assessment.
async fn sent(world: &World) -> AssessmentId {
    let answer = world
        .post(SEND_TEST, send_test_body("777").to_string())
        .await;
    let id = answer.json()["partner_interview_id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.run_due().await;
    let assessment = world.invitation(&id).await.assessment.unwrap();
    world.run_due().await;
    assessment
}

fn event(action: &str, status: &str, at: &str) -> Value {
    json!({
        "action": action,
        "payload": { "application": {
            "id": 22, "status": status, "candidate": { "id": 11 },
            "current_stage": { "id": 5, "name": "Screen" }, "last_activity_at": at, "jobs": [{ "id": 70 }],
        } },
    })
}

#[tokio::test]
async fn a_rejection_ends_the_open_test_and_its_undo_opens_it_again() {
    for is_on in [false, true] {
        let world = World::new();
        if is_on {
            switch_on(&world).await;
        }
        let assessment = sent(&world).await;
        let link = world.store.link(&world.account, &assessment).await.unwrap();
        let ids = link.map(|link| (link.candidate, link.application));
        let expected = (CandidateId::new(11), ApplicationId::new(22));
        assert_eq!(ids, is_on.then_some(expected));

        for (id, action, status, at, outcome, revision) in [
            (
                "e1",
                "reject_candidate",
                "rejected",
                "2026-11-23T09:00:00Z",
                Outcome::Rejected,
                1,
            ),
            (
                "e2",
                "unreject_candidate",
                "active",
                "2026-11-23T09:05:00Z",
                Outcome::Active,
                2,
            ),
        ] {
            let answer = world.deliver(id, &event(action, status, at)).await;
            assert_eq!(answer.status, 200);
            world.run_due().await;
            let found = world.platform.outcome(&world.account, &assessment);
            assert_eq!(found, is_on.then_some((outcome, revision)), "{action}");
        }
    }
}

/// The webhook can arrive before the product has created the assessment.
#[tokio::test]
async fn a_rejection_before_the_invitation_is_replayed() {
    let world = World::new();
    switch_on(&world).await;
    world.platform.set_down(true);
    let answer = world
        .post(SEND_TEST, send_test_body("777").to_string())
        .await;
    let id = answer.json()["partner_interview_id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.run_due().await;
    let reject = event("reject_candidate", "rejected", "2026-11-23T09:00:00Z");
    assert_eq!(world.deliver("e1", &reject).await.status, 200);
    world.platform.set_down(false);
    for _ in 0..4 {
        world.tick(3600);
        world.run_due().await;
    }
    let assessment = world.invitation(&id).await.assessment.unwrap();
    let link = world.link_of(assessment.as_str()).await;
    assert_eq!(link.state.status, ApplicationStatus::Rejected);
    let outcome = world.platform.outcome(&world.account, &assessment);
    assert_eq!(outcome, Some((Outcome::Rejected, 1)));
}

#[tokio::test]
async fn an_existing_link_is_kept() {
    let world = World::new();
    switch_on(&world).await;
    let assessment = sent(&world).await;
    let before = world.link_of(assessment.as_str()).await;
    // The product reports the assessment again.
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.run_due().await;
    assert_eq!(world.link_of(assessment.as_str()).await, before);
}
