//! Store failures and conflicts with other hosts: nothing is lost or duplicated.

use std::time::Duration;

use greenhouse_core::{
    ApplicationStatus, AssessmentId, CandidateId, Clock, InvitationId, later,
    platform::Outcome,
    store::{
        Applied, Changes, Erasure, Housekeeping, InvitationState, NoticeState, Purge, TaskKind,
        Write,
    },
    testing::{Failure, NextApply},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{World, send_test_body};

const CONFLICT: NextApply = NextApply::Returns(Applied::Conflict);
const LEASE_LOST: NextApply = NextApply::Returns(Applied::LeaseLost);
const DOWN: NextApply = NextApply::Fails(Failure::Before);
const DOWN_AFTERWARDS: NextApply = NextApply::Fails(Failure::After);

const SEND: &str = "/api/greenhouse/send-test";

fn rejected() -> Value {
    json!({ "action": "reject_candidate", "payload": { "application": {
        "id": 22, "status": "rejected", "candidate": { "id": 11 }, "last_activity_at": "2026-11-23T09:59:00Z",
    } } })
}

#[tokio::test]
async fn a_webhook_is_accepted_only_once_it_is_durable() {
    for fault in [DOWN, DOWN_AFTERWARDS] {
        let world = World::new();
        world.link("as-1", 11, 22).await;
        world.failing_store.next_applies([fault]);
        let refused = world.deliver("e1", &rejected()).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (503, "unavailable")
        );
        // Greenhouse retries the delivery.
        assert_eq!(world.deliver("e1", &rejected()).await.status, 200);
        world.run_due().await;
        let outcome = world
            .platform
            .outcome(&world.account, &AssessmentId::new("as-1"));
        assert_eq!(
            (outcome, world.platform.outcome_calls()),
            (Some((Outcome::Rejected, 1)), 1),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_webhook_is_decided_again_after_a_conflict() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.failing_store.next_applies([CONFLICT, CONFLICT]);
    assert_eq!(world.deliver("e1", &rejected()).await.status, 200);
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Rejected
    );
    world.failing_store.next_applies([CONFLICT; 8]);
    assert_eq!(world.deliver("e2", &rejected()).await.status, 503);
}

/// Even an ignored delivery keeps its body, unless the candidate was erased during the decision.
#[tokio::test]
async fn a_concurrent_erasure_leaves_no_body() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    assert_eq!(world.deliver("e1", &rejected()).await.status, 200);
    world
        .failing_store
        .next_applies([NextApply::AfterAnother(anonymized)]);
    assert_eq!(world.deliver("e2", &rejected()).await.status, 200);
    assert!(world.link_of("as-1").await.erased);
    let all = later(world.clock.now(), Duration::from_secs(1));
    let bodies = world.store.purge(Purge::KeptBodies, all, 9).await;
    assert_eq!(bodies.unwrap(), 0);
}

fn anonymized(_: &Changes) -> Changes {
    let mut faster = Changes::none();
    faster.erasures = vec![Erasure::everything(CandidateId::new(11))];
    faster
}

#[tokio::test]
async fn the_first_of_two_hosts_with_one_request_wins() {
    let world = World::new();
    world
        .failing_store
        .next_applies([NextApply::AfterAnother(under_another_id)]);
    let answer = world.post(SEND, send_test_body("777").to_string()).await;
    assert_eq!(answer.json(), json!({ "partner_interview_id": "faster" }));
    assert!(world.log().await.is_empty());

    for fault in [DOWN, DOWN_AFTERWARDS] {
        let world = World::new();
        world.failing_store.next_applies([fault]);
        assert_eq!(
            world
                .post(SEND, send_test_body("777").to_string())
                .await
                .status,
            503
        );
        assert_eq!(
            world
                .post(SEND, send_test_body("777").to_string())
                .await
                .status,
            200
        );
        world.run_due().await;
        assert_eq!(
            (world.platform.invited(), world.log().await.len()),
            (1, 1),
            "{fault:?}"
        );
    }
}

/// The same request through another host.
fn under_another_id(changes: &Changes) -> Changes {
    let mut faster = Changes::none();
    for write in &changes.invitations {
        if let Write::Put(invitation) = write {
            let mut invitation = invitation.clone();
            invitation.id = InvitationId::new("faster");
            faster.invitations.push(Write::Put(invitation));
        }
    }
    faster
}

#[tokio::test]
async fn an_unrecorded_invitation_invites_once() {
    for fault in [CONFLICT, DOWN, DOWN_AFTERWARDS, LEASE_LOST] {
        let world = World::new();
        let sent = world.post(SEND, send_test_body("777").to_string()).await;
        let id = sent.json()["partner_interview_id"]
            .as_str()
            .unwrap()
            .to_owned();
        world.failing_store.next_applies([fault]);
        let _ = world.try_run_due().await;
        world.tick(60);
        world.run_due().await;
        assert_eq!(
            world.invitation(&id).await.state,
            InvitationState::Invited,
            "{fault:?}"
        );
        assert_eq!(
            (
                world.platform.invited(),
                world.backlog(TaskKind::Invite).await
            ),
            (1, 0),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn an_unrecorded_notice_is_sent_again() {
    for (fault, calls) in [
        (CONFLICT, 1),
        (DOWN, 2),
        (DOWN_AFTERWARDS, 1),
        (LEASE_LOST, 2),
    ] {
        let world = World::new();
        let (id, assessment) = world.finished().await;
        world
            .service
            .assessment_changed(&world.account, &assessment)
            .await
            .unwrap();
        world.transport.answer(StatusCode::OK, "");
        world.transport.answer(StatusCode::OK, "");
        world.failing_store.next_applies([fault]);
        let _ = world.try_run_due().await;
        world.tick(60);
        world.run_due().await;
        assert_eq!(
            world.invitation(&id).await.notice,
            NoticeState::Accepted,
            "{fault:?}"
        );
        assert_eq!(
            (
                world.transport.sent().len(),
                world.backlog(TaskKind::Notify).await
            ),
            (calls, 0),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_status_request_and_a_product_event_survive_a_conflict() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    world.failing_store.next_applies([CONFLICT]);
    let answer = world
        .get(&format!(
            "/api/greenhouse/test-status?partner_interview_id={id}"
        ))
        .await;
    assert_eq!(answer.json()["partner_status"], "complete");
    assert_eq!(
        world.invitation(&id).await.state,
        InvitationState::Completed
    );

    world.failing_store.next_applies([CONFLICT]);
    world
        .service
        .revoke_report_links(&world.account, &assessment)
        .await
        .unwrap();
    world.failing_store.next_applies([DOWN]);
    assert!(
        world
            .service
            .revoke_report_links(&world.account, &assessment)
            .await
            .is_err()
    );
}
