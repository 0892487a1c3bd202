//! Requests with a wrong partner key leave a trace, in the account's sync log if the account is
//! known.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::TimeDelta;
use greenhouse_core::{
    health::{Check, CheckState},
    operator::OperatorPart,
    store::{Applied, Changes, Records, StoreWriter, Write},
};
use http::{Method, Request};

use crate::support::{Answer, KEY, World};

const PATH: &str = "/api/greenhouse/list-tests";

#[tokio::test]
async fn a_key_in_another_form_is_logged_in_its_account() {
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    for header in [
        basic(&format!(":{KEY}")),
        basic(&format!("{KEY}:password")),
        basic(&format!("greenhouse:{KEY}")),
        basic(KEY),
        basic(&format!("{KEY}\n:")),
        basic(&format!(" {KEY} :")),
        format!("Bearer {KEY}"),
        format!("Basic {KEY}"),
    ] {
        let world = World::new();
        for _ in 0..20 {
            assert_eq!(send(&world, &header).await.status, 401, "{header}");
        }
        let log = world.log().await;
        assert_eq!(log.len(), 1, "{header}: {log:?}");
        let entry = &log[0].entry;
        assert_eq!(entry.code, "misplaced_key_used", "{header}");
        assert!(!entry.text.contains(KEY), "{}", entry.text);
        assert!(entry.text.contains("Basic auth username"), "{}", entry.text);
    }
}

#[tokio::test]
async fn an_expired_key_is_logged_in_its_account() {
    let world = World::new();
    let mut record = world.store.account(&world.account).await.unwrap().unwrap();
    let keys = &mut record.settings.assessments.as_mut().unwrap().partner_keys;
    keys[0].expires_at = Some(world.now() + TimeDelta::hours(1));
    let id = keys[0].id();
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    world.tick(3600);
    for _ in 0..20 {
        assert_eq!(world.get(PATH).await.status, 401);
    }
    let log = world.log().await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].entry.code, "expired_key_used");
    assert!(log[0].entry.text.contains(&id), "{}", log[0].entry.text);
}

#[tokio::test]
async fn an_unknown_key_is_shown_in_health() {
    let world = World::new();
    assert_eq!(keys(&world).await.state, CheckState::Ok);
    let wrong = world
        .request(Method::GET, PATH, Some("gpk_wrong"), "")
        .await;
    assert_eq!(wrong.status, 401);
    let check = keys(&world).await;
    assert_eq!(check.state, CheckState::Warning);
    assert!(
        check
            .text
            .contains("unknown partner key at 2026-11-23T10:00:00Z"),
        "{}",
        check.text
    );
    assert!(check.remedy.is_some() && !check.text.contains("wrong"));
    assert!(world.log().await.is_empty());

    // An account whose key works has a line, but no warning. A day later, the line is removed.
    assert_eq!(world.get(PATH).await.status, 200);
    world.run_due().await;
    let check = keys(&world).await;
    assert_eq!((check.state, check.lines.len()), (CheckState::Ok, 1));
    world.tick(24 * 60 * 60 + 1);
    assert!(keys(&world).await.lines.is_empty());
}

async fn keys(world: &World) -> Check {
    let checks = world.service.checks(&world.account).await;
    let mut checks = checks.into_iter();
    checks.find(|check| check.name == "partner_key").unwrap()
}

async fn send(world: &World, authorization: &str) -> Answer {
    let request = Request::get(format!("https://host.example{PATH}"));
    let request = request.header("authorization", authorization);
    Answer::of(
        world
            .service
            .handle(request.body(Bytes::new()).unwrap())
            .await,
    )
}
