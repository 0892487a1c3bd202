//! Writes of a test's status to a custom field are queued with the change of the status.

use greenhouse_core::{
    AssessmentId,
    platform::AssessmentState,
    settings::{HarvestCredential, PushSettings},
    store::{Applied, Changes, Records, StoreWriter, TaskKind, TaskQueue, Write},
};
use serde_json::Value;

use crate::support::{World, completed, send_test_body};

const SEND_TEST: &str = "/api/greenhouse/send-test";

async fn switch_on(world: &World, field: Option<&str>) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    let credential = HarvestCredential::new("client-7", Some("s3cret-s3cret".into())).unwrap();
    let mut push = PushSettings::new(credential);
    push.status_field = field.map(str::to_owned);
    record.settings.push = Some(push);
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

/// Sends a test and has the product invite the candidate. Returns the invitation's id.
async fn sent(world: &World, body: Value) -> String {
    let answer = world.post(SEND_TEST, body.to_string()).await;
    let id = answer.json()["partner_interview_id"].clone();
    id.as_str().unwrap().to_owned()
}

async fn queued(world: &World) -> u64 {
    let backlog = world
        .store
        .backlog(&world.account, &[TaskKind::WriteStatus]);
    backlog.await.unwrap().count
}

async fn becomes(world: &World, assessment: &AssessmentId, state: AssessmentState) {
    let mut changed = completed(assessment.clone());
    changed.state = state;
    world.platform.put(&world.account, changed);
    let changed = world.service.assessment_changed(&world.account, assessment);
    changed.await.unwrap();
}

#[tokio::test]
async fn each_change_is_queued_once_until_it_is_written() {
    let world = World::new();
    switch_on(&world, Some("test_status")).await;
    let id = sent(&world, send_test_body("777")).await;
    assert_eq!(queued(&world).await, 0, "the candidate is not invited yet");
    world.run_due().await;
    assert_eq!(queued(&world).await, 1);
    let invitation = world.invitation(&id).await;
    assert!(invitation.status_field.is_due);
    let assessment = invitation.assessment.unwrap();
    for state in [
        AssessmentState::Started,
        AssessmentState::Expired,
        AssessmentState::Withdrawn,
    ] {
        becomes(&world, &assessment, state).await;
        assert_eq!(queued(&world).await, 1, "{state:?}");
    }
}

#[tokio::test]
async fn nothing_is_queued_without_the_setting_or_an_application() {
    for field in [None, Some("test_status")] {
        let world = World::new();
        switch_on(&world, field).await;
        let mut body = send_test_body("777");
        if field.is_some() {
            let profile = &mut body["candidate"]["greenhouse_profile_url"];
            *profile = "https://app.greenhouse.io/people/11".into();
        }
        let id = sent(&world, body).await;
        world.run_due().await;
        let invitation = world.invitation(&id).await;
        assert!(invitation.assessment.is_some());
        assert_eq!(invitation.application.is_some(), field.is_none());
        assert_eq!(queued(&world).await, 0);
        assert!(invitation.status_field.is_empty());
    }
}
