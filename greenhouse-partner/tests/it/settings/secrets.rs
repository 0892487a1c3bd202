//! Pasted secrets: refused if defective, shown in health if short.

use greenhouse_core::{
    HookKey,
    settings::SyncSettings,
    store::{Applied, Changes, Records, StoreWriter, Write},
};
use serde_json::{Value, json};

use super::{change, operate, stored};
use crate::support::{HOOK, World};

#[tokio::test]
async fn new_webhook_secrets_are_checked_and_stored_ones_can_be_rotated() {
    let world = World::new();
    let before = stored(&world).await;
    for (secret, code) in [
        ("   ", "missing"),
        ("s\n", "control_character"),
        ("canary-canary\r\n", "control_character"),
        ("x\u{200b}", "hidden_character"),
        ("canary-canary\u{202e}", "hidden_character"),
        (" canary-canary", "blank"),
        ("canary-canary\u{a0}", "blank"),
        ("a", "too_short"),
        ("canary", "too_short"),
    ] {
        let form = json!({ "secrets": [{ "kept": 0 }, secret] });
        let refused = change(&world, "sync", form).await;
        assert_eq!(
            (refused.status, &*refused.code()),
            (422, "cannot_work"),
            "{secret:?}"
        );
        assert!(!refused.text().contains("canary"), "{}", refused.text());
        let problem = refused.json()["error"]["problems"][0].clone();
        assert_eq!(
            (&problem["member"], &problem["code"]),
            (&json!("secrets[1]"), &json!(code))
        );
        assert!(!problem["remedy"].as_str().unwrap().is_empty(), "{problem}");
    }
    assert_eq!(stored(&world).await, before);

    // An earlier version accepted any secret.
    let mut record = world.store.account(&world.account).await.unwrap().unwrap();
    let old = SyncSettings::from_stored(HookKey::new(HOOK), vec!["a".into()]).unwrap();
    record.settings.sync = Some(old);
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
    let check = secret_check(&world).await.unwrap();
    assert_eq!(check["state"], "problem", "{check}");
    for (form, state) in [
        (json!(["twelve chars", { "kept": 0 }]), Some("problem")),
        (json!([{ "kept": 0 }]), Some("warning")),
        (json!(["sixteen and more"]), None),
    ] {
        let saved = change(&world, "sync", json!({ "secrets": form })).await;
        assert_eq!(saved.status, 200, "{form}: {}", saved.text());
        let check = secret_check(&world).await;
        let found = check.as_ref().map(|check| check["state"].as_str().unwrap());
        assert_eq!(found, state, "{form}");
        let remedy = check.map(|check| check["remedy"].as_str().unwrap().len());
        assert!(remedy.is_none_or(|length| length > 0), "{form}");
    }
}

/// The health check of the webhook secrets, if it is shown.
async fn secret_check(world: &World) -> Option<Value> {
    let health = operate(world, &world.account, "GET", "health", "")
        .await
        .json();
    let checks = health["checks"].as_array().unwrap().iter();
    let mut found = checks.filter(|check| check["name"] == "webhook_secret");
    found.next().cloned()
}
