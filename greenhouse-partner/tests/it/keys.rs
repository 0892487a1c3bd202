//! Partner keys: created, shown once, listed, rotated and revoked.

use bytes::Bytes;
use greenhouse_core::{
    AccountId, operator::OperatorService, testing::Failure, testing::StoreFault,
};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{Answer, KEY, World};

#[tokio::test]
async fn a_new_key_is_shown_once_and_works() {
    let world = World::new();
    let minted = operate(&world, "POST", "keys").await;
    assert_eq!(minted.status, 201);
    assert_eq!(minted.header("cache-control"), Some("no-store"));
    let minted = minted.json();
    let key = minted["key"].as_str().unwrap();
    assert_eq!(minted["prefix"], key[..10]);
    assert_eq!(list(&world, key).await, 200);
    world.run_due().await;

    let listed = operate(&world, "GET", "keys").await;
    assert!(!listed.text().contains(key));
    assert_eq!(
        listed.json()["keys"][1],
        json!({
            "id": minted["id"],
            "prefix": minted["prefix"],
            "created_at": "2026-11-23T10:00:00Z",
            "last_used_at": "2026-11-23T10:00:00Z",
            "expires_at": null,
            "state": "valid",
        })
    );
    assert_eq!(listed.json()["keys"][0]["created_at"], Value::Null);
}

#[tokio::test]
async fn a_rotated_key_expires_after_the_overlap() {
    let world = World::new();
    let old = &operate(&world, "GET", "keys").await.json()["keys"][0]["id"].clone();
    let rotate = format!("keys/{}/rotate", old.as_str().unwrap());
    let new = operate(&world, "POST", &rotate).await;
    assert_eq!(new.status, 201);
    let new = new.json()["key"].as_str().unwrap().to_owned();
    world.tick(WEEK - 1);
    let listed = operate(&world, "GET", "keys").await.json();
    assert_eq!(listed["keys"][0]["state"], "ending");
    assert_eq!(listed["keys"][0]["expires_at"], "2026-11-30T10:00:00Z");
    // Another rotation does not change its expiry.
    assert_eq!(operate(&world, "POST", &rotate).await.status, 201);
    assert_eq!(list(&world, KEY).await, 200);
    world.tick(1);
    assert_eq!(list(&world, KEY).await, 401);
    assert_eq!(list(&world, &new).await, 200);
    let listed = operate(&world, "GET", "keys").await.json();
    assert_eq!(listed["keys"][0]["state"], "expired");
    // Expired keys are removed from the list when a new key is created.
    world.tick(5 * WEEK);
    assert_eq!(operate(&world, "POST", "keys").await.status, 201);
    let listed = operate(&world, "GET", "keys").await.json();
    assert!(
        listed["keys"]
            .as_array()
            .unwrap()
            .iter()
            .all(|key| key["id"] != *old)
    );
}

#[tokio::test]
async fn a_revoked_key_stops_working_immediately() {
    let world = World::new();
    let id = operate(&world, "GET", "keys").await.json()["keys"][0]["id"].clone();
    let path = format!("keys/{}", id.as_str().unwrap());
    assert_eq!(list(&world, KEY).await, 200);
    let revoked = operate(&world, "DELETE", &path).await;
    assert_eq!(
        (revoked.status, revoked.json()),
        (200, json!({ "state": "revoked" }))
    );
    assert_eq!(list(&world, KEY).await, 401);
    assert_eq!(operate(&world, "DELETE", &path).await.status, 404);
    let listed = operate(&world, "GET", "keys").await;
    assert_eq!(listed.json(), json!({ "keys": [] }));
}

#[tokio::test]
async fn invalid_requests_are_refused() {
    let world = World::new();
    for (method, path, status) in [
        ("PUT", "keys", 405),
        ("GET", "keys/a", 405),
        ("GET", "keys/a/rotate", 405),
        ("DELETE", "keys/a", 404),
        ("POST", "keys/a/rotate", 404),
        ("POST", "keys/a/b", 404),
    ] {
        assert_eq!(
            operate(&world, method, path).await.status,
            status,
            "{method} {path}"
        );
    }
    let stranger = operate_as(&world, &AccountId::new("stranger"), "POST", "keys").await;
    assert_eq!(
        (stranger.status, &*stranger.code()),
        (409, "not_configured")
    );
    for _ in 1..50 {
        assert_eq!(operate(&world, "POST", "keys").await.status, 201);
    }
    let full = operate(&world, "POST", "keys").await;
    assert_eq!((full.status, &*full.code()), (409, "too_many_keys"));
    // An account cannot change another account's keys.
    let others = operate_as(&world, &world.other, "GET", "keys").await;
    assert_eq!(others.json()["keys"].as_array().unwrap().len(), 1);
}

/// Only the first use in an hour is stored, and a failed write does not refuse the request.
#[tokio::test]
async fn last_use_is_stored_once_an_hour() {
    let world = World::new();
    for (tick, noted) in [(0, 1), (1, 1), (3598, 1), (1, 2), (3600, 3)] {
        world.tick(tick);
        assert_eq!(list(&world, KEY).await, 200);
        world.run_due().await;
        assert_eq!(notes(&world), noted, "{tick}");
    }
    world.tick(3600);
    assert_eq!(list(&world, KEY).await, 200);
    world.failing_store.plan(Some(StoreFault {
        call: 1,
        how: Failure::Before,
        lasts: false,
    }));
    let again = world.run_due().await.unwrap();
    assert_eq!(world.failing_store.failed(), Some(NOTE));
    assert_eq!((again - world.now()).num_seconds(), 10);
    assert_eq!(list(&world, KEY).await, 200);
    assert_eq!(world.run_due().await, None);
    assert_eq!(notes(&world), 2, "the use is stored");
}

fn notes(world: &World) -> usize {
    let calls = world.failing_store.calls();
    calls.iter().filter(|call| **call == NOTE).count()
}

async fn list(world: &World, key: &str) -> u16 {
    let path = "/api/greenhouse/list-tests";
    world.request(Method::GET, path, Some(key), "").await.status
}

async fn operate(world: &World, method: &str, path: &str) -> Answer {
    operate_as(world, &world.account, method, path).await
}

async fn operate_as(world: &World, account: &AccountId, method: &str, path: &str) -> Answer {
    let operator = OperatorService::new(world.store.clone(), vec![world.service.clone()]);
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/integrations/greenhouse/{path}"))
        .extension(account.clone())
        .body(Bytes::new());
    Answer::of(operator.handle(request.unwrap()).await)
}

const NOTE: &str = "Housekeeping::note_last_seen";
const WEEK: u64 = 7 * 24 * 60 * 60;
