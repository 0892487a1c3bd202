//! The last delivery of each hook is stored in the background and shown in health.

use std::collections::BTreeMap;

use bytes::Bytes;
use greenhouse_core::{
    AssessmentId, Background,
    integration::InboundHead,
    operator::OperatorService,
    store::{
        Applied, Changes, Housekeeping, LastSeen, PersonKey, Push, PushOrigin, StoreWriter, Write,
    },
    testing::{Failure, StoreFault},
    webhook::HookEvent,
};
use http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, HOOK, World, send_test_body, sign, start};

#[tokio::test]
async fn health_shows_the_last_delivery_of_each_hook() {
    let world = World::new();
    assert_eq!(
        webhooks(&world).await["text"],
        "No webhook has been received yet."
    );
    world
        .deliver("e1", &ping(Some("Candidate has been hired")))
        .await;
    world.tick(30);
    world.deliver("e2", &ping(Some("Offer created"))).await;
    world.tick(90);
    world
        .deliver("e3", &json!({ "action": "offer_created", "payload": {} }))
        .await;
    world.deliver("e4", &deleted(22)).await;
    // An unreadable delivery still proves that its hook is alive.
    world
        .deliver(
            "e5",
            &json!({ "action": "candidate_rejected", "payload": {} }),
        )
        .await;
    world.run_due().await;
    assert_eq!(
        webhooks(&world).await,
        json!({
            "name": "webhooks",
            "state": "ok",
            "text": "The last webhook was received at 2026-11-23T10:02:00Z. Not received yet, which is normal for rare events: \
                Candidate or Prospect unrejected, Candidate has been unhired, Candidate has changed stage, Application \
                Updated, Delete Candidate, Candidate merged, Candidate anonymized.",
            "lines": [
                "Candidate or Prospect rejected: last received at 2026-11-23T10:02:00Z",
                "Candidate or Prospect unrejected: never received",
                "Candidate has been hired: last received at 2026-11-23T10:00:00Z",
                "Candidate has been unhired: never received",
                "Candidate has changed stage: never received",
                "Application Updated: never received",
                "Delete Application: last received at 2026-11-23T10:02:00Z",
                "Delete Candidate: never received",
                "Candidate merged: never received",
                "Candidate anonymized: never received",
                "Ping for another event: last received at 2026-11-23T10:00:30Z",
            ],
        })
    );
    for (number, action) in [
        "unreject_candidate",
        "unhire_candidate",
        "candidate_stage_change",
        "application_updated",
        "delete_candidate",
        "merge_candidate",
        "candidate_anonymized",
    ]
    .into_iter()
    .enumerate()
    {
        let unreadable = json!({ "action": action, "payload": {} });
        world.deliver(&format!("all {number}"), &unreadable).await;
    }
    world.run_due().await;
    let all = webhooks(&world).await;
    assert_eq!(
        all["text"],
        "The last webhook was received at 2026-11-23T10:02:00Z."
    );
}

#[tokio::test]
async fn health_names_a_mis_keyed_hook_among_ten() {
    let world = World::new();
    for (number, hook) in HookEvent::ALL.iter().enumerate() {
        let body = ping(Some(hook.label)).to_string();
        let (signature, status) = match hook.action {
            "hire_candidate" => (format!("sha256 {}", "0".repeat(64)), 401),
            _ => (sign(&body), 200),
        };
        let id = format!("e{number}");
        let answer = world.deliver_raw(HOOK, &id, Some(&signature), &body);
        assert_eq!(answer.await.status, status);
    }
    world.run_due().await;
    let check = webhooks(&world).await;
    assert_eq!(check["state"], "problem");
    let text = check["text"].as_str().unwrap();
    let refused = "does not match this account's secret: Candidate has been hired (last refused at \
                   2026-11-23T10:00:00Z).";
    assert!(text.contains(refused), "{text}");
    assert!(check["remedy"].as_str().unwrap().contains("webhook secret"));
    assert_eq!(check["lines"].as_array().unwrap().len(), 10);
    let states = hook_states(&world).await;
    assert_eq!(
        (&states["enabled"], &states["refused"]),
        (&json!(true), &json!([]))
    );
    for hook in states["hooks"].as_array().unwrap() {
        let (state, received) = match hook["action"].as_str().unwrap() {
            "hire_candidate" => ("wrong_signature", &Value::Null),
            _ => ("ok", &json!("2026-11-23T10:00:00Z")),
        };
        assert_eq!(
            (&hook["state"], &hook["last_received"]),
            (&json!(state), received),
            "{hook}"
        );
    }

    // The problem ends with the first delivery that is accepted.
    world.tick(120);
    world
        .deliver("again", &ping(Some("Candidate has been hired")))
        .await;
    world.run_due().await;
    assert_eq!(webhooks(&world).await["state"], "ok");
    let states = hook_states(&world).await;
    let mut hooks = states["hooks"].as_array().unwrap().iter();
    assert!(hooks.all(|hook| hook["state"] == "ok"), "{states}");
}

#[tokio::test]
async fn health_shows_every_refused_delivery() {
    let large = format!(
        "{{\"action\":\"delete_candidate\",\"x\":\"{}\"}}",
        "x".repeat(1024 * 1024)
    );
    let other = json!({ "action": "offer_created", "payload": {} }).to_string();
    let bytes = "not JSON, ada@example.org".to_owned();
    let wrong = format!("sha256 {}", "0".repeat(64));
    for (signature, body, status, part) in [
        (
            Some(&*wrong),
            &large,
            413,
            "larger than the limit: Delete Candidate (last refused",
        ),
        (
            Some(&*wrong),
            &other,
            401,
            "secret: a webhook for another event (last refused",
        ),
        (
            Some(&*wrong),
            &bytes,
            401,
            "secret: a webhook for another event (last refused",
        ),
        (None, &large, 401, "no valid Signature header (last refused"),
        (
            Some("sha256=0"),
            &other,
            401,
            "no valid Signature header (last refused",
        ),
    ] {
        let world = World::new();
        for id in 0..50 {
            let id = id.to_string();
            let answer = world.deliver_raw(HOOK, &id, signature, body);
            assert_eq!(answer.await.status, status);
        }
        world.run_due().await;
        let check = webhooks(&world).await;
        assert_eq!(check["state"], "problem", "{check}");
        let text = check["text"].as_str().unwrap();
        assert!(text.contains(part) && !text.contains("ada"), "{text}");
        assert!(world.store.last_seen(&world.account).await.unwrap().len() <= 2);
        // After a week, the refusal is no longer shown.
        world.tick(8 * DAY);
        assert_eq!(webhooks(&world).await["state"], "warning");
    }
}

/// The host reads no body above the limit, so it passes only the head.
#[tokio::test]
async fn health_shows_a_body_that_the_host_did_not_read() {
    let world = World::new();
    let path = format!("/api/webhooks/greenhouse/{HOOK}");
    let head = |path: &str| {
        let request = Request::post(format!("https://host.example{path}"));
        let request = request.header("signature", sign("{}")).body(()).unwrap();
        InboundHead::parse(request.into_parts().0).unwrap()
    };
    let mut admitted = head(&path);
    world.service.admit(&mut admitted).await.unwrap();
    world.service.note_oversized(&admitted).await;
    world.run_due().await;
    let check = webhooks(&world).await;
    assert_eq!(check["state"], "problem");
    let text = check["text"].as_str().unwrap();
    assert!(text.contains("larger than the limit"), "{text}");
    let mut unknown = head("/api/webhooks/greenhouse/unknown");
    assert_eq!(
        world
            .service
            .admit(&mut unknown)
            .await
            .unwrap_err()
            .status(),
        404
    );
    world.service.note_oversized(&unknown).await;
    assert!(
        world
            .store
            .last_seen(&world.other)
            .await
            .unwrap()
            .is_empty()
    );
}

/// No warning without a push, or shortly after the first push.
#[tokio::test]
async fn health_warns_of_silence_after_a_push() {
    let world = World::new();
    world.deliver("e1", &ping(None)).await;
    world.tick(8 * DAY);
    assert_eq!(webhooks(&world).await["state"], "ok");
    world.link("as-1", 11, 22).await;
    pushed(&world, "as-1").await;
    assert_eq!(webhooks(&world).await["state"], "ok");
    world.tick(7 * DAY - 1);
    assert_eq!(webhooks(&world).await["state"], "ok");
    world.tick(1);
    let silent = webhooks(&world).await;
    assert_eq!(silent["state"], "warning");
    assert_eq!(
        silent["text"]
            .as_str()
            .unwrap()
            .split(" Not received")
            .next()
            .unwrap(),
        "No webhook has been received since 2026-11-23T10:00:00Z (more than 7 days), although \
         candidates were pushed."
    );
    assert!(
        silent["remedy"]
            .as_str()
            .unwrap()
            .contains("Save a webhook to send a ping")
    );
    assert_eq!(silent["lines"].as_array().unwrap().len(), 10);

    world.deliver("e2", &ping(None)).await;
    assert_eq!(webhooks(&world).await["state"], "ok");
    world.tick(7 * DAY);
    assert_eq!(
        webhooks(&world).await["state"],
        "ok",
        "the silence is too short"
    );
    world.tick(1);
    assert_eq!(webhooks(&world).await["state"], "warning");
}

/// If the push of a link is not stored, the push is assumed to be old.
#[tokio::test]
async fn a_link_without_its_push_counts_as_an_old_push() {
    let world = World::new();
    world.deliver("e1", &ping(None)).await;
    world.tick(8 * DAY);
    world.link("as-1", 11, 22).await;
    assert_eq!(webhooks(&world).await["state"], "warning");
}

#[tokio::test]
async fn a_webhook_does_not_wait_for_the_last_seen_write_which_runs_once_a_minute() {
    let world = World::new();
    for (number, tick) in [0, 20, 39, 1].into_iter().enumerate() {
        world.tick(tick);
        world.deliver(&format!("e{number}"), &deleted(22)).await;
        assert_eq!(notes(&world), 0);
    }
    for noted in [1, 1] {
        world.run_due().await;
        assert_eq!(notes(&world), noted);
    }
    let seen = world.store.last_seen(&world.account).await.unwrap();
    let hook = LastSeen::Hook("delete_application".to_owned());
    assert_eq!(seen, BTreeMap::from([(hook, world.now())]));
    world.tick(59);
    world.deliver("soon", &deleted(22)).await;
    world.run_due().await;
    assert_eq!(notes(&world), 1);
    world.tick(1);
    world.deliver("later", &deleted(22)).await;
    world.run_due().await;
    assert_eq!(notes(&world), 2);
}

#[tokio::test]
async fn a_webhook_wakes_the_host_for_the_last_seen_write() {
    let world = World::new();
    world.deliver("e1", &deleted(22)).await;
    world.service.woken().await;
    assert_eq!(world.run_due().await, None);
    assert_eq!(notes(&world), 1);
}

/// A failed write delays no other task and is repeated.
#[tokio::test]
async fn a_failed_last_seen_write_is_repeated() {
    let world = World::new();
    let sent = world.post(
        "/api/greenhouse/send-test",
        send_test_body("777").to_string(),
    );
    assert_eq!(sent.await.status, 200);
    world.deliver("e1", &deleted(22)).await;
    world.failing_store.plan(Some(StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: false,
    }));
    let again = world.run_due().await.unwrap();
    assert_eq!(world.failing_store.failed(), Some(NOTE));
    assert_eq!(world.platform.invited(), 1);
    let wait = (again - world.now()).num_seconds();
    assert_eq!(wait, 10);
    world.tick(10);
    assert_eq!(world.run_due().await, None);
    let seen = world.store.last_seen(&world.account).await.unwrap();
    let hook = LastSeen::Hook("delete_application".to_owned());
    assert_eq!(seen.get(&hook), Some(&start()));
}

async fn pushed(world: &World, assessment: &str) {
    let mut changes = Changes::none();
    changes.pushes.push(Write::Put(Push::new(
        AssessmentId::new(assessment),
        PersonKey::of_email(&world.account, "ada@example.com"),
        PushOrigin::Trigger,
        world.now(),
    )));
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
}

async fn webhooks(world: &World) -> Value {
    let health = operator(world, "health").await;
    let mut checks = health["checks"].as_array().unwrap().iter();
    let check = checks.find(|check| check["name"] == "webhooks");
    check.unwrap().clone()
}

async fn hook_states(world: &World) -> Value {
    operator(world, "hooks").await
}

async fn operator(world: &World, path: &str) -> Value {
    let operator = OperatorService::new(world.store.clone(), vec![world.service.clone()]);
    let request = Request::builder()
        .uri(format!("/api/integrations/greenhouse/{path}"))
        .extension(world.account.clone())
        .body(Bytes::new());
    Answer::of(operator.handle(request.unwrap()).await).json()
}

fn notes(world: &World) -> usize {
    let calls = world.failing_store.calls();
    calls.iter().filter(|call| **call == NOTE).count()
}

fn ping(label: Option<&str>) -> Value {
    json!({ "action": "ping", "payload": { "web_hook_id": 7, "event": label } })
}

fn deleted(application: i64) -> Value {
    json!({ "action": "delete_application", "payload": { "application": { "id": application } } })
}

const NOTE: &str = "Housekeeping::note_last_seen";
const DAY: u64 = 24 * 60 * 60;
