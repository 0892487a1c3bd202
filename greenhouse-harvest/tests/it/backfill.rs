//! Backfills: dry runs, runs, and what they refuse.

use chrono::TimeDelta;
use greenhouse_core::{
    AssessmentId,
    health::CheckState,
    platform::AssessmentState,
    scorecard::Score,
    store::{BackfillKind, LogStatus, LogSubject, PushState, Records},
    trigger::Trigger,
};
use greenhouse_harvest::PushService;
use serde_json::{Value, json};

use crate::support::{
    start,
    world::{World, WorldOptions, without_search_interval},
};

fn world(change: fn(&mut WorldOptions)) -> World {
    let mut wishes = WorldOptions {
        config: without_search_interval(),
        ..WorldOptions::default()
    };
    change(&mut wishes);
    World::in_process(wishes)
}

/// Adds a completed assessment of a person with this name, some days ago.
fn completed(world: &World, id: &str, days: i64) -> AssessmentId {
    world.assessed_as(id, |assessment| {
        assessment.person.email = Some(format!("{id}@example.org"));
        assessment.completed_at = Some(start() - TimeDelta::days(days));
    })
}

async fn post(world: &World, body: Value) -> (u16, Value) {
    let body = body.to_string();
    let asked = world.operator("POST", "backfill", &body);
    let (status, _, answer) = world.while_time_passes(asked).await;
    (status, answer)
}

fn bounds(action: &str, days: u32) -> Value {
    json!({ "action": action, "days": days, "share": 90 })
}

async fn state(world: &World) -> Value {
    world.operator("GET", "backfill", "").await.2
}

/// Runs the tasks until the backfill does not run any more. Returns its state.
async fn finished(world: &World) -> Value {
    for _ in 0..400 {
        let state = state(world).await;
        if state["state"] != "running" {
            return state;
        }
        step(world).await;
    }
    panic!("the backfill does not end: {}", state(world).await);
}

/// Runs due tasks once, then lets half a second pass.
async fn step(world: &World) {
    let backfills = PushService::backfills(&world.push);
    for background in [&*backfills, &*world.push] {
        let due = background.run_due(10);
        world.while_time_passes(due).await.unwrap();
    }
    world.clock.advance(std::time::Duration::from_millis(500));
}

#[tokio::test]
async fn a_dry_run_counts_and_a_run_pushes_what_was_counted() {
    let world = world(|wishes| {
        wishes.trigger = Trigger::OnScore {
            minimum: Score::new(50.0).unwrap(),
            inclusive: true,
        };
    });
    for (id, days) in [("a-1", 3), ("a-2", 2), ("a-3", 1), ("old", 31)] {
        completed(&world, id, days);
    }
    let day_ago = start() - TimeDelta::days(1);
    world.assessed_as("low", |low| {
        low.score = Some(Score::new(20.0).unwrap());
        low.completed_at = Some(day_ago);
    });
    world.assessed_as("unmapped", |unmapped| {
        unmapped.job = None;
        unmapped.completed_at = Some(day_ago);
    });
    world.assessed_as("no-address", |no_address| {
        no_address.person.email = None;
        no_address.completed_at = Some(day_ago);
    });
    // Pushed before.
    let known = AssessmentId::new("a-1");
    world
        .while_time_passes(world.push.request(&world.account, &known, None))
        .await
        .unwrap();
    step(&world).await;
    let before = world.greenhouse.counts();
    let asked_before = world.greenhouse.asked().len();
    assert!(asked_before > 0);

    let (status, _) = post(&world, bounds("count", 30)).await;
    assert_eq!(status, 200);
    let counted = finished(&world).await;
    assert_eq!(
        (&counted["state"], &counted["mode"]),
        (&json!("done"), &json!("dry_run"))
    );
    let skipped = json!({ "known": 1, "below_minimum": 1, "no_mapping": 1, "no_contact": 1 });
    assert_eq!(counted["counts"]["skipped"], skipped);
    assert_eq!(
        (&counted["counts"]["taken"], &counted["counts"]["seen"]),
        (&json!(2), &json!(6))
    );
    assert!(counted["seconds_left"].as_u64().unwrap() > 0);
    assert_eq!(world.greenhouse.counts(), before);
    assert_eq!(
        world.greenhouse.asked(),
        Vec::<String>::new(),
        "a dry run asks Greenhouse nothing"
    );

    // Completed after the count, so a person has not agreed to it.
    world.assessed_as("later", |later| {
        later.completed_at = Some(start() + TimeDelta::days(1))
    });
    let (status, run) = post(&world, bounds("run", 30)).await;
    assert_eq!((status, &run["counted"]["taken"]), (200, &json!(2)));
    let done = finished(&world).await;
    assert_eq!(
        (&done["state"], &done["mode"]),
        (&json!("done"), &json!("run"))
    );
    assert_eq!(
        (&done["counts"]["pushed"], &done["counts"]["failed"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(
        (&done["counts"]["skipped"], &done["waiting"]),
        (&skipped, &json!(0))
    );
    assert_eq!(world.greenhouse.counts(), before.map(|count| count + 2));
    for id in ["a-2", "a-3"] {
        let push = world
            .store
            .push(&world.account, &AssessmentId::new(id))
            .await;
        let push = push.unwrap().unwrap();
        assert_eq!(push.state, PushState::Done);
        assert!(push.requests > 3, "{}", push.requests);
    }
    let record = world
        .store
        .backfill(&world.account, BackfillKind::Push)
        .await;
    let requests = u32::try_from(record.unwrap().unwrap().requests).unwrap();
    assert!(requests > 6);
    let entries = world.entries().await;
    let ends: Vec<_> = entries
        .iter()
        .filter(|entry| entry.subject == LogSubject::Backfill)
        .collect();
    assert_eq!((ends.len(), ends[0].status), (1, LogStatus::Done));
    let text = "Past results of 30 days: 2 were brought over, and 4 were skipped.";
    assert_eq!(ends[0].text, text);
}

#[tokio::test]
async fn a_manual_account_brings_over_everything_that_can_be_pushed() {
    let world = world(|_| {});
    completed(&world, "a-1", 1);
    world.assessed_as("open", |open| {
        open.state = AssessmentState::Started;
        open.completed_at = Some(start() - TimeDelta::days(1));
    });
    // The trigger has decided against the push before.
    world
        .push
        .assessment_changed(&world.account, &AssessmentId::new("a-1"))
        .await
        .unwrap();
    post(&world, bounds("count", 7)).await;
    let counted = finished(&world).await;
    assert_eq!(counted["counts"]["taken"], 1);
    post(&world, bounds("run", 7)).await;
    assert_eq!(finished(&world).await["counts"]["pushed"], 1);
    let log = world.log().await;
    assert_eq!(log.len(), 2, "{log:?}");
}

#[tokio::test]
async fn a_run_needs_a_count_and_a_product_that_lists() {
    let world = world(|_| {});
    assert_eq!(world.operator("GET", "backfill", "").await.0, 404);
    let code = |answer: &Value| answer["error"]["code"].as_str().unwrap().to_owned();
    for (body, status, expected) in [
        (bounds("run", 30), 409, "backfill_not_counted"),
        (bounds("count", 0), 422, "bad_body"),
        (
            json!({ "action": "count", "days": 3, "share": 91 }),
            422,
            "bad_body",
        ),
        (json!({ "action": "start" }), 422, "bad_body"),
        (json!({ "action": "pause" }), 409, "backfill_not_running"),
        (json!({ "action": "resume" }), 409, "backfill_not_paused"),
        (json!({ "action": "cancel" }), 409, "backfill_not_running"),
    ] {
        let (found, answer) = post(&world, body.clone()).await;
        assert_eq!((found, &*code(&answer)), (status, expected), "{body}");
        assert!(
            status == 422 || answer["error"]["remedy"].is_string(),
            "{answer}"
        );
    }
    let (_, answer) = post(&world, bounds("count", 366)).await;
    assert_eq!(answer["error"]["member"], "days");

    world.platform.set_cannot_list(true);
    let (status, answer) = post(&world, bounds("count", 30)).await;
    assert_eq!((status, &*code(&answer)), (409, "backfill_cannot_list"));
    world.platform.set_cannot_list(false);
    world.platform.set_down(true);
    let (status, answer) = post(&world, bounds("count", 30)).await;
    assert_eq!((status, &*code(&answer)), (503, "product_unavailable"));
    world.platform.set_down(false);

    post(&world, bounds("count", 30)).await;
    let (status, answer) = post(&world, bounds("count", 30)).await;
    assert_eq!((status, &*code(&answer)), (409, "backfill_unfinished"));
    finished(&world).await;
    let (status, answer) = post(&world, bounds("run", 31)).await;
    assert_eq!((status, &*code(&answer)), (409, "backfill_other_bounds"));
    world.advance(25 * 60 * 60);
    let (status, answer) = post(&world, bounds("run", 30)).await;
    assert_eq!((status, &*code(&answer)), (409, "backfill_outdated"));
}

#[tokio::test]
async fn a_pause_lets_started_pushes_end_and_health_tells_of_it() {
    let world = world(|_| {});
    for number in 0..4 {
        completed(&world, &format!("a-{number}"), 1);
    }
    let check = async || {
        let checks = world.push.checks_of_store(&world.account).await;
        checks.into_iter().find(|check| check.name == "backfill")
    };
    assert_eq!(check().await, None);
    post(&world, bounds("count", 7)).await;
    finished(&world).await;
    assert_eq!(check().await, None);
    post(&world, bounds("run", 7)).await;
    while state(&world).await["waiting"] == 0 {
        step(&world).await;
    }
    let running = check().await.unwrap();
    assert_eq!(running.state, CheckState::Ok, "{running:?}");
    assert!(running.text.contains("0 of 4"), "{running:?}");
    let (status, paused) = post(&world, json!({ "action": "pause" })).await;
    assert_eq!((status, &paused["state"]), (200, &json!("paused")));
    for _ in 0..200 {
        step(&world).await;
    }
    assert_eq!(world.greenhouse.counts()[0], 1, "only the started push");
    assert_eq!(check().await.unwrap().state, CheckState::Ok);

    // The product stops to list while the backfill runs.
    world.platform.set_cannot_list(false);
    assert_eq!(post(&world, json!({ "action": "resume" })).await.0, 200);
    world.platform.set_cannot_list(true);
    let paused = finished(&world).await;
    assert_eq!(
        (&paused["state"], &paused["counts"]["pushed"]),
        (&json!("paused"), &json!(1))
    );
    assert!(paused["reason"].as_str().unwrap().contains("cannot list"));
    let warned = check().await.unwrap();
    assert_eq!(warned.state, CheckState::Warning, "{warned:?}");

    world.platform.set_cannot_list(false);
    assert_eq!(post(&world, json!({ "action": "resume" })).await.0, 200);
    // A product that is down delays the backfill, and health warns after an hour.
    world.platform.set_down(true);
    for _ in 0..4 {
        step(&world).await;
        world.advance(20 * 60);
    }
    let stuck = check().await.unwrap();
    assert_eq!(stuck.state, CheckState::Warning, "{stuck:?}");
    assert!(stuck.text.contains("no progress"), "{stuck:?}");
    world.platform.set_down(false);
    let (status, cancelled) = post(&world, json!({ "action": "cancel" })).await;
    assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));
    assert_eq!(check().await, None);
    let entries = world.entries().await;
    let end = entries
        .iter()
        .find(|entry| entry.subject == LogSubject::Backfill);
    assert_eq!(end.unwrap().status, LogStatus::Skipped);
    step(&world).await;
    assert_eq!(world.greenhouse.counts()[0], 1);
}
