//! Pushes that wait for the rate limit, the product, or the end of a lease.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AssessmentId, Background,
    platform::PlatformError,
    store::{LogStatus, PushState, Records},
};
use greenhouse_harvest::{PushConfig, PushRefusal, PushService};

use crate::support::{
    greenhouse::Fault,
    slow::Slow,
    world::{World, WorldOptions},
};

#[tokio::test]
async fn the_settle_time_starts_with_the_write_and_not_with_the_wait_before_it() {
    let world = World::new().await;
    for fault in [Fault::Limited, Fault::Limited, Fault::Applied] {
        world.greenhouse.fail("POST /v3/candidates", fault);
    }
    world.greenhouse.with(|state| state.lagging = true);
    let id = world.assessed("a-1");
    let click = world.click(&id);
    for times in [1, 2] {
        world.asked_for("POST /v3/candidates", times).await;
        world.advance(30);
    }
    assert_eq!(world.failed(&id).await, "unknown_outcome");
    click.abort();

    // A minute after the start, and a second after the write: the new record is not visible yet.
    world.advance(1);
    let early = world.push.request(&world.account, &id, None).await;
    assert!(matches!(early, Err(PushRefusal::NotSettled { .. })));
    assert_eq!(world.greenhouse.counts(), [1, 1, 0, 0]);

    world.greenhouse.with(|state| state.lagging = false);
    world.advance(60);
    assert_eq!(world.pushed(&id).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_push_waits_for_a_slow_report_and_delays_no_other() {
    let world = World::new().await;
    world.stop();
    let host = slow(&world, false);
    let id = world.assessed("a-1");
    queue(&world, &host, &id).await;
    let working = tokio::spawn({
        let host = host.clone();
        async move { host.run_due(1).await.unwrap() }
    });
    world.running(&id).await;
    world.advance(30);
    assert_eq!(world.waiting(&id).await, "product_unavailable");
    working.await.unwrap();
    assert_eq!(world.greenhouse.counts(), [0; 4]);
}

#[tokio::test]
async fn a_request_does_not_wait_for_an_unresponsive_product() {
    let world = World::new().await;
    let host = slow(&world, true);
    let (asking, changed) = (world.assessed("a-1"), world.assessed("a-2"));
    let both = async {
        tokio::join!(
            host.request(&world.account, &asking, None),
            host.assessment_changed(&world.account, &changed),
        )
    };
    let passing = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
            world.advance(1);
        }
    };
    let (refused, undecided) = tokio::select! {
        answers = both => answers,
        () = passing => panic!("the clock ran without a response"),
    };
    let down = |error: &PlatformError| matches!(error, PlatformError::Unavailable(_));
    assert!(matches!(refused, Err(PushRefusal::Platform(error)) if down(&error)));
    assert!(undecided.is_err());
}

#[tokio::test]
async fn a_push_is_dropped_when_its_lease_expires() {
    let mut wishes = WorldOptions::default();
    wishes.config.product_deadline = Duration::from_secs(3600);
    let world = World::with(wishes).await;
    world.stop();
    let host = slow(&world, false);
    let id = world.assessed("a-1");
    queue(&world, &host, &id).await;
    let working = tokio::spawn({
        let host = host.clone();
        async move { host.run_due(10).await.unwrap() }
    });
    world.running(&id).await;
    world.advance(120);
    assert_eq!(world.failed(&id).await, "interrupted");
    assert_eq!(working.await.unwrap(), None);
    assert_eq!(world.log().await[0].0, LogStatus::Failed);

    // No write has started, so a retry continues at once.
    assert_eq!(world.greenhouse.counts(), [0; 4]);
    let retry = world.click(&id);
    for _ in 0..1000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        world.push.run_due(1).await.unwrap();
        let push = world.store.push(&world.account, &id).await.unwrap();
        if push.unwrap().state == PushState::Done {
            break;
        }
    }
    retry.abort();
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn an_application_missing_from_the_response_is_as_recent_as_the_response() {
    let world = World::new().await;
    for fault in [Fault::Limited, Fault::Limited] {
        world.greenhouse.fail("POST /v3/candidates", fault);
    }
    world.greenhouse.with(|state| {
        state.flat = true;
        state.lagging = true;
    });
    let id = world.assessed("a-1");
    let click = world.click(&id);
    for times in [1, 2] {
        world.asked_for("POST /v3/candidates", times).await;
        world.advance(30);
    }
    // A minute after the start, searches do not find the new record yet.
    assert_eq!(world.failed(&id).await, "not_settled");
    click.abort();
    assert_eq!(world.greenhouse.counts(), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_stopped_host_leaves_its_push_resumable_and_logs_it() {
    let world = World::new().await;
    world.greenhouse.fail("POST /v3/notes", Fault::Limited);
    let id = world.assessed("a-1");
    let click = world.click(&id);
    // The push waits for the rate limit before it repeats the note.
    world.asked_for("POST /v3/notes", 1).await;
    world.push.stop();
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.advance(5);
    assert_eq!(world.failed(&id).await, "interrupted");
    click.abort();
    let (status, text) = world.log().await.remove(0);
    assert_eq!(status, LogStatus::Failed);
    assert!(
        text.contains("at the step \"note\" because the server was stopped"),
        "{text}"
    );

    // Another host continues once it can determine whether the note was written.
    let other = world.another_host();
    let early = other.request(&world.account, &id, None).await;
    assert!(matches!(early, Err(PushRefusal::NotSettled { .. })));
    world.advance(60);
    assert_eq!(pushed_by(&world, &other, &id).await, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_stopped_host_starts_no_push() {
    let world = World::new().await;
    world.stop();
    let id = world.assessed("a-1");
    let host = world.another_host();
    queue(&world, &host, &id).await;
    host.stop();
    assert_eq!(host.run_due(10).await.unwrap(), None);
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().state, PushState::Queued);
    let other = world.another_host();
    assert_eq!(pushed_by(&world, &other, &id).await, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn inconsistent_times_are_refused() {
    let world = World::new().await;
    let mut config = PushConfig::default();
    config.lease = Duration::from_secs(30);
    let refused = PushService::builder(&world.ports()).config(config).build();
    assert_eq!(
        refused.unwrap_err().to_string(),
        "push.write_deadline: expected less than the lease of 30s, got 30s"
    );
    config.write_deadline = Duration::from_secs(15);
    config.settle_time = Duration::from_secs(1);
    let refused = PushService::builder(&world.ports()).config(config).build();
    assert_eq!(
        refused.unwrap_err().to_string(),
        "push.settle_time: expected at least the write deadline of 15s, got 1s"
    );
}

#[tokio::test]
async fn a_push_that_crashes_before_its_first_write_is_attempted_five_times() {
    let world = World::new().await;
    world.stop();
    let id = world.assessed("a-1");
    let crashing = world.host_of(Arc::new(Slow {
        product: world.platform.clone(),
        mute: false,
        crashes: true,
    }));
    queue(&world, &world.push, &id).await;
    for crash in 1..=5 {
        crashing.run_due(10).await.unwrap();
        let push = world
            .store
            .push(&world.account, &id)
            .await
            .unwrap()
            .unwrap();
        match push.state {
            PushState::Queued => assert!(crash < 5, "{crash}"),
            PushState::Failed(failure) => {
                assert_eq!((crash, failure.code.as_str()), (5, "product_panicked"));
            }
            state => panic!("{state:?}"),
        }
        crashing.run_due(10).await.unwrap();
        world.advance(600);
    }
    assert_eq!(world.greenhouse.counts(), [0; 4]);
    assert_eq!(pushed_by(&world, &world.another_host(), &id).await, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

fn slow(world: &World, mute: bool) -> Arc<PushService> {
    let product = world.platform.clone();
    world.host_of(Arc::new(Slow {
        product,
        mute,
        crashes: false,
    }))
}

/// Returns the state of a push after a host has run it.
async fn pushed_by(world: &World, host: &PushService, id: &AssessmentId) -> &'static str {
    let working = async {
        loop {
            host.run_due(10).await.unwrap();
            host.woken().await;
        }
    };
    tokio::select! {
        view = host.request(&world.account, id, None) => view.unwrap().state,
        () = working => panic!("the worker ended"),
    }
}

async fn queue(world: &World, host: &Arc<PushService>, id: &AssessmentId) {
    let (host, account, id) = (host.clone(), world.account.clone(), id.clone());
    let asking = tokio::spawn({
        let id = id.clone();
        async move { drop(host.request(&account, &id, None).await) }
    });
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        let push = world.store.push(&world.account, &id).await.unwrap();
        if push.is_some() {
            asking.abort();
            return;
        }
    }
    panic!("the push was not queued");
}
