//! What the product tells, and what the account's trigger makes of it.

use greenhouse_core::{
    AssessmentId,
    scorecard::Score,
    store::{LogStatus, PushState, Records},
    trigger::Trigger,
};

use super::{Ended, Fault, Stage, pushes::invited, stage::world};
use crate::support::{
    greenhouse::Fault::Refused,
    world::{Wishes, World},
};

pub(super) async fn on_completion(fault: Fault) -> Ended {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    let id = stage.assessed("a-1");
    stage.tell(&id).await;
    stage.settles_and_is_retried(&id).await;
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn on_completion_told_twice(fault: Fault) -> Ended {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    let id = stage.assessed("a-1");
    stage.tell(&id).await;
    stage.tell(&id).await;
    stage.settles_and_is_retried(&id).await;
    stage.tell(&id).await;
    stage.settles().await;
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn on_a_score_that_is_too_low(fault: Fault) -> Ended {
    let trigger = Trigger::OnScore {
        minimum: Score::new(90.0).unwrap(),
        inclusive: true,
    };
    is_skipped(Stage::begin(triggered(trigger), fault)).await
}

pub(super) async fn on_an_invited_candidate(fault: Fault) -> Ended {
    let world = triggered(Trigger::OnComplete);
    invited(&world).await;
    is_skipped(Stage::begin(world, fault)).await
}

pub(super) async fn on_an_assessment_of_nobody(fault: Fault) -> Ended {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    stage.tell(&AssessmentId::new("strange")).await;
    stage.settles().await;
    assert_eq!(stage.entries().await.len(), 0);
    stage.end().await
}

/// A failed push is not retried by the trigger.
pub(super) async fn that_is_refused_by_greenhouse(fault: Fault) -> Ended {
    let stage = Stage::begin(triggered(Trigger::OnComplete), fault);
    // Should a person retry a push that was cut, the retry is refused, too.
    for _ in 0..2 {
        stage.greenhouse.fail("POST /v3/candidates", Refused);
    }
    let id = stage.assessed("a-1");
    stage.tell(&id).await;
    stage.settles_and_is_retried(&id).await;
    stage.tell(&id).await;
    stage.settles().await;
    let push = stage.store.push(&stage.account, &id).await.unwrap();
    let state = push.unwrap().state;
    assert!(matches!(state, PushState::Failed(_)), "{state:?}");
    assert_eq!(stage.greenhouse.counts(), [0; 4]);
    stage.end().await
}

async fn is_skipped(stage: Stage) -> Ended {
    let id = stage.assessed("a-1");
    stage.tell(&id).await;
    assert_eq!(stage.entries().await.len(), 1);
    stage.tell(&id).await;
    stage.settles().await;
    let entries = stage.entries().await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].2, LogStatus::Skipped);
    stage.end().await
}

fn triggered(trigger: Trigger) -> World {
    world(Wishes {
        trigger,
        ..Wishes::default()
    })
}
