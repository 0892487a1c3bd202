//! Due tasks with failures. Successful tasks are part of other stories.

use greenhouse_core::{
    ApplicationStatus, CandidateId, TransportErrorKind,
    platform::Outcome,
    store::{Changes, Erasure, InvitationState, NoticeState, StoreWriter},
};
use http::StatusCode;
use serde_json::json;

use super::{
    Fault, Stage, StoryResult,
    events::{event, hire, last_outcome, merge, pushed, snapshot},
};
use crate::support::{Trouble, World, send_test_body};

pub(super) async fn a_refused_invitation(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    stage.platform.set_down(true);
    let mut body = send_test_body("777");
    body["partner_test_id"] = json!("sc-9");
    let id = stage.send_test(&body).await;
    stage.platform.set_down(false);
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Refused);
    assert_eq!(invitation.notice, NoticeState::Accepted);
    stage.end().await
}

pub(super) async fn an_invitation_of_an_erased_person(fault: Fault) -> StoryResult {
    let world = World::new();
    let stage = Stage::begin(world, None);
    let id = stage.send_test(&send_test_body("777")).await;
    let mut changes = Changes::none();
    changes
        .erasures
        .push(Erasure::everything(CandidateId::new(11)));
    let _ = stage.store.apply(&stage.account, changes).await.unwrap();
    stage.failing_store.plan(fault);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.state, InvitationState::Refused);
    assert_eq!(stage.platform.invited(), 0);
    stage.end().await
}

pub(super) async fn an_invitation_while_the_product_is_down(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let id = stage.send_test(&send_test_body("777")).await;
    stage.platform.set_down(true);
    stage.turns(4).await;
    stage.platform.set_down(false);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.state, InvitationState::Invited);
    stage.end().await
}

pub(super) async fn a_refused_notice(fault: Fault) -> StoryResult {
    let (world, id) = with_a_completion().await;
    // A host that does not know the result of the first call repeats it.
    world.transport.answer(StatusCode::FORBIDDEN, "");
    world.transport.answer(StatusCode::FORBIDDEN, "");
    let stage = Stage::begin(world, fault).knows(&id);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.notice, NoticeState::Refused);
    stage.end().await
}

pub(super) async fn a_notice_accepted_at_the_second_attempt(fault: Fault) -> StoryResult {
    let (world, id) = with_a_completion().await;
    world.transport.fail(TransportErrorKind::TimedOut);
    let stage = Stage::begin(world, fault).knows(&id);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.notice, NoticeState::Accepted);
    stage.end().await
}

pub(super) async fn a_notice_after_all_directions_were_disabled(fault: Fault) -> StoryResult {
    let (world, id) = with_a_completion().await;
    world.switch.off();
    let stage = Stage::begin(world, fault).knows(&id);
    stage.settles().await;
    assert_eq!(stage.invitation(&id).await.notice, NoticeState::Refused);
    assert_eq!(stage.transport.sent().len(), 0);
    stage.end().await
}

pub(super) async fn an_outcome_while_the_product_is_down(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage.platform.set_down(true);
    stage
        .deliver("e1", &event("reject_candidate", "rejected", 5))
        .await;
    stage.turns(4).await;
    stage.platform.set_down(false);
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Rejected, 1)));
    stage.end().await
}

pub(super) async fn a_contradicted_hint(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Active));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), None);
    assert!(*stage.reader.calls.lock().unwrap() >= 2);
    stage.end().await
}

pub(super) async fn a_hint_while_the_reader_is_down(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.sees(snapshot(22, ApplicationStatus::Hired));
    world.reader.has(Some(Trouble::Down));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.turns(4).await;
    stage.reader.has(None);
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn a_hint_without_a_reader(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.has(Some(Trouble::NotConfigured));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &hire()).await;
    stage.settles().await;
    assert_eq!(last_outcome(&stage), Some((Outcome::Hired, 1)));
    stage.end().await
}

pub(super) async fn a_missing_successor(fault: Fault) -> StoryResult {
    let stage = Stage::begin(pushed().await, fault);
    stage.deliver("e1", &merge(&json!([22]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    stage.end().await
}

pub(super) async fn a_successor_while_the_reader_is_down(fault: Fault) -> StoryResult {
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

pub(super) async fn a_successor_without_a_reader(fault: Fault) -> StoryResult {
    let world = pushed().await;
    world.reader.has(Some(Trouble::NotConfigured));
    let stage = Stage::begin(world, fault);
    stage.deliver("e1", &merge(&json!([22]))).await;
    stage.settles().await;
    assert!(stage.link_of("as-1").await.state.deleted);
    stage.end().await
}

/// A world in which the product has sent a completion event, and the invitation.
async fn with_a_completion() -> (World, String) {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    (world, id)
}
