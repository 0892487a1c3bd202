use std::time::Duration;

use greenhouse_core::{
    AssessmentId, Background, Clock, later,
    store::{
        Applied, Changes, Claim, JournalEntry, JournalMark, LogStatus, PushState, PushStep,
        Records, StoreWriter, TaskKind, TaskQueue, Write,
    },
};
use greenhouse_harvest::{PushConfig, PushRefusal};
use serde_json::json;

use crate::support::{
    greenhouse::Fault,
    world::{World, WorldOptions},
};

const WRITES: [&str; 3] = [
    "POST /v3/candidates",
    "POST /v3/attachments",
    "POST /v3/notes",
];

#[tokio::test]
async fn an_applied_write_without_a_response_is_found_at_once() {
    for write in WRITES {
        let world = World::new().await;
        world.greenhouse.fail(write, Fault::Applied);
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{write}: {view:?}");
        assert_eq!(world.greenhouse.counts(), [1; 4], "{write}");
    }
}

#[tokio::test]
async fn a_write_with_an_unknown_outcome_is_not_repeated_before_the_settle_time() {
    for write in WRITES {
        for fault in [Fault::Applied, Fault::NotApplied] {
            let world = World::new().await;
            world.greenhouse.fail(write, fault);
            // Reads lag, so even an applied write is not found at first.
            let lagging = fault == Fault::Applied && write == "POST /v3/candidates";
            world.greenhouse.with(|state| state.lagging = lagging);
            let id = world.assessed("a-1");
            let view = world.pushed(&id).await;
            if fault == Fault::NotApplied || lagging {
                let error = view.error.unwrap();
                assert_eq!(error.code, "unknown_outcome", "{write}");
                assert_eq!(error.retry_at.as_deref(), Some("2026-05-11T13:55:09Z"));
                assert_eq!(world.log().await[0].0, LogStatus::Failed);
                world.greenhouse.asked();

                world.advance(20);
                let (status, after, body) = world.operator("POST", "push/a-1", "").await;
                assert_eq!((status, after.as_deref()), (409, Some("40")));
                assert_eq!(body["error"]["code"], "not_settled");
                assert_eq!(world.greenhouse.asked(), [""; 0]);

                world.advance(40);
                world.greenhouse.with(|state| state.lagging = false);
                let (status, _, body) = world.operator("POST", "sync-log/1/retry", "").await;
                assert_eq!((status, &body["state"]), (200, &json!("done")), "{body}");
            }
            assert_eq!(world.greenhouse.counts(), [1; 4], "{write} {fault:?}");
            assert_eq!(world.log().await.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_write_with_an_unknown_outcome_is_searched_twice_before_a_repeat() {
    let world = World::with(WorldOptions {
        config: PushConfig::default(),
        ..WorldOptions::default()
    })
    .await;
    world.greenhouse.fail("POST /v3/notes", Fault::NotApplied);
    let id = world.assessed("a-1");
    assert_eq!(world.pushed(&id).await.state, "failed");
    world.advance(60);
    world.greenhouse.asked();
    let click = world.click(&id);
    world.asked_for("GET /v3/notes", 1).await;
    let (status, text) = world.log().await.remove(0);
    assert_eq!(status, LogStatus::Pending);
    assert!(text.contains("again at 2026-05-11T13:55:39Z"), "{text}");
    click.abort();

    // Not before the second search is due. Then the person's retry continues on its own.
    world.advance(29);
    world.push.run_due(10).await.unwrap();
    assert_eq!(world.greenhouse.asked(), ["GET /v3/notes"]);
    world.advance(1);
    world.push.run_due(10).await.unwrap();
    assert_eq!(
        world.greenhouse.asked(),
        ["GET /v3/notes", "POST /v3/notes"]
    );
    assert_eq!(world.log().await[0].0, LogStatus::Done);
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_refused_write_was_not_applied_and_a_retry_continues_with_it() {
    for (at, write) in WRITES.into_iter().enumerate() {
        let world = World::new().await;
        world.greenhouse.fail(write, Fault::Refused);
        let id = world.assessed("a-1");
        let view = world.pushed(&id).await;
        assert_eq!(view.error.unwrap().code, "refused");
        world.greenhouse.asked();
        assert_eq!(world.pushed(&id).await.state, "done");
        let asked = world.greenhouse.asked();
        assert_eq!(asked.len(), [4, 2, 1][at], "{write}: {asked:?}");
        assert_eq!(world.greenhouse.counts(), [1; 4]);
    }
}

#[tokio::test]
async fn another_push_for_the_person_waits_for_an_unknown_outcome() {
    let world = World::new().await;
    world.greenhouse.fail("POST /v3/candidates", Fault::Applied);
    world.greenhouse.with(|state| state.lagging = true);
    let (first, second) = (world.assessed("a-1"), world.assessed("a-2"));
    assert_eq!(world.pushed(&first).await.state, "failed");
    let refused = world.push.request(&world.account, &second, None).await;
    assert!(matches!(refused, Err(PushRefusal::NotSettled { .. })));
    assert_eq!(world.greenhouse.counts(), [1, 1, 0, 0]);

    world.greenhouse.with(|state| state.lagging = false);
    world.advance(60);
    assert_eq!(world.pushed(&second).await.state, "done");
    assert_eq!(world.pushed(&first).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn an_interrupted_push_reads_as_failed_and_is_not_retried_automatically() {
    let world = World::new().await;
    world.stop();
    let id = world.assessed("a-1");
    queue(&world, &id).await;
    interrupt(&world, &id).await;

    world.advance(121);
    assert_eq!(world.push.run_due(10).await.unwrap(), None);
    let log = world.log().await;
    assert_eq!(log[0].0, LogStatus::Failed);
    assert!(
        log[0].1.contains("interrupted at the step \"candidate\""),
        "{log:?}"
    );
    assert_eq!(world.greenhouse.asked(), [""; 0]);

    let working = async {
        loop {
            world.push.run_due(10).await.unwrap();
            world.push.woken().await;
        }
    };
    // The lease holder may have sent the write just before the lease expired.
    let early = world.push.request(&world.account, &id, None);
    let early = tokio::time::timeout(Duration::from_secs(5), early).await;
    assert!(matches!(early, Ok(Err(PushRefusal::NotSettled { .. }))));
    world.advance(60);
    let view = tokio::select! {
        view = world.pushed(&id) => view,
        () = working => panic!("the worker ended"),
    };
    assert_eq!(view.state, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn two_pushes_for_one_person_do_not_run_concurrently() {
    let world = World::new().await;
    world.stop();
    let (first, second) = (world.assessed("a-1"), world.assessed("a-2"));
    queue(&world, &first).await;
    interrupt(&world, &first).await;
    queue(&world, &second).await;

    let next = world.push.run_due(10).await.unwrap().unwrap();
    assert_eq!((next - world.clock.now()).num_seconds(), 2);
    let waiting = world.store.push(&world.account, &second).await.unwrap();
    assert_eq!(waiting.unwrap().state, PushState::Queued);
    assert_eq!(world.greenhouse.asked(), [""; 0]);

    world.advance(181);
    world.push.run_due(10).await.unwrap();
    assert!(
        world
            .store
            .link(&world.account, &second)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        world
            .store
            .link(&world.account, &first)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn no_write_starts_that_could_outlast_the_lease() {
    let mut wishes = WorldOptions::default();
    wishes.config.lease = Duration::from_secs(40);
    let world = World::with(wishes).await;
    world.greenhouse.fail("POST /v3/candidates", Fault::Limited);
    let id = world.assessed("a-1");
    let click = world.click(&id);
    world.asked_for("POST /v3/candidates", 1).await;
    world.advance(30);
    assert_eq!(world.waiting(&id).await, "out_of_time");
    click.abort();
    assert_eq!(world.greenhouse.counts(), [0; 4]);
}

/// Queues a push without waiting for its end.
async fn queue(world: &World, id: &AssessmentId) {
    assert_eq!(world.pushed_while_time_passes(id).await.state, "queued");
}

/// Leaves the push in the state after a crash of the host while it was creating the candidate.
async fn interrupt(world: &World, id: &AssessmentId) {
    let lease = Duration::from_secs(120);
    let now = world.clock.now();
    let claimed = world
        .store
        .claim_due(&Claim::new(&[TaskKind::Push], now, lease, 1))
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    let mut push = world.store.push(&world.account, id).await.unwrap().unwrap();
    push.state = PushState::Running {
        lease_until: later(now, lease),
    };
    for step in [PushStep::Candidate, PushStep::Application] {
        let line = JournalEntry::new(step, JournalMark::Begun, now);
        push.journal.push(line);
    }
    let mut changes = Changes::none();
    changes.pushes.push(Write::Put(push));
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}
