//! Accounts that are removed or switched off while pushes run or wait.

use std::time::Duration;

use greenhouse_core::{
    AssessmentId,
    accounts::{remove, switch},
    store::{PushState, Records},
};

use crate::support::{greenhouse::Fault, start, world::World};

#[tokio::test]
async fn a_running_push_ends_before_its_next_write_if_the_account_is_removed() {
    let world = World::new().await;
    world
        .greenhouse
        .fail("POST /v3/attachments", Fault::Limited);
    // The second push is of the same person, so it waits for the first.
    let (first, second) = (world.assessed("a-1"), world.assessed("a-2"));
    let clicks = [world.click(&first), world.click(&second)];
    world.asked_for("POST /v3/attachments", 1).await;
    remove(&*world.store, &world.account, start())
        .await
        .unwrap();
    for id in [&first, &second] {
        let state = ended(&world, id).await;
        assert!(matches!(state, PushState::Failed(_)), "{id}: {state:?}");
    }
    clicks.iter().for_each(tokio::task::JoinHandle::abort);
    // The report was being sent, and is sent again after the rate limit. Nothing follows it.
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
    assert!(
        world
            .push
            .request(&world.account, &first, None)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_switched_off_account_pushes_nothing_until_it_is_switched_on() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    switch(&*world.store, &world.account, false, start())
        .await
        .unwrap();
    assert!(world.push.request(&world.account, &id, None).await.is_err());
    world.changed(&id).await;
    assert_eq!(world.greenhouse.counts(), [0; 4]);
    switch(&*world.store, &world.account, true, start())
        .await
        .unwrap();
    assert_eq!(world.pushed(&id).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

async fn ended(world: &World, id: &AssessmentId) -> PushState {
    for _ in 0..2000 {
        world.advance(1);
        tokio::time::sleep(Duration::from_millis(1)).await;
        let push = world.store.push(&world.account, id).await.unwrap().unwrap();
        if !matches!(push.state, PushState::Queued | PushState::Running { .. }) {
            return push.state;
        }
    }
    panic!("{id} did not end");
}
