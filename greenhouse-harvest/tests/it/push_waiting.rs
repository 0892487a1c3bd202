//! Pushes that wait for Greenhouse, the product or the report before their first write.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AssessmentId, Background, Clock,
    store::{Changes, LogStatus, Push, PushState, Records, Write},
    testing::FakePlatform,
    trigger::Trigger,
};
use greenhouse_harvest::PushConfig;
use serde_json::Value;

use crate::support::{
    greenhouse::Fault,
    world::{World, WorldOptions},
};

/// Outage of Greenhouse or of the product.
#[derive(Clone, Copy)]
enum Outage {
    /// Calls to Greenhouse that fail in every attempt of the client.
    Greenhouse(&'static str, Fault),
    /// State of the product.
    Product(fn(&FakePlatform, bool)),
}

/// Each outage before the first write, with the code of the wait.
const OUTAGES: [(Outage, &str); 8] = [
    (CANDIDATES_DOWN, "unreachable"),
    (
        Outage::Greenhouse("GET /v3/candidates", Fault::Reset),
        "unreachable",
    ),
    (
        Outage::Greenhouse("GET /v3/candidates", Fault::Limited),
        "rate_limited",
    ),
    (
        Outage::Greenhouse("POST /token", Fault::NotApplied),
        "unreachable",
    ),
    (
        Outage::Greenhouse("POST /token", Fault::Reset),
        "unreachable",
    ),
    (
        Outage::Greenhouse("POST /v3/candidates", Fault::Limited),
        "rate_limited",
    ),
    (
        Outage::Product(FakePlatform::set_down),
        "product_unavailable",
    ),
    (REPORT_PENDING, "report_not_ready"),
];
const CANDIDATES_DOWN: Outage = Outage::Greenhouse("GET /v3/candidates", Fault::NotApplied);
const REPORT_PENDING: Outage = Outage::Product(FakePlatform::set_reports_pending);

#[tokio::test]
async fn a_push_waits_for_what_is_not_available_and_is_then_done() {
    for (outage, code) in OUTAGES {
        let (world, id) = queued(PushConfig::default()).await;
        begin(&world, outage);
        run(&world).await;
        let push = push(&world, &id).await;
        assert_eq!(push.state, PushState::Queued, "{code}");
        let wait = push.wait.unwrap();
        assert_eq!((wait.code.as_str(), wait.attempts), (code, 1));
        assert_eq!(world.greenhouse.counts(), [0; 4], "{code}");
        let (status, text) = world.log().await.remove(0);
        assert_eq!(status, LogStatus::Pending, "{code}");
        assert!(
            text.starts_with("Waiting for the next attempt at "),
            "{text}"
        );
        assert!(text.contains(&wait.text), "{text}");

        // Nothing is tried before the announced time.
        world.greenhouse.asked();
        run(&world).await;
        assert_eq!(world.greenhouse.asked(), [""; 0], "{code}");

        end(&world, outage);
        advance_to(&world, wait.retry_at);
        run(&world).await;
        assert_eq!(
            self::push(&world, &id).await.state,
            PushState::Done,
            "{code}"
        );
        assert_eq!(self::push(&world, &id).await.wait, None);
        assert_eq!(world.greenhouse.counts(), [1; 4], "{code}");
        assert_eq!(world.log().await.len(), 1, "one entry for each push");
    }
}

#[tokio::test]
async fn a_push_fails_when_its_patience_is_over_and_is_not_retried_by_itself() {
    for (outage, code) in OUTAGES {
        let (world, id) = queued(PushConfig::default()).await;
        let asked_at = world.clock.now();
        begin(&world, outage);
        let mut attempts = 0;
        let failure = loop {
            run(&world).await;
            attempts += 1;
            begin(&world, outage);
            match push(&world, &id).await {
                Push {
                    state: PushState::Failed(failure),
                    ..
                } => break failure,
                Push { wait, .. } => advance_to(&world, wait.unwrap().retry_at),
            }
        };
        assert_eq!(failure.code, code);
        assert!(
            failure
                .text
                .starts_with("Failed after waiting for 15 min. "),
            "{}",
            failure.text
        );
        let waited = world.clock.now() - asked_at;
        assert!((15..19).contains(&waited.num_minutes()), "{code}: {waited}");
        assert!((10..25).contains(&attempts), "{code}: {attempts} attempts");
        assert_eq!(world.greenhouse.counts(), [0; 4], "{code}");

        end(&world, outage);
        world.advance(3600);
        run(&world).await;
        assert_eq!(world.greenhouse.counts(), [0; 4], "{code}");
        let (status, _) = world.log().await.remove(0);
        assert_eq!(status, LogStatus::Failed);

        request(&world).await;
        run(&world).await;
        assert_eq!(push(&world, &id).await.state, PushState::Done, "{code}");
        assert_eq!(world.greenhouse.counts(), [1; 4], "{code}");
    }
}

#[tokio::test]
async fn after_the_first_write_every_failure_is_final() {
    for (kind, fault, code) in [
        ("GET /v3/attachments", Fault::Limited, "rate_limited"),
        ("POST /v3/attachments", Fault::Limited, "rate_limited"),
        ("POST /v3/notes", Fault::Limited, "rate_limited"),
        ("POST /v3/notes", Fault::NotApplied, "unknown_outcome"),
    ] {
        let (world, id) = queued(PushConfig::default()).await;
        if kind.starts_with("GET") {
            // The report is searched only if its write has an unknown outcome.
            begin(
                &world,
                Outage::Greenhouse("POST /v3/attachments", Fault::NotApplied),
            );
        }
        begin(&world, Outage::Greenhouse(kind, fault));
        run(&world).await;
        let PushState::Failed(failure) = push(&world, &id).await.state else {
            panic!("{kind}: the push did not fail");
        };
        let expected = if kind.starts_with("GET") {
            "unknown_outcome"
        } else {
            code
        };
        assert_eq!(failure.code, expected, "{kind}");
        assert_eq!(world.greenhouse.counts()[..2], [1, 1], "{kind}");
    }
}

#[tokio::test]
async fn without_patience_an_outage_is_final() {
    let mut config = PushConfig::default();
    config.patience = Duration::ZERO;
    for (outage, code) in OUTAGES {
        let (world, id) = queued(config).await;
        begin(&world, outage);
        run(&world).await;
        let PushState::Failed(failure) = push(&world, &id).await.state else {
            panic!("{code}: the push did not fail");
        };
        assert_eq!(failure.code, code);
        assert!(
            failure
                .text
                .ends_with("Retry. The push continues after the last finished step.")
        );
    }
}

#[tokio::test]
async fn an_automatic_push_without_patience_fails_at_once() {
    for (patience, expected) in [
        (Duration::ZERO, LogStatus::Failed),
        (Duration::from_secs(60), LogStatus::Pending),
    ] {
        let mut config = PushConfig::default();
        config.patience = patience;
        let world = World::in_process(WorldOptions {
            config,
            trigger: Trigger::OnComplete,
            ..WorldOptions::default()
        });
        let id = world.assessed("a-1");
        begin(&world, CANDIDATES_DOWN);
        let changed = world.push.assessment_changed(&world.account, &id);
        changed.await.unwrap();
        run(&world).await;
        assert_eq!(world.log().await.remove(0).0, expected, "{patience:?}");
    }
}

#[tokio::test]
async fn a_person_resumes_a_waiting_push() {
    let (world, id) = queued(PushConfig::default()).await;
    begin(&world, REPORT_PENDING);
    run(&world).await;
    let view = request(&world).await;
    assert_eq!(view["state"], "queued");
    run(&world).await;
    let wait = push(&world, &id).await.wait.unwrap();
    assert_eq!(wait.attempts, 1, "the patience begins again");
    let (status, _, view) = {
        let asked = world.operator("GET", "sync-log/1", "");
        world.while_time_passes(asked).await
    };
    assert_eq!(
        (status, &view["status"]),
        (200, &"pending".into()),
        "{view}"
    );

    // The tasks from before the resumption run nothing.
    end(&world, REPORT_PENDING);
    world.advance(3600);
    run(&world).await;
    run(&world).await;
    assert_eq!(push(&world, &id).await.state, PushState::Done);
    assert_eq!(world.greenhouse.counts(), [1; 4]);
    assert_eq!(
        world.push.run_due(10).await.unwrap(),
        None,
        "no task is left"
    );
}

#[tokio::test]
async fn a_task_that_is_claimed_too_early_stays_with_its_push() {
    let (world, id) = queued(PushConfig::default()).await;
    begin(&world, REPORT_PENDING);
    run(&world).await;
    end(&world, REPORT_PENDING);
    // As if the clock had been set back by a minute after the wait was stored.
    let mut waiting = push(&world, &id).await;
    let wait = waiting.wait.as_mut().unwrap();
    let due = wait.retry_at;
    wait.retry_at += TimeDelta::minutes(1);
    let retry_at = wait.retry_at;
    let mut changes = Changes::none();
    changes.pushes.push(Write::Put(waiting));
    world.apply(changes).await;

    advance_to(&world, due);
    run(&world).await;
    assert_eq!(push(&world, &id).await.state, PushState::Queued);
    assert_eq!(world.greenhouse.counts(), [0; 4]);
    advance_to(&world, retry_at);
    run(&world).await;
    assert_eq!(push(&world, &id).await.state, PushState::Done);
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_waiting_push_delays_no_other_push_of_its_account() {
    let (world, first) = queued(PushConfig::default()).await;
    begin(&world, REPORT_PENDING);
    run(&world).await;
    end(&world, REPORT_PENDING);
    let second = world.assessed_as("a-2", |assessment| {
        assessment.person.email = Some("zed@example.org".to_owned());
    });
    let asked = world.operator("POST", "push/a-2", "");
    world.while_time_passes(asked).await;
    run(&world).await;
    assert_eq!(push(&world, &second).await.state, PushState::Done);
    assert_eq!(push(&world, &first).await.state, PushState::Queued);
}

/// A world without background work, with one queued push.
async fn queued(mut config: PushConfig) -> (World, AssessmentId) {
    config.endpoint_wait = Duration::ZERO;
    let world = World::in_process(WorldOptions {
        config,
        ..WorldOptions::default()
    });
    let id = world.assessed("a-1");
    assert_eq!(request(&world).await["state"], "queued");
    (world, id)
}

async fn request(world: &World) -> Value {
    let asked = world.operator("POST", "push/a-1", "");
    let (status, _, view) = world.while_time_passes(asked).await;
    assert_eq!(status, 202, "{view}");
    view
}

async fn run(world: &World) {
    let run = world.push.run_due(10);
    world.while_time_passes(run).await.unwrap();
}

async fn push(world: &World, id: &AssessmentId) -> Push {
    let push = world.store.push(&world.account, id).await.unwrap();
    push.unwrap()
}

fn begin(world: &World, outage: Outage) {
    match outage {
        Outage::Greenhouse(kind, fault) => {
            world
                .greenhouse
                .with(|state| state.faults.retain(|(known, _)| *known != kind));
            for _ in 0..TRIES {
                world.greenhouse.fail(kind, fault);
            }
        }
        Outage::Product(set) => set(&world.platform, true),
    }
}

fn end(world: &World, outage: Outage) {
    match outage {
        Outage::Greenhouse(..) => world.greenhouse.with(|state| state.faults.clear()),
        Outage::Product(set) => set(&world.platform, false),
    }
}

fn advance_to(world: &World, at: DateTime<Utc>) {
    let left = at - world.clock.now();
    world.clock.advance(left.to_std().unwrap_or_default());
}

/// More than the number of attempts that the client makes for one call.
const TRIES: usize = 20;
