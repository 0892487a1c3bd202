//! Product events and the decisions of the account's trigger.

use greenhouse_core::{
    AssessmentId,
    scorecard::Score,
    store::{LogStatus, PushState, Records},
    trigger::Trigger,
};

use super::{Fault, Stage, StoryResult, pushes::invited, stage::world};
use crate::support::{
    greenhouse::Fault::Refused,
    world::{World, WorldOptions},
};

pub(super) async fn on_completion(fault: Fault) -> StoryResult {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    let id = stage.assessed("a-1");
    stage.notify(&id).await;
    stage.settles_and_is_retried(&id).await;
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn on_a_repeated_completion_event(fault: Fault) -> StoryResult {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    let id = stage.assessed("a-1");
    stage.notify(&id).await;
    stage.notify(&id).await;
    stage.settles_and_is_retried(&id).await;
    stage.notify(&id).await;
    stage.settles().await;
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn on_a_score_below_the_minimum(fault: Fault) -> StoryResult {
    let trigger = Trigger::OnScore {
        minimum: Score::new(90.0).unwrap(),
        inclusive: true,
    };
    is_skipped(Stage::begin(triggered(trigger), fault)).await
}

pub(super) async fn on_an_invited_candidate(fault: Fault) -> StoryResult {
    let world = triggered(Trigger::OnComplete);
    invited(&world).await;
    is_skipped(Stage::begin(world, fault)).await
}

pub(super) async fn on_an_invited_candidate_whose_result_is_written(fault: Fault) -> StoryResult {
    let world = world(WorldOptions {
        settings: |settings| settings.invited_results = true,
        ..WorldOptions::default()
    });
    invited(&world).await;
    let stage = Stage::begin(world, fault);
    let id = stage.assessed("a-1");
    stage.notify(&id).await;
    stage.settles_and_is_retried(&id).await;
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn on_an_assessment_without_a_person(fault: Fault) -> StoryResult {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    stage.notify(&AssessmentId::new("strange")).await;
    stage.settles().await;
    assert_eq!(stage.entries().await.len(), 0);
    stage.end().await
}

/// The trigger does not retry a failed push.
pub(super) async fn refused_by_greenhouse(fault: Fault) -> StoryResult {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    // If a person retries an interrupted push, the retry is also refused.
    for _ in 0..2 {
        stage.greenhouse.fail("POST /v3/candidates", Refused);
    }
    let id = stage.assessed("a-1");
    stage.notify(&id).await;
    stage.settles_and_is_retried(&id).await;
    stage.notify(&id).await;
    stage.settles().await;
    let push = stage.store.push(&stage.account, &id).await.unwrap();
    let state = push.unwrap().state;
    assert!(matches!(state, PushState::Failed(_)), "{state:?}");
    assert_eq!(stage.greenhouse.counts(), [0; 4]);
    stage.end().await
}

async fn is_skipped(stage: Stage) -> StoryResult {
    let id = stage.assessed("a-1");
    stage.notify(&id).await;
    assert_eq!(stage.entries().await.len(), 1);
    stage.notify(&id).await;
    stage.settles().await;
    let entries = stage.entries().await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].2, LogStatus::Skipped);
    stage.end().await
}

fn triggered(trigger: Trigger) -> World {
    world(WorldOptions {
        trigger,
        ..WorldOptions::default()
    })
}
