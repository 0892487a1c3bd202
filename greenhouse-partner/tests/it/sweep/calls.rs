//! Calls of the product and of an operator to the service's methods.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId,
    platform::AssessmentState,
    store::{InvitationState, NoticeState},
};

use super::{Fault, Stage, StoryResult, endpoints::path_of};
use crate::support::{World, completed, send_test_body};

pub(super) async fn a_completion(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    notify(&stage, &assessment).await;
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    assert_eq!(invitation.notice, NoticeState::Accepted);
    stage.end().await
}

pub(super) async fn a_repeated_completion(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    notify(&stage, &assessment).await;
    notify(&stage, &assessment).await;
    stage.settles().await;
    notify(&stage, &assessment).await;
    stage.settles().await;
    stage.end().await
}

pub(super) async fn a_completion_before_the_invitation_is_known(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let id = stage.send_test(&send_test_body("777")).await;
    // The product returns the same assessment for an invitation every time.
    let assessment = AssessmentId::new(format!("assessment-of-{id}"));
    stage.finish(&id, &assessment);
    notify(&stage, &assessment).await;
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    stage.end().await
}

pub(super) async fn a_completion_without_a_credential(fault: Fault) -> StoryResult {
    let world = World::without_completion();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    notify(&stage, &assessment).await;
    stage.settles().await;
    assert_eq!(stage.transport.sent().len(), 0);
    stage.end().await
}

/// The first result is stored already. The product sends an event for every later change.
pub(super) async fn a_retaken_test(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    notify(&stage, &assessment).await;
    stage.settles().await;
    let before = stage.transport.sent().len();
    retaken(&stage, &assessment, false);
    notify(&stage, &assessment).await;
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.state, InvitationState::Reopened);
    assert_eq!(
        stage.transport.sent().len(),
        before,
        "no notice without an end"
    );
    ends_again(&stage, &id, &assessment, before).await;
    stage.end().await
}

/// The product sends no event for the restart.
pub(super) async fn a_retaken_test_without_a_restart_event(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    notify(&stage, &assessment).await;
    stage.settles().await;
    let before = stage.transport.sent().len();
    ends_again(&stage, &id, &assessment, before).await;
    stage.end().await
}

/// Greenhouse polls, and the product sends no events.
pub(super) async fn a_retaken_test_without_events(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    let status = async || {
        let path = format!("/api/greenhouse/test-status?partner_interview_id={id}");
        let status = stage.get(&path).await.json();
        status["partner_status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status().await, "complete");
    stage.settles().await;
    retaken(&stage, &assessment, false);
    assert_eq!(status().await, "open again");
    stage.settles().await;
    let before = stage.transport.sent().len();
    retaken(&stage, &assessment, true);
    assert_eq!(status().await, "complete");
    stage.settles().await;
    assert!(
        stage.transport.sent().len() > before,
        "another notice is sent"
    );
    assert_eq!(status().await, "complete");
    stage.end().await
}

/// The notice of the first result is pending when the second one arrives.
pub(super) async fn a_retaken_test_before_the_first_notice(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    notify(&stage, &assessment).await;
    retaken(&stage, &assessment, false);
    notify(&stage, &assessment).await;
    ends_again(&stage, &id, &assessment, 0).await;
    stage.end().await
}

/// The second result sends another notice, and the candidate was invited once.
async fn ends_again(stage: &Stage, id: &str, assessment: &AssessmentId, told_before: usize) {
    retaken(stage, assessment, true);
    notify(stage, assessment).await;
    stage.settles().await;
    let invitation = stage.invitation(id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    assert_eq!(invitation.completed_at, Some(later_end()));
    assert_eq!(invitation.notice, NoticeState::Accepted);
    assert!(
        stage.transport.sent().len() > told_before,
        "another notice is sent"
    );
    assert_eq!(stage.platform.invited(), 1);
}

/// Stores an assessment that the candidate is retaking, or has finished again if `ended`.
fn retaken(stage: &Stage, assessment: &AssessmentId, ended: bool) {
    let mut again = completed(assessment.clone());
    (again.state, again.completed_at) = match ended {
        true => (AssessmentState::Completed, Some(later_end())),
        false => (AssessmentState::Started, None),
    };
    stage.platform.put(&stage.account, again);
}

pub(super) async fn an_assessment_without_a_person(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    notify(&stage, &AssessmentId::new("unknown")).await;
    stage.settles().await;
    stage.end().await
}

pub(super) async fn a_revocation_of_all_report_links(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let path = format!("/api/greenhouse/report/{assessment}");
    let old = path_of(&world.get(&path).await);
    let stage = Stage::begin(world, fault).knows(&id);
    let revoke = async || {
        let (service, account) = (&stage.service, &stage.account);
        service.revoke_report_links(account, &assessment).await
    };
    stage.call(revoke).await;
    assert_eq!(stage.browse(&old).await.status, 410);
    let new = path_of(&stage.get(&path).await);
    assert_eq!(stage.browse(&new).await.status, 302);
    stage.end().await
}

async fn notify(stage: &Stage, assessment: &AssessmentId) {
    let notify = async || {
        let (service, account) = (&stage.service, &stage.account);
        service.assessment_changed(account, assessment).await
    };
    stage.call(notify).await;
}

fn later_end() -> DateTime<Utc> {
    "2026-11-23T10:30:00Z".parse().unwrap()
}
