//! Tests by stage: webhooks store tasks, and invitations to the tests lead to no notice.

use greenhouse_core::{
    ApplicationId, CandidateId, InvitationId, JobId, ScenarioId, StageId,
    operator::OperatorPart as _,
    settings::{HarvestCredential, PushSettings},
    stage_test::StageTest,
    store::{
        Applied, Changes, DueTask, Invitation, InvitationState, InvitedPerson, NoticeState,
        Records, RequestKey, StoreWriter, Task, TaskKind, Write,
    },
};
use serde_json::{Value, json};

use crate::support::World;

/// Adds a test to stage 5 of job 70.
pub(crate) async fn switch_on(world: &World, has_test: bool) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    let credential = HarvestCredential::new("id", Some("secret".into())).unwrap();
    let mut push = PushSettings::new(credential);
    if has_test {
        let (job, stage) = (JobId::new(70), StageId::new(5));
        push.stage_tests = vec![StageTest::new(job, stage, ScenarioId::new("sc-1"))];
    }
    record.settings.push = Some(push);
    record.settings.assessments = None;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    applied(world, changes).await;
}

async fn applied(world: &World, changes: Changes) {
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

fn event(action: &str, stage: i64) -> Value {
    json!({ "action": action, "payload": { "application": {
        "id": 22, "status": "active", "candidate": { "id": 11 }, "jobs": [{ "id": 70 }],
        "current_stage": { "id": stage, "name": "Take-home" },
        "last_activity_at": "2026-11-23T09:00:00Z",
    } } })
}

#[tokio::test]
async fn an_entry_stores_one_task_for_each_delivery() {
    let world = World::new();
    switch_on(&world, true).await;
    let moved = event("candidate_stage_change", 5);
    for (id, body, tasks) in [
        ("e1", &moved, 1),
        ("e1", &moved, 1),
        ("e2", &event("candidate_stage_change", 6), 1),
        ("e3", &event("application_updated", 5), 1),
        ("e4", &event("unreject_candidate", 5), 1),
        ("e5", &moved, 2),
    ] {
        assert_eq!(world.deliver(id, body).await.status, 200);
        assert_eq!(world.backlog(TaskKind::StageTest).await, tasks, "{id}");
    }
    assert_eq!(world.log().await.len(), 0);
    world.run_due().await;
    assert_eq!(world.backlog(TaskKind::StageTest).await, 2);
}

#[tokio::test]
async fn without_the_setting_or_a_reader_nothing_is_stored_and_nothing_more_is_read() {
    let mut calls = Vec::new();
    for (world, has_test) in [
        (World::new(), false),
        (World::without_reader(), true),
        (World::new(), true),
    ] {
        switch_on(&world, has_test).await;
        let earlier = world.failing_store.calls().len();
        let body = event("candidate_stage_change", 5);
        assert_eq!(world.deliver("e1", &body).await.status, 200);
        calls.push(world.failing_store.calls().len() - earlier);
        let tasks = world.backlog(TaskKind::StageTest).await;
        let is_stored = has_test && calls.len() == 3;
        assert_eq!(tasks, u64::from(is_stored));
    }
    assert_eq!(calls, [calls[0]; 3]);
}

/// Stores what the push stores for an application that entered the stage.
async fn invited(world: &World) -> InvitationId {
    let (application, stage) = (ApplicationId::new(22), StageId::new(5));
    let id = InvitationId::new("i-1");
    let mut person = InvitedPerson::new("Ada", "Byron", "ada@example.org");
    let more = json!({ "candidate": { "preferred_name": "Countess" } });
    person.more = more.as_object().unwrap().clone();
    let mut invitation = Invitation::new(
        id.clone(),
        RequestKey::of_stage(application, stage),
        ScenarioId::new("sc-1"),
        person,
        world.now(),
    );
    invitation.candidate = Some(CandidateId::new(11));
    invitation.application = Some(application);
    invitation.stage = Some(stage);
    let mut changes = Changes::none();
    let invite = Task::Invite {
        invitation: id.clone(),
    };
    changes.due.push(DueTask::new(invite, world.now()));
    changes.invitations.push(Write::Put(invitation));
    applied(world, changes).await;
    id
}

#[tokio::test]
async fn the_product_is_asked_and_greenhouse_is_not_notified() {
    let world = World::new();
    switch_on(&world, true).await;
    let id = invited(&world).await;
    world.run_due().await;
    let invites = world.platform.invites();
    let invite = &invites[0];
    assert_eq!((invites.len(), &invite.invitation), (1, &id));
    assert_eq!(invite.scenario, ScenarioId::new("sc-1"));
    assert_eq!(invite.person.first_name, "Ada");
    assert_eq!(invite.person.email.as_deref(), Some("ada@example.org"));
    assert_eq!(invite.details.preferred_name.as_deref(), Some("Countess"));

    let assessment = world.invitation(id.as_str()).await.assessment.unwrap();
    world.finish(id.as_str(), &assessment);
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    world.run_due().await;
    let invitation = world.invitation(id.as_str()).await;
    assert_eq!(invitation.state, InvitationState::Completed);
    assert_eq!(invitation.notice, NoticeState::None);
    assert_eq!(world.transport.sent().len(), 0);
    let lines = world.lines().await;
    assert_eq!(
        lines,
        ["invitation done: The candidate completed the test."]
    );
    let checks = world.service.checks(&world.account).await;
    let unwell: Vec<_> = checks
        .iter()
        .filter(|check| check.name == "notices")
        .collect();
    assert!(
        unwell.iter().all(|check| check.remedy.is_none()),
        "{unwell:?}"
    );
}

#[tokio::test]
async fn a_refused_invitation_says_how_to_send_the_test_again() {
    for (scenario, refusal) in [("sc-9", None), ("sc-1", Some("the trial has ended"))] {
        let world = World::new();
        switch_on(&world, true).await;
        let id = invited(&world).await;
        let mut invitation = world.invitation(id.as_str()).await;
        invitation.scenario = ScenarioId::new(scenario);
        let mut changes = Changes::none();
        changes.invitations.push(Write::Put(invitation));
        applied(&world, changes).await;
        world.platform.set_refusing(refusal.map(str::to_owned));
        world.run_due().await;
        let lines = world.lines().await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("out of the stage and back"), "{lines:?}");
        let refused = world.invitation(id.as_str()).await;
        assert_eq!(refused.state, InvitationState::Refused);
        assert_eq!(world.transport.sent().len(), 0);
    }
}
