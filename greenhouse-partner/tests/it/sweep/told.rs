//! What the product and an operator tell the service by its methods.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId,
    platform::AssessmentState,
    store::{InvitationState, NoticeState},
};

use super::{Ended, Fault, Stage, endpoints::path_of};
use crate::support::{World, completed, send_test_body};

pub(super) async fn a_completion(fault: Fault) -> Ended {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    tell(&stage, &assessment).await;
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    assert_eq!(invitation.notice, NoticeState::Taken);
    stage.end().await
}

pub(super) async fn a_completion_told_twice(fault: Fault) -> Ended {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    tell(&stage, &assessment).await;
    tell(&stage, &assessment).await;
    stage.settles().await;
    tell(&stage, &assessment).await;
    stage.settles().await;
    stage.end().await
}

pub(super) async fn a_completion_before_the_invitation_is_known(fault: Fault) -> Ended {
    let stage = Stage::begin(World::new(), fault);
    let id = stage.send_test(&send_test_body("777")).await;
    // The product gives an invitation the same assessment, whenever it is asked.
    let assessment = AssessmentId::new(format!("assessment-of-{id}"));
    stage.finish(&id, &assessment);
    tell(&stage, &assessment).await;
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    stage.end().await
}

pub(super) async fn a_completion_without_a_credential(fault: Fault) -> Ended {
    let world = World::without_completion();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    tell(&stage, &assessment).await;
    stage.settles().await;
    assert_eq!(stage.transport.sent().len(), 0);
    stage.end().await
}

/// The first result was told, and the product tells of everything since.
pub(super) async fn a_test_that_is_taken_again(fault: Fault) -> Ended {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    tell(&stage, &assessment).await;
    stage.settles().await;
    let before = stage.transport.sent().len();
    taken_again(&stage, &assessment, false);
    tell(&stage, &assessment).await;
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.state, InvitationState::Reopened);
    assert_eq!(stage.transport.sent().len(), before, "nothing has ended");
    ends_again(&stage, &id, &assessment, before).await;
    stage.end().await
}

/// The product never told that it was open again.
pub(super) async fn a_test_that_is_taken_again_unnoticed(fault: Fault) -> Ended {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    tell(&stage, &assessment).await;
    stage.settles().await;
    let before = stage.transport.sent().len();
    ends_again(&stage, &id, &assessment, before).await;
    stage.end().await
}

/// Only Greenhouse asks: nobody tells.
pub(super) async fn a_test_that_is_taken_again_untold(fault: Fault) -> Ended {
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
    taken_again(&stage, &assessment, false);
    assert_eq!(status().await, "open again");
    stage.settles().await;
    let before = stage.transport.sent().len();
    taken_again(&stage, &assessment, true);
    assert_eq!(status().await, "complete");
    stage.settles().await;
    assert!(stage.transport.sent().len() > before, "it is told again");
    assert_eq!(status().await, "complete");
    stage.end().await
}

/// A notice of the first result waits while the second one is there.
pub(super) async fn a_test_that_is_taken_again_before_greenhouse_is_told(fault: Fault) -> Ended {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    tell(&stage, &assessment).await;
    taken_again(&stage, &assessment, false);
    tell(&stage, &assessment).await;
    ends_again(&stage, &id, &assessment, 0).await;
    stage.end().await
}

/// The second result is told of, and the candidate was invited once.
async fn ends_again(stage: &Stage, id: &str, assessment: &AssessmentId, told_before: usize) {
    taken_again(stage, assessment, true);
    tell(stage, assessment).await;
    stage.settles().await;
    let invitation = stage.invitation(id).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    assert_eq!(invitation.completed_at, Some(later_end()));
    assert_eq!(invitation.notice, NoticeState::Taken);
    assert!(
        stage.transport.sent().len() > told_before,
        "it is told again"
    );
    assert_eq!(stage.platform.invited(), 1);
}

/// The candidate is at it again, or has ended it again.
fn taken_again(stage: &Stage, assessment: &AssessmentId, ended: bool) {
    let mut again = completed(assessment.clone());
    (again.state, again.completed_at) = match ended {
        true => (AssessmentState::Completed, Some(later_end())),
        false => (AssessmentState::Started, None),
    };
    stage.platform.put(&stage.account, again);
}

pub(super) async fn an_assessment_of_nobody(fault: Fault) -> Ended {
    let stage = Stage::begin(World::new(), fault);
    tell(&stage, &AssessmentId::new("unknown")).await;
    stage.settles().await;
    stage.end().await
}

pub(super) async fn the_end_of_all_report_links(fault: Fault) -> Ended {
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

async fn tell(stage: &Stage, assessment: &AssessmentId) {
    let tell = async || {
        let (service, account) = (&stage.service, &stage.account);
        service.assessment_changed(account, assessment).await
    };
    stage.call(tell).await;
}

fn later_end() -> DateTime<Utc> {
    "2026-11-23T10:30:00Z".parse().unwrap()
}
