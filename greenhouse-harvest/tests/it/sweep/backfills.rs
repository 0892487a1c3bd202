//! Dry runs of a backfill.

use chrono::TimeDelta;
use greenhouse_core::store::{BackfillKind, BackfillState, Records};

use super::{Fault, Stage, StoryResult, stage::world};
use crate::support::{start, world::WorldOptions};

pub(super) async fn counts_past_results(fault: Fault) -> StoryResult {
    let world = world(WorldOptions::default());
    for id in ["a-1", "a-2"] {
        world.assessed_as(id, |past| {
            past.completed_at = Some(start() - TimeDelta::days(1));
        });
    }
    let stage = Stage::begin(world, fault);
    stage
        .accepted("backfill", r#"{"action":"count","days":30}"#)
        .await;
    stage.backfills_settle().await;
    let record = stage.store.backfill(&stage.account, BackfillKind::Push);
    let record = record.await.unwrap().unwrap();
    assert_eq!(record.state, BackfillState::Done);
    assert_eq!((record.counts.taken, record.counts.seen), (2, 2));
    assert_eq!(stage.greenhouse.counts(), [0; 4]);
    stage.end().await
}
