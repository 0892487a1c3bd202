//! `GET` and `PUT settings/{assessments,sync}`.

mod secrets;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, HookKey,
    operator::OperatorService,
    settings::AccountSettings,
    store::Records,
    testing::{Failure, StoreFault},
};
use http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, HOOK, HOOK_SECRET, KEY, World};

#[tokio::test]
async fn shown_settings_can_be_saved_without_changes() {
    let world = World::new();
    let before = stored(&world).await;
    for (part, settings) in [
        (
            "assessments",
            json!({
                "enabled": true,
                "completion": { "user_set": true, "password_set": true },
                "thresholds": { "strong_yes": 80, "yes": 60, "mixed": 40, "no": 20 },
            }),
        ),
        (
            "sync",
            json!({
                "enabled": true, "hook_key": HOOK, "invited_applications": false,
                "secrets": [{ "kept": 0 }],
            }),
        ),
    ] {
        let shown = get(&world, part).await;
        assert_eq!(shown.header("cache-control"), Some("no-store"));
        assert_eq!(shown.status, 200);
        let shown = shown.json();
        assert_eq!(shown["settings"], settings, "{part}");
        let saved = put(&world, part, &shown).await;
        let version = shown["version"].as_u64().unwrap() + 1;
        let expected = json!({ "version": version, "settings": settings });
        assert_eq!((saved.status, saved.json()), (200, expected), "{part}");
        assert_eq!(stored(&world).await, before, "{part}");
    }
}

#[tokio::test]
async fn the_completion_credential_is_kept_changed_and_removed() {
    let world = World::new();
    for (completion, credential) in [
        (Value::Null, None),
        (
            json!({ "user": "u1", "password": "password-1" }),
            Some(("u1", "password-1")),
        ),
        (json!({}), Some(("u1", "password-1"))),
        (json!({ "user_set": false }), Some(("u1", "password-1"))),
        (
            json!({ "password": "password-2" }),
            Some(("u1", "password-2")),
        ),
        (
            json!({ "user": "a:single:key" }),
            Some(("a:single:key", "")),
        ),
    ] {
        let form = json!({ "completion": completion });
        assert_eq!(
            change(&world, "assessments", form).await.status,
            200,
            "{completion}"
        );
        let settings = stored(&world).await.assessments.unwrap();
        let kept = settings.completion.map(|kept| (kept.user, kept.password));
        let kept = kept
            .as_ref()
            .map(|(user, password)| (user.expose(), password.expose()));
        assert_eq!(kept, credential, "{completion}");
    }
    // An omitted credential is kept, as are the keys. Other omitted members get their defaults.
    let switched = change(&world, "assessments", json!({ "enabled": false }))
        .await
        .json();
    assert_eq!(
        switched["settings"]["completion"],
        json!({ "user_set": true, "password_set": false })
    );
    let settings = stored(&world).await.assessments.unwrap();
    assert_eq!(settings.partner_keys.len(), 1);
    let off = world.get("/api/greenhouse/list-tests").await;
    assert_eq!(off.status, 404);

    let taken_away = change(&world, "assessments", Value::Null).await;
    assert_eq!(taken_away.json()["settings"], Value::Null);
    let first = change(&world, "assessments", json!({ "completion": {} })).await;
    assert_eq!(
        (first.status, first.json()["error"]["member"].clone()),
        (422, json!("completion.user"))
    );
    assert_eq!(change(&world, "assessments", json!({})).await.status, 200);
    let settings = stored(&world).await.assessments.unwrap();
    assert_eq!((settings.enabled, settings.partner_keys.len()), (true, 0));
}

#[tokio::test]
async fn sync_secrets_are_rotated() {
    let world = World::new();
    for (form, secrets) in [
        (
            json!(["new-secret", { "kept": 0 }]),
            vec!["new-secret", HOOK_SECRET],
        ),
        (
            json!([{ "kept": 1 }, { "kept": 0 }]),
            vec![HOOK_SECRET, "new-secret"],
        ),
        (json!([{ "kept": 1 }]), vec!["new-secret"]),
        (Value::Null, vec!["new-secret"]),
    ] {
        let saved = change(&world, "sync", json!({ "secrets": form })).await;
        assert_eq!(saved.status, 200, "{form}: {}", saved.text());
        assert!(!saved.text().contains("new"), "{}", saved.text());
        let sync = stored(&world).await.sync.unwrap();
        let kept: Vec<&str> = sync
            .secrets()
            .iter()
            .map(|secret| secret.expose())
            .collect();
        assert_eq!(kept, secrets, "{form}");
        assert_eq!(sync.hook_key, HookKey::new(HOOK), "{form}");
    }
}

#[tokio::test]
async fn a_missing_hook_key_is_created() {
    let world = World::new();
    assert_eq!(change(&world, "sync", Value::Null).await.status, 200);
    assert!(stored(&world).await.sync.is_none());
    let made = change(&world, "sync", json!({ "secrets": ["a secret"] }))
        .await
        .json();
    let key = made["settings"]["hook_key"].as_str().unwrap().to_owned();
    assert_eq!(key.len(), 64, "{key}");
    let body = json!({ "action": "ping", "payload": { "web_hook_id": 1 } }).to_string();
    for (hook, status) in [(key.as_str(), 401), (HOOK, 404)] {
        let answer = world.deliver_raw(hook, "1", Some("sha256 00"), &body).await;
        assert_eq!(answer.status, status, "{hook}");
    }
    let again = change(&world, "sync", json!({})).await.json();
    assert_eq!(again["settings"]["hook_key"], key);
}

#[tokio::test]
async fn all_errors_are_reported_together_and_nothing_is_saved() {
    let world = World::new();
    let before = stored(&world).await;
    for (completion, codes) in [
        (json!({ "user": "" }), vec![("completion.user", "missing")]),
        (
            json!({ "user": " ", "password": "password" }),
            vec![("completion.user", "missing")],
        ),
        (json!({ "user": KEY }), vec![("completion", "partner_key")]),
        (
            json!({ "user": "gpk_unknown" }),
            vec![("completion", "partner_key")],
        ),
        (
            json!({ "user": "u", "password": KEY }),
            vec![("completion", "partner_key")],
        ),
        (
            json!({ "user": "a:b", "password": "password" }),
            vec![("completion.user", "colon")],
        ),
        (
            json!({ "user": "a\n:", "password": "p\r\n" }),
            vec![
                ("completion.user", "colon"),
                ("completion.user", "control_character"),
                ("completion.password", "control_character"),
            ],
        ),
        (
            json!({ "user": "u\u{200b}", "password": "password\u{feff}" }),
            vec![
                ("completion.user", "hidden_character"),
                ("completion.password", "hidden_character"),
            ],
        ),
        (
            json!({ "user": "u ", "password": "pass" }),
            vec![
                ("completion.user", "blank"),
                ("completion.password", "too_short"),
            ],
        ),
        (
            json!({ "user": "u1" }),
            vec![("completion.user", "too_short")],
        ),
    ] {
        let refused = change(&world, "assessments", json!({ "completion": completion })).await;
        assert_eq!(
            (refused.status, &*refused.code()),
            (422, "cannot_work"),
            "{completion}"
        );
        let refused = refused.json();
        let problems = refused["error"]["problems"].as_array().unwrap();
        let reported: Vec<(&str, &str)> = problems
            .iter()
            .map(|problem| {
                (
                    problem["member"].as_str().unwrap(),
                    problem["code"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(reported, codes, "{completion}");
        assert!(
            problems
                .iter()
                .all(|problem| !problem["remedy"].as_str().unwrap().is_empty())
        );
    }
    let other = world.store.account(&world.other).await.unwrap().unwrap();
    let theirs = json!({ "secrets": ["a secret"], "hook_key": HOOK });
    let refused = change_as(&world, &world.other, "sync", theirs).await;
    assert_eq!((refused.status, &*refused.code()), (422, "cannot_work"));
    assert_eq!(refused.json()["error"]["problems"][0]["code"], "taken");
    assert_eq!(
        world.store.account(&world.other).await.unwrap().unwrap(),
        other
    );
    assert_eq!(stored(&world).await, before);
}

#[tokio::test]
async fn malformed_settings_are_refused_without_showing_values() {
    let world = World::new();
    let before = stored(&world).await;
    for (part, form, member) in [
        ("assessments", json!("canary"), ""),
        ("assessments", json!({ "enabled": "canary" }), "enabled"),
        ("assessments", json!({ "surprise": 1 }), "surprise"),
        (
            "assessments",
            json!({ "completion": "canary" }),
            "completion",
        ),
        (
            "assessments",
            json!({ "completion": { "user": 5 } }),
            "completion.user",
        ),
        (
            "assessments",
            json!({ "completion": { "user": "u", "surprise": 1 } }),
            "",
        ),
        (
            "assessments",
            json!({ "thresholds": { "strong_yes": 1 } }),
            "thresholds",
        ),
        ("assessments", json!({ "partner_keys": [] }), ""),
        ("sync", json!({ "hook_key": "canary" }), "hook_key"),
        (
            "sync",
            json!({ "hook_key": "canary/canary/canary" }),
            "hook_key",
        ),
        ("sync", json!({ "secrets": [] }), "secrets"),
        ("sync", json!({ "secrets": [""] }), "secrets"),
        ("sync", json!({ "secrets": "canary" }), "secrets"),
        ("sync", json!({ "secrets": [5] }), "secrets[0]"),
        (
            "sync",
            json!({ "secrets": [{ "kept": 0, "surprise": 1 }] }),
            "secrets[0]",
        ),
        (
            "sync",
            json!({ "secrets": ["canary", { "kept": 1 }] }),
            "secrets[1].kept",
        ),
        (
            "sync",
            json!({ "secrets": ["1", "2", "3", "4", "5", "6"] }),
            "secrets",
        ),
    ] {
        let refused = change(&world, part, form.clone()).await;
        assert_eq!(
            (refused.status, &*refused.code()),
            (422, "bad_body"),
            "{form}"
        );
        let reported = refused.json()["error"]["member"].clone();
        assert!(
            reported.as_str().unwrap().starts_with(member),
            "{form}: {reported}"
        );
        let message = refused.json()["error"]["message"].clone();
        assert!(!message.to_string().contains("canary"), "{message}");
    }
    assert_eq!(stored(&world).await, before);
    let first = json!({ "secrets": null });
    let stranger = change_as(&world, &world.other, "sync", first).await;
    assert_eq!(stranger.json()["error"]["member"], "secrets");
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let world = World::new();
    let shown = get(&world, "sync").await.json();
    assert_eq!(
        operate(&world, &world.account, "POST", "keys", "")
            .await
            .status,
        201
    );
    let refused = put(&world, "sync", &shown).await;
    assert_eq!((refused.status, &*refused.code()), (409, "stale_version"));
    let now = shown["version"].as_u64().unwrap() + 1;
    assert_eq!(refused.json()["error"]["version"], now);

    let unknown = AccountId::new("unknown");
    for part in ["assessments", "sync"] {
        let path = format!("settings/{part}");
        assert_eq!(
            operate(&world, &unknown, "GET", &path, "").await.status,
            404
        );
        assert_eq!(
            operate(&world, &world.account, "POST", &path, "")
                .await
                .status,
            405
        );
        // The sync is not configured yet. That is not an error, and it can be configured from here.
        assert_eq!(
            operate(&world, &world.other, "GET", &path, "").await.status,
            200
        );
    }
    let unknown = operate(&world, &world.account, "GET", "settings/else", "").await;
    assert_eq!(unknown.status, 404);
}

/// For every failing store call the store has the old or the new settings, and a 200 means the new
/// ones.
#[tokio::test]
async fn no_store_failure_saves_settings_partially() {
    for how in [Failure::Before, Failure::After] {
        for call in 1.. {
            let world = World::new();
            let form = json!({ "version": 1, "settings": { "secrets": ["new-secret"] } });
            let before = stored(&world).await;
            world.failing_store.plan(Some(StoreFault {
                call,
                how,
                lasts: false,
            }));
            let saved = put(&world, "sync", &form).await;
            let after = stored(&world).await;
            let is_new = after != before;
            if world.failing_store.failed().is_none() {
                assert!(call > 2 && is_new, "the sweep has met the calls");
                assert_eq!(saved.status, 200);
                break;
            }
            assert_eq!(saved.status, 503, "{call}: {}", saved.text());
            assert!(!is_new || after.sync.unwrap().secrets()[0].expose() == "new-secret");
        }
    }
}

async fn stored(world: &World) -> AccountSettings {
    let record = world.store.account(&world.account).await.unwrap();
    record.unwrap().settings
}

async fn get(world: &World, part: &str) -> Answer {
    let path = format!("settings/{part}");
    operate(world, &world.account, "GET", &path, "").await
}

async fn put(world: &World, part: &str, body: &Value) -> Answer {
    let path = format!("settings/{part}");
    operate(world, &world.account, "PUT", &path, &body.to_string()).await
}

/// Saves settings at the current version.
async fn change(world: &World, part: &str, settings: Value) -> Answer {
    change_as(world, &world.account, part, settings).await
}

async fn change_as(world: &World, account: &AccountId, part: &str, settings: Value) -> Answer {
    let record = world.store.account(account).await.unwrap().unwrap();
    let body = json!({ "version": record.version, "settings": settings }).to_string();
    operate(world, account, "PUT", &format!("settings/{part}"), &body).await
}

async fn operate(
    world: &World,
    account: &AccountId,
    method: &str,
    path: &str,
    body: &str,
) -> Answer {
    let operator = OperatorService::new(world.store.clone(), vec![world.service.clone()]);
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/integrations/greenhouse/{path}"))
        .extension(account.clone())
        .body(Bytes::from(body.to_owned()));
    Answer::of(operator.handle(request.unwrap()).await)
}
