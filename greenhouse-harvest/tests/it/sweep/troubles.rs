//! Pushes with failures outside the store.

use std::time::Duration;

use greenhouse_core::{
    AssessmentId, Clock, later,
    store::{
        Changes, Claim, JournalEntry, JournalMark, PushState, PushStep, Records, TaskKind,
        TaskQueue, Write,
    },
};

use super::{Fault, Stage, StoryResult, stage::world};
use crate::support::{
    EMAIL,
    greenhouse::{self, JOB},
    world::WorldOptions,
};

pub(super) async fn a_refused_candidate(fault: Fault) -> StoryResult {
    refused(fault, "POST /v3/candidates").await
}

pub(super) async fn a_refused_token(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /token", greenhouse::Fault::NotApplied).await
}

pub(super) async fn a_refused_report(fault: Fault) -> StoryResult {
    refused(fault, "POST /v3/attachments").await
}

pub(super) async fn a_refused_note(fault: Fault) -> StoryResult {
    refused(fault, "POST /v3/notes").await
}

pub(super) async fn a_candidate_without_a_response(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /v3/candidates", greenhouse::Fault::Applied).await
}

pub(super) async fn a_report_without_a_response(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /v3/attachments", greenhouse::Fault::Applied).await
}

pub(super) async fn a_note_without_a_response(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /v3/notes", greenhouse::Fault::Applied).await
}

pub(super) async fn a_candidate_not_created(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /v3/candidates", greenhouse::Fault::NotApplied).await
}

pub(super) async fn an_application_not_created(fault: Fault) -> StoryResult {
    let mut wishes = WorldOptions::default();
    wishes.config.stage_with_candidate = false;
    let stage = Stage::begin(world(wishes), fault);
    let write = "POST /v3/applications";
    stage.greenhouse.fail(write, greenhouse::Fault::NotApplied);
    is_done_in_the_end(stage).await
}

pub(super) async fn a_report_not_attached(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /v3/attachments", greenhouse::Fault::NotApplied).await
}

pub(super) async fn a_note_not_written(fault: Fault) -> StoryResult {
    unanswered(fault, "POST /v3/notes", greenhouse::Fault::NotApplied).await
}

pub(super) async fn a_closed_application(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.with(|state| {
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "rejected");
    });
    fails(stage, "application_rejected", [1, 1, 0, 0]).await
}

pub(super) async fn a_deleted_application(fault: Fault) -> StoryResult {
    let stage = Stage::new(None);
    stage
        .greenhouse
        .fail("POST /v3/notes", greenhouse::Fault::Refused);
    let id = stage.assessed("a-1");
    assert_eq!(stage.push(&id).await["error"]["code"], "refused");
    let link = stage.store.link(&stage.account, &id).await.unwrap();
    let mut link = link.unwrap();
    link.state.deleted = true;
    let mut changes = Changes::none();
    changes.links.push(Write::Put(link));
    stage.apply(changes).await;
    stage.failing_store.plan(fault);
    fails(stage, "application_deleted", [1, 1, 1, 0]).await
}

pub(super) async fn an_erased_person(fault: Fault) -> StoryResult {
    let stage = Stage::new(None);
    stage
        .greenhouse
        .fail("POST /v3/notes", greenhouse::Fault::Refused);
    let id = stage.assessed("a-1");
    assert_eq!(stage.push(&id).await["error"]["code"], "refused");
    let link = stage.store.link(&stage.account, &id).await.unwrap();
    let mut link = link.unwrap();
    link.erased = true;
    let mut changes = Changes::none();
    changes.links.push(Write::Put(link));
    stage.apply(changes).await;
    stage.failing_store.plan(fault);
    fails(stage, "erased", [1, 1, 1, 0]).await
}

pub(super) async fn a_user_without_access(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage
        .greenhouse
        .with(|state| state.role = Some("job_admin"));
    fails(stage, "reader_blind", [0; 4]).await
}

pub(super) async fn an_unavailable_product(fault: Fault) -> StoryResult {
    let stage = Stage::new(None);
    let id = stage.assessed("a-1");
    let queued = stage.operator("POST", "push/a-1", "").await;
    assert_eq!(queued.0, 202);
    stage.failing_store.plan(fault);
    stage.platform.set_down(true);
    stage.settles().await;
    stage.platform.set_down(false);
    assert_eq!(stage.push(&id).await["state"], "done");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

/// A host crashed while it was creating the candidate.
pub(super) async fn a_dead_host(fault: Fault) -> StoryResult {
    let stage = Stage::new(None);
    let id = stage.assessed("a-1");
    die_during_the_create(&stage, &id).await;
    stage.failing_store.plan(fault);
    stage.settles().await;
    assert_eq!(stage.push(&id).await["state"], "done");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn a_concurrent_push_of_the_same_person(fault: Fault) -> StoryResult {
    let mut wishes = WorldOptions::default();
    wishes.config.busy_wait = Duration::from_secs(30);
    let stage = Stage::begin(world(wishes), None);
    let (first, second) = (stage.assessed("a-1"), stage.assessed("a-2"));
    die_during_the_create(&stage, &first).await;
    stage.failing_store.plan(fault);
    // The push first waits for the lease of the other push, then for the outcome of its last write.
    let answer = stage.push(&second).await;
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(stage.push(&first).await["state"], "done");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 2, 2]);
    stage.end().await
}

/// The write was not applied. Another request applies it.
async fn refused(fault: Fault, write: &'static str) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.fail(write, greenhouse::Fault::Refused);
    is_done_in_the_end(stage).await
}

/// The outcome of the write is unknown.
async fn unanswered(fault: Fault, write: &'static str, how: greenhouse::Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.fail(write, how);
    is_done_in_the_end(stage).await
}

async fn is_done_in_the_end(stage: Stage) -> StoryResult {
    let id = stage.assessed("a-1");
    let mut answer = stage.push(&id).await;
    if answer["state"] == "failed" {
        answer = stage.push(&id).await;
    }
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

async fn fails(stage: Stage, code: &str, counts: [usize; 4]) -> StoryResult {
    let id = AssessmentId::new("a-1");
    stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["error"]["code"], code, "{answer}");
    assert_eq!(stage.greenhouse.counts(), counts);
    stage.end().await
}

/// Leaves the push in the state after a crash of the host while it was creating the candidate.
async fn die_during_the_create(stage: &Stage, id: &AssessmentId) {
    let queued = stage.operator("POST", &format!("push/{id}"), "").await;
    assert_eq!(queued.0, 202);
    let lease = Duration::from_secs(120);
    let now = stage.clock.now();
    let kinds = [TaskKind::Push];
    let claimed = stage
        .store
        .claim_due(&Claim::new(&kinds, now, lease, 1))
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    let push = stage.store.push(&stage.account, id).await.unwrap();
    let mut push = push.unwrap();
    let lease_until = later(now, lease);
    push.state = PushState::Running { lease_until };
    for step in [PushStep::Candidate, PushStep::Application] {
        let line = JournalEntry::new(step, JournalMark::Begun, now);
        push.journal.push(line);
    }
    let mut changes = Changes::none();
    changes.pushes.push(Write::Put(push));
    stage.apply(changes).await;
}
