//! Webhooks: every event with a rule, and events without one.

use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, AssessmentId, InvitationId,
    platform::Outcome,
    store::{InvitedPerson, Records, TaskKind},
};
use serde_json::{Value, json};

use super::{Fault, Stage, StoryResult};
use crate::{
    stage_tests,
    support::{HOOK, World},
};

pub(super) async fn rejected(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage
        .deliver("e1", &event("reject_candidate", "rejected", 5))
        .await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Rejected, 1)));
    stage.end().await
}

pub(super) async fn rejected_on_the_bare_path(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    let body = event("reject_candidate", "rejected", 5).to_string();
    stage.deliver_to("", "", &body).await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Rejected, 1)));
    stage.end().await
}

pub(super) async fn rejected_without_a_time(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Rejected));
    let stage = Stage::begin(world, fault);
    let mut body = event("reject_candidate", "rejected", 5);
    body["payload"]["application"]["last_activity_at"] = Value::Null;
    stage.deliver("e1", &body).await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Rejected, 1)));
    stage.end().await
}

pub(super) async fn rejected_and_delivered_twice(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    let body = event("reject_candidate", "rejected", 5);
    stage.deliver("e1", &body).await;
    stage.deliver("e1", &body).await;
    stage.settles().await;
    stage.deliver("e1", &body).await;
    stage.settles().await;
    assert_eq!(stage.log().await.len(), 1);
    stage.end().await
}

pub(super) async fn rejected_before_the_current_state(fault: Fault) -> StoryResult {
    let world = pushed().await;
    let moved = event("candidate_stage_change", "active", 9);
    assert_eq!(world.deliver("e1", &moved).await.status, 200);
    let stage = Stage::begin(world, fault);
    stage
        .deliver("e2", &event("reject_candidate", "rejected", 5))
        .await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), None);
    stage.end().await
}

pub(super) async fn unrejected(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world
        .deliver("e1", &event("reject_candidate", "rejected", 5))
        .await;
    let stage = Stage::begin(world, fault);
    // Both outcomes are due, and the product may receive them in any order.
    stage
        .deliver("e2", &event("unreject_candidate", "active", 6))
        .await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Active, 2)));
    stage.end().await
}

pub(super) async fn hired(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Hired));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn hired_without_a_reader(fault: Fault) -> StoryResult {
    let world = World::without_reader();
    world.link("as-1", 11, 22).await;
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn unhired(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Hired));
    world.deliver("e1", &hire()).await;
    world.run_due().await;
    world.run_due().await;
    let stage = Stage::begin(world, fault);
    stage
        .deliver("e2", &event("unhire_candidate", "active", 8))
        .await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Active, 2)));
    stage.end().await
}

pub(super) async fn moved_to_another_stage(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage
        .deliver("e1", &event("candidate_stage_change", "active", 5))
        .await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.stage.is_some());
    stage.end().await
}

pub(super) async fn moved_to_a_stage_with_a_test(fault: Fault) -> StoryResult {
    let world = pushed().await;
    stage_tests::switch_on(&world, true).await;
    let stage = Stage::begin(world, fault);
    for _ in 0..2 {
        stage
            .deliver("e1", &event("candidate_stage_change", "active", 5))
            .await;
    }
    stage.settles().await;
    assert_eq!(stage.backlog(TaskKind::StageTest).await, 1);
    stage.end().await
}

pub(super) async fn updated(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage
        .deliver("e1", &event("application_updated", "hired", 5))
        .await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn application_deleted(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage.deliver("e1", &deletion()).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    stage.end().await
}

pub(super) async fn candidate_deleted_with_its_applications(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage.deliver("e1", &candidate_deletion(&json!([22]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    stage.end().await
}

pub(super) async fn candidate_deleted_without_a_list(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage.deliver("e1", &candidate_deletion(&json!([]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    assert!(*stage.reader.calls.lock().unwrap() > 0);
    stage.end().await
}

pub(super) async fn merged(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(23, ApplicationStatus::Rejected));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &merge(&json!([22]))).await;
    stage.settles().await;
    let link = stage.link_of("as-1").await;
    assert_eq!((link.application.value(), link.candidate.value()), (23, 12));
    assert_eq!(last_outcome(&stage), Some((Outcome::Rejected, 1)));
    stage.end().await
}

pub(super) async fn merged_after_the_deletion(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(23, ApplicationStatus::Active));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &deletion()).await;
    stage.deliver("e2", &merge(&json!([]))).await;
    stage.settles().await;
    assert_eq!(stage.link_of("as-1").await.application.value(), 23);
    stage.end().await
}

pub(super) async fn merged_twice_in_reverse_order(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    let mut later = merge(&json!([]));
    later["payload"]["person"]["id"] = json!(12);
    later["payload"]["person"]["new_candidate_id"] = json!(13);
    stage.deliver("e2", &later).await;
    stage.deliver("e1", &merge(&json!([]))).await;
    stage.settles().await;
    let link = stage.link_of("as-1").await;
    assert_eq!((link.application.value(), link.candidate.value()), (22, 13));
    stage.end().await
}

pub(super) async fn anonymized_before_the_merge_and_delivered_after_it(
    fault: Fault,
) -> StoryResult {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    let stage = Stage::begin(world, fault).knows(&id);
    stage.deliver("e2", &merge(&json!([]))).await;
    stage.deliver("e1", &anonymization(11)).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.bodies_erased);
    assert_eq!(person(&stage, &id).await, InvitedPerson::default());
    stage.end().await
}

pub(super) async fn merged_and_delivered_after_the_winner_was_anonymized(
    fault: Fault,
) -> StoryResult {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    let stage = Stage::begin(world, fault).knows(&id);
    stage.deliver("e2", &anonymization(12)).await;
    stage.deliver("e1", &merge(&json!([]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.bodies_erased);
    assert_eq!(person(&stage, &id).await, InvitedPerson::default());
    stage.end().await
}

/// The webhook arrives before the commit of the push.
pub(super) async fn rejected_before_it_was_linked(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let moved = event("candidate_stage_change", "active", 4);
    stage
        .deliver("e2", &event("reject_candidate", "rejected", 5))
        .await;
    stage.tick(1);
    stage.deliver("e1", &moved).await;
    stage.settles().await;
    assert_eq!(stage.log().await.len(), 0);
    stage.pushes().await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Rejected, 1)));
    let lines = stage.lines().await;
    assert_eq!(
        lines.len(),
        1,
        "outcomes before the push are not sent: {lines:?}"
    );
    // Later deliveries find the link.
    stage
        .deliver("e2", &event("reject_candidate", "rejected", 5))
        .await;
    stage.settles().await;
    assert_eq!(stage.lines().await, lines);
    stage.end().await
}

/// The event has no effect, and the log gives the reason.
pub(super) async fn deleted_before_it_was_linked_without_a_reader(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::without_reader(), fault);
    stage.deliver("e1", &candidate_deletion(&json!([]))).await;
    stage.pushes().await;
    stage.settles().await;
    assert!(!stage.link_of("as-1").await.state.deleted);
    let lines = stage.lines().await;
    assert!(
        lines.len() == 1 && lines[0].contains("The assessment stays linked"),
        "{lines:?}"
    );
    stage.end().await
}

/// The push does not restore erased data.
pub(super) async fn anonymized_before_it_was_linked(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let body = json!({ "action": "candidate_anonymized", "payload": {
        "candidate_id": 11, "anonymized_fields": ["full_name"],
    } });
    stage.deliver("e1", &body).await;
    stage.pushes().await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.bodies_erased);
    stage.end().await
}

pub(super) async fn anonymized(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    let stage = Stage::begin(world, fault).knows(&id);
    stage.deliver("e1", &anonymization(11)).await;
    stage.settles().await;
    assert_eq!(person(&stage, &id).await, InvitedPerson::default());
    assert!(stage.link_of("as-1").await.bodies_erased);
    stage.end().await
}

pub(super) async fn pinged(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    stage
        .deliver("e1", &json!({ "action": "ping", "payload": {} }))
        .await;
    stage.settles().await;
    assert_eq!(stage.log().await.len(), 0);
    stage.end().await
}

pub(super) async fn an_event_without_a_rule(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    let body = json!({ "action": "job_created", "payload": { "job": { "id": 1 } } });
    stage.deliver("e1", &body).await;
    stage.settles().await;
    assert_eq!(stage.log().await.len(), 0);
    stage.end().await
}

pub(super) async fn about_an_unknown_application(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    let mut body = event("reject_candidate", "rejected", 5);
    body["payload"]["application"]["id"] = json!(99);
    body["payload"]["application"]["candidate"]["id"] = json!(98);
    stage.deliver("e1", &body).await;
    stage.settles().await;
    assert_eq!((last_outcome(&stage), stage.log().await.len()), (None, 0));
    stage.end().await
}

pub(super) async fn unreadable(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    let body = json!({ "action": "reject_candidate", "payload": { "application": {} } });
    stage.deliver_to(HOOK, "e1", &body.to_string()).await;
    stage.settles().await;
    assert_eq!(stage.log().await.len(), 1);
    stage.end().await
}

/// A world in which candidate 11 was pushed as application 22.
pub(super) async fn pushed() -> World {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world
}

/// Body of most actions. `minute` orders them.
pub(super) fn event(action: &str, status: &str, minute: u32) -> Value {
    json!({ "action": action, "payload": { "application": {
        "id": 22, "status": status, "candidate": { "id": 11 }, "jobs": [{ "id": 70 }],
        "current_stage": { "id": 5, "name": "Onsite" },
        "last_activity_at": format!("2026-11-23T09:{minute:02}:00Z"),
    } } })
}

pub(super) fn hire() -> Value {
    json!({ "action": "hire_candidate", "payload": { "application": { "id": 22, "candidate": { "id": 11 } } } })
}

pub(super) fn merge(deleted: &Value) -> Value {
    json!({ "action": "merge_candidate", "payload": { "person": {
        "id": 11, "new_candidate_id": 12, "deleted_application_ids": deleted,
    } } })
}

pub(super) fn snapshot(application: i64, status: ApplicationStatus) -> ApplicationSnapshot {
    ApplicationSnapshot::new(ApplicationId::new(application), status)
}

/// Last outcome that the product received for the pushed assessment.
pub(super) fn last_outcome(stage: &Stage) -> Option<(Outcome, u64)> {
    let assessment = AssessmentId::new("as-1");
    stage.platform.outcome(&stage.account, &assessment)
}

async fn person(stage: &Stage, invitation: &str) -> InvitedPerson {
    let key = InvitationId::new(invitation);
    let invitation = stage.store.invitation(&stage.account, &key).await.unwrap();
    invitation.unwrap().person
}

fn anonymization(candidate: i64) -> Value {
    json!({ "action": "candidate_anonymized", "payload": {
        "candidate_id": candidate, "anonymized_fields": ["full_name", "email_addresses"],
    } })
}

fn deletion() -> Value {
    json!({ "action": "delete_application", "payload": { "application": { "id": 22, "candidate": { "id": 11 } } } })
}

fn candidate_deletion(applications: &Value) -> Value {
    json!({ "action": "delete_candidate", "payload": { "person": { "id": 11, "application_ids": applications } } })
}
