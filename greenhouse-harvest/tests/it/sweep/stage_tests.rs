//! Tests of stages, which are sent once whatever the store does.

use greenhouse_core::{
    ApplicationId, CandidateId, Clock, JobId, ScenarioId, StageId,
    stage_test::StageTest,
    store::{Changes, DueTask, Records, Task, TaskKind, TaskQueue},
};

use super::{Fault, Stage, StoryResult, stage::world};
use crate::support::{
    greenhouse::{JOB, STAGE},
    world::{World, WorldOptions},
};

pub(super) async fn of_a_candidate(fault: Fault) -> StoryResult {
    let world = tested();
    let (candidate, application) = world.greenhouse.with(|state| {
        let candidate = state.add_candidate("ada@example.org");
        (
            candidate,
            state.add_application(candidate, JOB, "in_process"),
        )
    });
    for _ in 0..2 {
        entered(&world, application).await;
    }
    ends(Stage::begin(world, fault), candidate, 1).await
}

pub(super) async fn of_two_applications_of_a_candidate(fault: Fault) -> StoryResult {
    let world = tested();
    let candidate = world
        .greenhouse
        .with(|state| state.add_candidate("ada@example.org"));
    for _ in 0..2 {
        let application = world
            .greenhouse
            .with(|state| state.add_application(candidate, JOB, "in_process"));
        entered(&world, application).await;
    }
    ends(Stage::begin(world, fault), candidate, 1).await
}

pub(super) async fn without_an_address(fault: Fault) -> StoryResult {
    let world = tested();
    let (candidate, application) = world.greenhouse.with(|state| {
        let candidate = state.add_candidate(" ");
        (
            candidate,
            state.add_application(candidate, JOB, "in_process"),
        )
    });
    entered(&world, application).await;
    ends(Stage::begin(world, fault), candidate, 0).await
}

fn tested() -> World {
    world(WorldOptions {
        settings: |settings| {
            let (job, stage) = (JobId::new(JOB), StageId::new(STAGE));
            settings.stage_tests = vec![StageTest::new(job, stage, ScenarioId::new("logic"))];
        },
        ..WorldOptions::default()
    })
}

async fn entered(world: &World, application: i64) {
    let task = Task::StageTest {
        application: ApplicationId::new(application),
        stage: Some(StageId::new(STAGE)),
    };
    let mut changes = Changes::none();
    changes.due.push(DueTask::new(task, world.clock.now()));
    world.apply(changes).await;
}

/// Plays the story to its end. The candidate then has this number of invitations.
async fn ends(stage: Stage, candidate: i64, number: usize) -> StoryResult {
    stage.settles().await;
    let candidate = CandidateId::new(candidate);
    let sent = stage
        .store
        .invitations_of_candidate(&stage.account, candidate);
    let sent = sent.await.unwrap();
    assert_eq!(sent.len(), number);
    let waiting = stage.store.backlog(&stage.account, &[TaskKind::Invite]);
    assert_eq!(waiting.await.unwrap().count, number as u64);
    stage.end().await.in_any_order()
}
