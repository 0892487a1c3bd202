//! Tasks that panic, until a person retries them.

use std::time::Duration;

use greenhouse_core::{
    AssessmentId,
    platform::Outcome,
    store::{TaskKind, TaskQueue},
};
use serde_json::{Value, json};

use crate::{
    operator::{ask, retry},
    support::{World, send_test_body},
};

#[tokio::test]
async fn an_outcome_is_parked_after_five_panics_and_reported_after_a_retry() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let rejected = json!({ "action": "reject_candidate", "payload": { "application": {
        "id": 22, "status": "rejected", "candidate": { "id": 11 },
        "last_activity_at": "2026-11-23T09:59:00Z", "current_stage": { "id": 5, "name": "Onsite" },
    } } });
    assert_eq!(world.deliver("e1", &rejected).await.status, 200);
    let entry = parked(&world, TaskKind::NotifyProduct).await;
    assert_eq!(entry["assessment"], "as-1");
    let shown = shown(&world).await;
    assert_eq!(
        shown["text"],
        "Parked after crashes: 1 outcome for the product."
    );

    // A retry while the product still panics parks the task again, in the same entry.
    assert_eq!(retry(&world, id(&entry)).await.0, 202);
    let again = parked(&world, TaskKind::NotifyProduct).await;
    assert_eq!(again["id"], entry["id"]);

    corrected(&world, &entry).await;
    let told = world
        .platform
        .outcome(&world.account, &AssessmentId::new("as-1"));
    assert_eq!(told, Some((Outcome::Rejected, 1)));
    assert_eq!(world.platform.outcome_calls(), 1);
}

#[tokio::test]
async fn an_invitation_is_parked_after_five_panics_and_sent_after_a_retry() {
    let world = World::new();
    let path = "/api/greenhouse/send-test";
    let sent = world.post(path, send_test_body("777").to_string()).await;
    assert_eq!(sent.status, 200);
    let invitation = sent.json()["partner_interview_id"].clone();
    let entry = parked(&world, TaskKind::Invite).await;
    assert_eq!(entry["invitation"], invitation);
    assert_eq!(
        shown(&world).await["text"],
        "Parked after crashes: 1 invitation."
    );

    // The parked task does not block other tasks of its account.
    world.platform.set_panicking(false);
    let sent = world.post(path, send_test_body("778").to_string()).await;
    assert_eq!(sent.status, 200);
    world.run_due().await;
    assert_eq!(world.platform.invited(), 1);

    corrected(&world, &entry).await;
    assert_eq!(world.platform.invited(), 2);
    let invitation = world.invitation(invitation.as_str().unwrap()).await;
    assert!(invitation.assessment.is_some());
}

/// Lets the product panic until the only task is parked. Returns the failed entry.
async fn parked(world: &World, kind: TaskKind) -> Value {
    world.platform.set_panicking(true);
    for wait in [10, 20, 40, 80] {
        world.run_due().await;
        let due = world.store.next_due(&[kind]).await.unwrap().unwrap();
        assert_eq!((due - world.now()).num_seconds(), wait);
        assert_eq!(failed(world).await, NONE, "not parked yet");
        world.tick(wait.try_into().unwrap());
    }
    world.run_due().await;
    assert_eq!(world.store.next_due(&[kind]).await.unwrap(), None);
    let mut failed = failed(world).await;
    assert_eq!(failed.len(), 1, "{failed:?}");
    let entry = failed.remove(0);
    assert_eq!(
        (&entry["subject"], &entry["retry"]),
        (&json!("task"), &json!(true))
    );
    let text = entry["text"].as_str().unwrap();
    assert!(
        text.contains("crashed 5 times and is parked") && text.contains("retry this entry"),
        "{text}"
    );
    // The task is not run automatically.
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    world.run_due().await;
    assert_eq!(world.store.next_due(&[kind]).await.unwrap(), None);
    entry
}

/// The health check of parked tasks.
async fn shown(world: &World) -> Value {
    let (status, health) = ask(world, "GET", "health").await;
    assert_eq!((status, &health["state"]), (200, &json!("problem")));
    let checks = health["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == "parked_tasks");
    let found = found.unwrap();
    assert_eq!(found["state"], "problem");
    assert!(found["remedy"].as_str().unwrap().contains("retry"));
    found.clone()
}

/// Repairs the product and retries the entry.
async fn corrected(world: &World, entry: &Value) {
    world.platform.set_panicking(false);
    assert_eq!(
        retry(world, id(entry)).await,
        (202, json!({ "state": "queued" }))
    );
    // The entry is no longer failed, so no second retry is offered.
    assert_eq!(retry(world, id(entry)).await.0, 409);
    world.run_due().await;
    assert_eq!(failed(world).await, NONE);
    let (_, health) = ask(world, "GET", "health").await;
    let checks = health["checks"].as_array().unwrap();
    let parked = checks.iter().find(|check| check["name"] == "parked_tasks");
    assert_eq!(parked.unwrap()["state"], "ok");
}

async fn failed(world: &World) -> Vec<Value> {
    let (_, log) = ask(world, "GET", "sync-log?status=failed").await;
    log["entries"].as_array().unwrap().clone()
}

fn id(entry: &Value) -> i64 {
    entry["id"].as_i64().unwrap()
}

const NONE: [Value; 0] = [];
