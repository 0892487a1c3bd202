//! What the product and an operator tell the service by its methods.

use greenhouse_core::{
    AssessmentId,
    store::{InvitationState, NoticeState},
};

use super::{Ended, Fault, Stage, endpoints::path_of};
use crate::support::{World, send_test_body};

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
