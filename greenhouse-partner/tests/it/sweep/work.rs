//! The work that is due, where it does not go straight: every kind that goes well is part of another story.

use greenhouse_core::{
    ApplicationStatus, CandidateId, TransportErrorKind,
    platform::Outcome,
    store::{Changes, Erasure, InvitationState, NoticeState, StoreWriter},
};
use http::StatusCode;
use serde_json::json;

use super::{
    Ended, Fault, Stage,
    events::{event, hire, merge, pushed, snapshot, told},
};
use crate::support::{Trouble, World, send_test_body};

pub(super) async fn an_invitation_that_the_product_refuses(fault: Fault) -> Ended {
    let stage = Stage::begin(World::new(), fault);
    stage.platform.set_down(true);
    let mut body = send_test_body("777");
    body["partner_test_id"] = json!("sc-9");
    let id = stage.send_test(&body).await;
    stage.platform.set_down(false);
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Refused);
    assert_eq!(invitation.notice, NoticeState::Taken);
    stage.end().await
}

pub(super) async fn an_invitation_of_somebody_who_was_erased(fault: Fault) -> Ended {
    let world = World::new();
    let stage = Stage::begin(world, None);
    let id = stage.send_test(&send_test_body("777")).await;
    let mut changes = Changes::none();
    changes
        .erasures
        .push(Erasure::everything(CandidateId::new(11)));
    let _ = stage.store.apply(&stage.account, changes).await.unwrap();
    stage.door.plan(fault);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.state, InvitationState::Refused);
    assert_eq!(stage.platform.invited(), 0);
    stage.end().await
}

pub(super) async fn an_invitation_while_the_product_is_down(fault: Fault) -> Ended {
    let stage = Stage::begin(World::new(), fault);
    let id = stage.send_test(&send_test_body("777")).await;
    stage.platform.set_down(true);
    stage.turns(4).await;
    stage.platform.set_down(false);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.state, InvitationState::Invited);
    stage.end().await
}

pub(super) async fn a_notice_that_is_refused(fault: Fault) -> Ended {
    let (world, id) = told_of_a_completion().await;
    // Whoever does not know what became of the first sends another.
    world.transport.answer(StatusCode::FORBIDDEN, "");
    world.transport.answer(StatusCode::FORBIDDEN, "");
    let stage = Stage::begin(world, fault).knows(&id);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.notice, NoticeState::Refused);
    stage.end().await
}

pub(super) async fn a_notice_that_is_taken_at_the_second_attempt(fault: Fault) -> Ended {
    let (world, id) = told_of_a_completion().await;
    world.transport.fail(TransportErrorKind::TimedOut);
    let stage = Stage::begin(world, fault).knows(&id);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.notice, NoticeState::Taken);
    stage.end().await
}

pub(super) async fn a_notice_after_everything_was_switched_off(fault: Fault) -> Ended {
    let (world, id) = told_of_a_completion().await;
    world.switch.off();
    let stage = Stage::begin(world, fault).knows(&id);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.notice, NoticeState::Refused);
    assert_eq!(stage.transport.sent().len(), 0);
    stage.end().await
}

pub(super) async fn an_outcome_while_the_product_is_down(fault: Fault) -> Ended {
    let stage = Stage::begin(pushed().await, fault);
    stage.platform.set_down(true);
    stage
        .deliver("e1", &event("reject_candidate", "rejected", 5))
        .await;
    stage.turns(4).await;
    stage.platform.set_down(false);
    stage.settles().await;
    assert_eq!(told(&stage), Some((Outcome::Rejected, 1)));
    stage.end().await
}

pub(super) async fn a_hint_that_is_contradicted(fault: Fault) -> Ended {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Active));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.settles().await;
    assert_eq!(told(&stage), None);
    assert!(*stage.reader.calls.lock().unwrap() >= 2);
    stage.end().await
}

pub(super) async fn a_hint_while_the_reader_is_down(fault: Fault) -> Ended {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Hired));
    world.reader.has(Some(Trouble::Down));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.turns(4).await;
    stage.reader.has(None);
    stage.settles().await;
    assert_eq!(told(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn a_hint_that_cannot_be_read(fault: Fault) -> Ended {
    let world = pushed().await;
    world.reader.has(Some(Trouble::NotConfigured));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.settles().await;
    assert_eq!(told(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn a_successor_that_is_not_there(fault: Fault) -> Ended {
    let stage = Stage::begin(pushed().await, fault);
    stage.deliver("e1", &merge(&json!([22]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    stage.end().await
}

pub(super) async fn a_successor_while_the_reader_is_down(fault: Fault) -> Ended {
    let world = pushed().await;
    world.reader.sees(snapshot(23, ApplicationStatus::Active));
    world.reader.has(Some(Trouble::Down));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &merge(&json!([22]))).await;
    stage.turns(4).await;
    stage.reader.has(None);
    stage.settles().await;
    assert_eq!(stage.link_of("as-1").await.application.value(), 23);
    stage.end().await
}

pub(super) async fn a_successor_that_cannot_be_read(fault: Fault) -> Ended {
    let world = pushed().await;
    world.reader.has(Some(Trouble::NotConfigured));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &merge(&json!([22]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    stage.end().await
}

/// A world in which the product has told that the candidate has finished, and the invitation.
async fn told_of_a_completion() -> (World, String) {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let told = world
        .service
        .assessment_changed(&world.account, &assessment);
    told.await.unwrap();
    (world, id)
}
