//! The setup guide: every URL in it is served, and every event in it is processed.

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::TimeDelta;
use greenhouse_core::{
    AccountId,
    operator::OperatorService,
    settings::{AccountSettings, AssessmentSettings, KeyDigest, PartnerKeyRecord},
    store::{Applied, Changes, Records, StoreWriter, Write},
    webhook::HookEvent,
};
use greenhouse_partner::SetUp;
use http::{Method, Request};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Answer, HOOK, HOOK_SECRET, KEY, World, sign, start};

#[tokio::test]
async fn every_url_is_served() {
    let world = World::new();
    let set_up = set_up(&world, &world.account).await;
    let (assessments, sync) = (&set_up["assessments"], &set_up["sync"]);
    let mut addresses = BTreeSet::new();
    for (member, method, status) in [
        ("list_tests", Method::GET, 200),
        ("send_test", Method::POST, 400),
        ("test_status", Method::GET, 400),
        ("response_error", Method::POST, 400),
    ] {
        let url: Url = assessments[member].as_str().unwrap().parse().unwrap();
        assert_eq!(url.host_str(), Some("host.example"));
        let answer = world.request(method, url.path(), Some(KEY), "").await;
        assert_eq!(answer.status, status, "{url}: {}", answer.text());
        addresses.insert(url);
    }
    assert_eq!(addresses_in(assessments), addresses);

    let url: Url = sync["endpoint_url"].as_str().unwrap().parse().unwrap();
    let ping = json!({ "action": "ping", "payload": {} }).to_string();
    let request = Request::post(url.as_str()).header("signature", sign(&ping));
    let request = request.body(Bytes::from(ping)).unwrap();
    assert_eq!(world.service.handle(request).await.status(), 200);
    assert_eq!(addresses_in(sync), BTreeSet::from([url]));
}

#[tokio::test]
async fn it_names_every_processed_event() {
    let world = World::new();
    let set_up = set_up(&world, &world.account).await;
    let sync = &set_up["sync"];
    assert_eq!(sync["events"], json!(HookEvent::ALL));
    let text = sync["text"].as_str().unwrap();
    let boxes = text.lines().filter(|line| line.contains("[ ]"));
    let named: Vec<_> = boxes.map(str::trim).collect();
    assert_eq!(named.len(), HookEvent::ALL.len());
    assert!(text.contains(&format!("create {} webhooks", named.len())));
    for (line, HookEvent { action, label, .. }) in named.into_iter().zip(HookEvent::ALL) {
        assert!(line.starts_with(&format!("[ ] {label} ")), "{line}");
        assert!(line.ends_with(&format!(" ({action})")), "{line}");
    }
}

#[tokio::test]
async fn it_names_the_rule_that_sends_the_test() {
    let world = World::new();
    let set_up = set_up(&world, &world.account).await;
    let text = |direction: &str| {
        let text = set_up[direction]["text"].as_str().unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let assessments = text("assessments");
    for part in [
        "stage transition rule",
        "sends the take-home test",
        "when a candidate is moved to the stage",
        "They do not run when an application is created there",
    ] {
        assert!(assessments.contains(part), "{part}: {assessments}");
    }
    let sync = text("sync");
    assert!(sync.contains("Configure > Dev Center > Webhooks"), "{sync}");
    assert!(!sync.to_lowercase().contains("web hook"), "{sync}");
}

#[tokio::test]
async fn it_distinguishes_keys_and_contains_no_secret() {
    let world = World::new();
    let ending = world.now() + TimeDelta::days(1);
    change(&world, |settings| {
        let keys = &mut settings.assessments.as_mut().unwrap().partner_keys;
        for (key, end) in [("gpk_ending", ending), ("gpk_expired", world.now())] {
            let digest = KeyDigest::of(key);
            let mut record = PartnerKeyRecord::new(digest);
            record.prefix = Some(key.to_owned());
            record.expires_at = Some(end);
            keys.push(record);
        }
    })
    .await;
    let answer = operate(&world, &world.account, "GET").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    for secret in [KEY, HOOK_SECRET, "cc-user", "cc-pass"] {
        assert!(!answer.text().contains(secret), "{secret}");
    }
    let assessments = &answer.json()["assessments"];
    let keys = assessments["valid_keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let (plain, end) = (&keys[0], &keys[1]);
    assert_eq!(plain["prefix"], Value::Null);
    assert_eq!(end["prefix"], "gpk_ending");
    assert_eq!(end["expires_at"], "2026-11-24T10:00:00Z");
    assert_eq!(assessments["completion_set"], true);
    let text = assessments["text"].as_str().unwrap();
    for part in [
        &*format!("Valid key: {}\n", plain["id"].as_str().unwrap()),
        "(begins with gpk_ending), expires at 2026-11-24T10:00:00Z\n",
        "`POST /api/integrations/greenhouse/keys`",
        "is already stored",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }

    let debug = format!("{:?}", world.service.set_up(&world.account).await.unwrap());
    assert!(!debug.contains(HOOK), "{debug}");
}

#[tokio::test]
async fn missing_and_disabled_parts_are_marked() {
    let world = World::without_completion();
    change(&world, |settings| {
        let assessments = settings.assessments.as_mut().unwrap();
        assessments.partner_keys.clear();
        assessments.enabled = false;
        settings.sync.as_mut().unwrap().enabled = false;
    })
    .await;
    let off = set_up(&world, &world.account).await;
    for direction in ["assessments", "sync"] {
        assert_eq!(off[direction]["enabled"], false);
        let text = off[direction]["text"].as_str().unwrap();
        assert!(
            text.contains("This part of the integration is switched off"),
            "{text}"
        );
        assert!(!text.contains("only https URLs"), "{text}");
    }
    let text = off["assessments"]["text"].as_str().unwrap();
    for part in ["There is no valid key yet.", "Until it is stored,"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    let other = set_up(&world, &world.other).await;
    assert_eq!(other["sync"], Value::Null);
    let text = other["assessments"]["text"].as_str().unwrap();
    assert!(
        !text.contains("This part of the integration is switched off"),
        "{text}"
    );
    change(&world, |settings| {
        (settings.assessments, settings.sync) = (None, None);
    })
    .await;
    let nothing = json!({ "assessments": null, "sync": null });
    assert_eq!(set_up(&world, &world.account).await, nothing);
    let unknown = AccountId::new("unknown");
    assert_eq!(set_up(&world, &unknown).await, nothing);
}

#[tokio::test]
async fn it_writes_nothing() {
    let world = World::new();
    for method in ["PUT", "POST", "DELETE"] {
        let answer = operate(&world, &world.account, method).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (405, "method_not_allowed")
        );
    }
}

/// Greenhouse calls only https URLs.
#[test]
fn a_url_without_tls_is_marked() {
    let settings = AssessmentSettings::new(vec![]);
    for (base, marked) in [
        ("http://host.example", true),
        ("https://host.example", false),
    ] {
        let base = base.parse().unwrap();
        let now = start();
        let text = SetUp::new(&base, Some(&settings), None, now).to_string();
        assert_eq!(text.contains("only https URLs"), marked, "{text}");
    }
}

async fn set_up(world: &World, account: &AccountId) -> Value {
    let answer = operate(world, account, "GET").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn operate(world: &World, account: &AccountId, method: &str) -> Answer {
    let operator = OperatorService::new(world.store.clone(), vec![world.service.clone()]);
    let request = Request::builder()
        .method(method)
        .uri("/api/integrations/greenhouse/set-up")
        .extension(account.clone())
        .body(Bytes::new());
    Answer::of(operator.handle(request.unwrap()).await)
}

fn addresses_in(direction: &Value) -> BTreeSet<Url> {
    let words = direction["text"].as_str().unwrap().split_whitespace();
    let addresses = words.filter(|word| word.contains("://"));
    addresses.map(|word| word.parse().unwrap()).collect()
}

async fn change(world: &World, change: impl FnOnce(&mut AccountSettings)) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    change(&mut record.settings);
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
}
