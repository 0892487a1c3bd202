//! Requests from Greenhouse and from browsers.

use greenhouse_core::{
    AssessmentId, InvitationId, ScenarioId,
    platform::AssessmentState,
    store::{
        Changes, Invitation, InvitationState, InvitedPerson, LogSubject, NoticeState, RequestKey,
        StoreWriter, Write,
    },
};
use serde_json::{Value, json};

use super::{Fault, Stage, StoryResult};
use crate::support::{Answer, World, completed, send_test_body};

pub(super) async fn tests_are_listed(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let answer = stage.get("/api/greenhouse/list-tests").await;
    assert_eq!(answer.json().as_array().unwrap().len(), 2);
    stage.end().await
}

pub(super) async fn a_test_is_sent(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let id = stage.send_test(&send_test_body("777")).await;
    stage.settles().await;
    let invitation = stage.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Invited);
    assert_eq!(stage.platform.invited(), 1);
    stage.end().await
}

pub(super) async fn a_test_is_sent_twice(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let first = stage.send_test(&send_test_body("777")).await;
    assert_eq!(stage.send_test(&send_test_body("777")).await, first);
    stage.settles().await;
    assert_eq!(stage.send_test(&send_test_body("777")).await, first);
    stage.settles().await;
    assert_eq!(stage.platform.invited(), 1);
    stage.end().await
}

pub(super) async fn a_test_is_sent_without_an_address(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let mut body = send_test_body("777");
    body["url"] = Value::Null;
    let id = stage.send_test(&body).await;
    stage.settles().await;
    let assessment = stage.invitation(&id).await.assessment.unwrap();
    stage.finish(&id, &assessment);
    stage.get(&status(&id)).await;
    stage.settles().await;
    assert_eq!(stage.transport.sent().len(), 0);
    stage.end().await
}

pub(super) async fn a_test_is_sent_while_the_product_is_down(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    stage.platform.set_down(true);
    stage.send_test(&send_test_body("777")).await;
    stage.turns(3).await;
    assert_eq!(stage.platform.invited(), 0);
    stage.platform.set_down(false);
    stage.settles().await;
    assert_eq!(stage.platform.invited(), 1);
    stage.end().await
}

pub(super) async fn the_status_before_the_invitation(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let id = stage.send_test(&send_test_body("777")).await;
    assert_eq!(word(&stage, &id).await, "invitation pending");
    stage.settles().await;
    stage.end().await
}

pub(super) async fn the_status_of_an_invited_candidate(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, _) = world.invited().await;
    let stage = Stage::begin(world, fault).knows(&id);
    assert_eq!(word(&stage, &id).await, "invited");
    stage.end().await
}

pub(super) async fn the_status_of_a_started_candidate(fault: Fault) -> StoryResult {
    at_state(fault, AssessmentState::Started, "in progress", false).await
}

pub(super) async fn the_status_of_a_completion_without_an_event(fault: Fault) -> StoryResult {
    at_state(fault, AssessmentState::Completed, "complete", true).await
}

pub(super) async fn the_status_of_a_known_completion(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    let stage = Stage::begin(world, fault).knows(&id);
    assert_eq!(word(&stage, &id).await, "complete");
    stage.settles().await;
    assert_eq!(word(&stage, &id).await, "complete");
    stage.end().await
}

pub(super) async fn the_status_of_a_withdrawn_test(fault: Fault) -> StoryResult {
    at_state(fault, AssessmentState::Withdrawn, "withdrawn", true).await
}

pub(super) async fn the_status_of_an_expired_test(fault: Fault) -> StoryResult {
    at_state(fault, AssessmentState::Expired, "expired", true).await
}

pub(super) async fn the_status_of_a_refused_invitation(fault: Fault) -> StoryResult {
    let world = World::new();
    world.platform.set_down(true);
    let mut body = send_test_body("777");
    body["partner_test_id"] = json!("sc-9");
    let sent = world.post("/api/greenhouse/send-test", body.to_string());
    let sent = sent.await.json();
    let id = sent["partner_interview_id"].as_str().unwrap();
    world.platform.set_down(false);
    world.run_due().await;
    let stage = Stage::begin(world, fault).knows(id);
    assert_eq!(word(&stage, id).await, "invitation failed");
    stage.settles().await;
    assert_eq!(stage.invitation(id).await.notice, NoticeState::Accepted);
    stage.end().await
}

pub(super) async fn the_status_of_a_removed_assessment(fault: Fault) -> StoryResult {
    let world = World::new();
    let mut invitation = Invitation::new(
        InvitationId::new("gone"),
        RequestKey::new("url:778"),
        ScenarioId::new("sc-1"),
        InvitedPerson::new("Ada", "Byron", "ada@example.org"),
        world.now(),
    );
    invitation.state = InvitationState::Started;
    invitation.assessment = Some(AssessmentId::new("gone"));
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    let _ = world.store.apply(&world.account, changes).await.unwrap();
    let stage = Stage::begin(world, fault).knows("gone");
    assert_eq!(word(&stage, "gone").await, "no longer available");
    stage.end().await
}

pub(super) async fn a_report_link_is_issued(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let stage = Stage::begin(world, fault).knows(&id);
    let answer = stage
        .get(&format!("/api/greenhouse/report/{assessment}"))
        .await;
    assert_eq!(stage.browse(&path_of(&answer)).await.status, 302);
    stage.end().await
}

pub(super) async fn a_report_is_opened(fault: Fault) -> StoryResult {
    let (world, id, link) = issued().await;
    let stage = Stage::begin(world, fault).knows(&id);
    assert_eq!(stage.browse(&link).await.status, 302);
    stage.end().await
}

pub(super) async fn a_revoked_report_is_refused(fault: Fault) -> StoryResult {
    let (world, id, link) = issued().await;
    let assessment = world.invitation(&id).await.assessment.unwrap();
    let revoked = world
        .service
        .revoke_report_links(&world.account, &assessment);
    revoked.await.unwrap();
    let stage = Stage::begin(world, fault).knows(&id);
    assert_eq!(stage.browse(&link).await.status, 410);
    stage.end().await
}

pub(super) async fn an_error_is_reported(fault: Fault) -> StoryResult {
    reported(Stage::begin(World::new(), fault), None).await
}

pub(super) async fn an_error_with_an_invitation_is_reported(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, _) = world.invited().await;
    reported(Stage::begin(world, fault).knows(&id), Some(id)).await
}

/// A repeated report is indistinguishable from a new one, so after a lost response it is logged
/// twice.
async fn reported(stage: Stage, invitation: Option<String>) -> StoryResult {
    let body = json!({ "api_call": "test_status", "errors": ["no url"], "partner_interview_id": invitation });
    let answer = stage.post("/api/greenhouse/response-error", &body).await;
    assert_eq!(answer.status, 200);
    let log = stage.log().await;
    assert!(
        log.iter()
            .any(|logged| logged.entry.subject == LogSubject::Problem)
    );
    let mut ended = stage.end().await;
    ended.played.seen.dedup();
    ended
}

async fn at_state(
    fault: Fault,
    state: AssessmentState,
    expected: &str,
    sends_notice: bool,
) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.invited().await;
    let mut found = completed(assessment);
    found.state = state;
    world.platform.put(&world.account, found);
    let stage = Stage::begin(world, fault).knows(&id);
    assert_eq!(word(&stage, &id).await, expected);
    stage.settles().await;
    assert_eq!(!stage.transport.sent().is_empty(), sends_notice);
    stage.end().await
}

/// A world with a finished assessment, its invitation, and a report link.
async fn issued() -> (World, String, String) {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let answer = world
        .get(&format!("/api/greenhouse/report/{assessment}"))
        .await;
    let link = path_of(&answer);
    (world, id, link)
}

pub(super) fn path_of(answer: &Answer) -> String {
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    url.strip_prefix("https://host.example").unwrap().to_owned()
}

async fn word(stage: &Stage, id: &str) -> String {
    let answer = stage.get(&status(id)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["partner_status"].as_str().unwrap().to_owned()
}

fn status(id: &str) -> String {
    format!("/api/greenhouse/test-status?partner_interview_id={id}")
}
