use serde_json::{Value, json};

use crate::{
    assessments::input,
    stage::{Shown, Stage},
};

#[tokio::test]
async fn webhooks_are_set_up_with_one_button() {
    let stage = Stage::empty().await;
    let before = stage.get("/push").await.section("sync");
    assert!(before.contains("Set up webhooks") && !before.contains("data-event"));
    let set_up = stage.save("/push", "/push/sync/set-up", &[]).await;
    assert_eq!(set_up.status, 200);
    let secret = set_up.secret().unwrap();
    assert_eq!(secret.len(), 64);
    assert!(secret.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let settings = stage.settings("sync").await;
    assert_eq!(settings["enabled"], true);
    assert_eq!(settings["secrets"], json!([{ "kept": 0 }]));

    let page = stage.get("/push").await;
    assert!(!page.body.contains(&secret) && page.secret().is_none());
    let section = page.section("sync");
    assert_eq!(section.matches("data-event=").count(), 10);
    assert_eq!(section.matches("data-state=\"never\"").count(), 10);
    assert!(section.contains("1 secret is accepted"));
    assert!(!section.contains("Stop accepting the previous one"));
    let address = address(&page);
    assert!(section.contains(&format!("<code class=\"gh-copy-value\">{address}</code>")));

    assert_eq!(stage.deliver(&address, &secret, hired(1)).await, 200);
    let row = "data-event=\"hire_candidate\" data-state=\"ok\"";
    let heard = stage.wait_for("/push", row).await;
    let row = heard.part(row, "</tr>");
    assert!(row.contains("Received</span>") && row.contains("<time datetime="));
}

#[tokio::test]
async fn a_rotation_accepts_both_secrets_until_it_ends() {
    let (stage, first) = with_webhooks().await;
    let keep = ("keep_beside_generated", "true");
    let rotated = stage.save("/push", "/push/sync/generate", &[keep]).await;
    let second = rotated.secret().unwrap();
    assert_ne!(first, second);
    let section = rotated.section("sync");
    assert!(section.contains("2 secrets are accepted"));
    assert!(section.contains("Stop accepting the previous one"));
    let address = address(&rotated);
    assert_eq!(stage.deliver(&address, &first, hired(1)).await, 200);
    assert_eq!(stage.deliver(&address, &second, hired(2)).await, 200);

    let stopped = stage.save("/push", "/push/sync/stop-previous", &[]).await;
    let location = stopped.location.as_deref();
    assert_eq!(location, Some("/mounted/push?saved=sync#sync"));
    assert!(
        stage
            .get("/push")
            .await
            .section("sync")
            .contains("1 secret is accepted")
    );
    assert_eq!(stage.deliver(&address, &second, hired(3)).await, 200);
    assert_eq!(stage.deliver(&address, &first, hired(4)).await, 401);
    let row = "data-event=\"hire_candidate\" data-state=\"wrong_signature\"";
    let refused = stage.wait_for("/push", row).await;
    let row = refused.part(row, "</tr>");
    assert!(row.contains("Wrong signature</span> Refused: <time"));
    assert!(row.contains("Enter the current secret in this webhook"));
}

#[tokio::test]
async fn a_secret_of_the_users_own_replaces_the_stored_one() {
    let (stage, first) = with_webhooks().await;
    let own = "a secret from a password manager";
    let saved = stage
        .save("/push", "/push/sync/secret", &[("secrets", own)])
        .await;
    assert_eq!(saved.status, 303);
    let page = stage.get("/push").await;
    assert!(!page.body.contains(own));
    assert!(page.section("sync").contains("1 secret is accepted"));
    assert_eq!(stage.deliver(&address(&page), own, hired(1)).await, 200);
    assert_eq!(stage.deliver(&address(&page), &first, hired(2)).await, 401);

    let kept = [
        ("secrets", "another secret of our own"),
        ("keep_beside_entered", "true"),
    ];
    stage.save("/push", "/push/sync/secret", &kept).await;
    let stored = stage.settings("sync").await;
    assert_eq!(stored["secrets"].as_array().unwrap().len(), 2);
    assert_eq!(stage.deliver(&address(&page), own, hired(3)).await, 200);
}

#[tokio::test]
async fn a_refused_secret_is_explained_at_its_field_and_not_repeated() {
    let (stage, first) = with_webhooks().await;
    for (typed, code) in [
        ("short\u{200b}er secret", "hidden_character"),
        ("ab3x", "too_short"),
    ] {
        let refused = stage
            .save("/push", "/push/sync/secret", &[("secrets", typed)])
            .await;
        assert_eq!(refused.status, 422);
        let problems = refused.part("id=\"gh-secrets-problems\"", "</ul>");
        assert!(
            problems.contains(&format!("data-code=\"{code}\"")),
            "{problems}"
        );
        assert!(!refused.body.contains(typed));
        // The user switched off "Also accept the previous secret", and the other form is untouched.
        assert!(!input(&refused, "keep_beside_entered").contains(" checked"));
        assert!(input(&refused, "keep_beside_generated").contains(" checked"));
        assert!(input(&refused, "sync.enabled").contains(" checked"));
    }
    let empty = stage
        .save("/push", "/push/sync/secret", &[("secrets", "")])
        .await;
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("id=\"gh-secrets-problems\""));
    let page = stage.get("/push").await;
    assert_eq!(stage.deliver(&address(&page), &first, hired(1)).await, 200);
}

#[tokio::test]
async fn a_delivery_without_a_known_event_is_listed_apart() {
    let (stage, _) = with_webhooks().await;
    let address = address(&stage.get("/push").await);
    assert_eq!(
        stage.deliver(&address, "another secret", json!({})).await,
        401
    );
    let page = stage
        .wait_for("/push", "data-refused=\"wrong_signature\"")
        .await;
    assert!(
        page.section("sync")
            .contains("Refused deliveries whose event is unknown")
    );
}

#[tokio::test]
async fn webhooks_are_switched_and_removed() {
    let (stage, _) = with_webhooks().await;
    let removal = stage.get("/push").await.section("sync");
    assert!(removal.contains("action=\"/mounted/push/sync/remove\""));
    let saved = stage
        .save("/push", "/push/sync/enabled", &[("sync.switch", "true")])
        .await;
    assert_eq!(saved.status, 303);
    assert_eq!(stage.settings("sync").await["enabled"], false);
    assert!(!input(&stage.get("/push").await, "sync.enabled").contains(" checked"));
    let on = [("sync.switch", "true"), ("sync.enabled", "true")];
    stage.save("/push", "/push/sync/enabled", &on).await;
    let settings = stage.settings("sync").await;
    assert_eq!(settings["enabled"], true);
    assert_eq!(settings["invited_applications"], false);
    let both = [on[0], on[1], ("sync.invited", "true")];
    stage.save("/push", "/push/sync/enabled", &both).await;
    let settings = stage.settings("sync").await;
    assert_eq!(settings["invited_applications"], true);
    assert!(input(&stage.get("/push").await, "sync.invited").contains(" checked"));
    assert_eq!(settings["secrets"], json!([{ "kept": 0 }]));

    let removed = stage.save("/push", "/push/sync/remove", &[]).await;
    assert_eq!(removed.status, 303);
    assert_eq!(stage.settings("sync").await, Value::Null);
    assert!(
        stage
            .get("/push")
            .await
            .section("sync")
            .contains("Set up webhooks")
    );
}

#[tokio::test]
async fn a_stale_form_changes_nothing() {
    let (stage, first) = with_webhooks().await;
    let version = stage.get("/push").await.version();
    let on = [("sync.switch", "true"), ("sync.enabled", "true")];
    stage.save("/push", "/push/sync/enabled", &on).await;
    let typed = "a secret from a stale page";
    for (form, fields) in [
        ("/push/sync/secret", vec![("secrets", typed)]),
        ("/push/sync/generate", vec![]),
        ("/push/sync/enabled", vec![("sync.switch", "true")]),
        ("/push/sync/remove", vec![]),
        ("/push/sync/set-up", vec![]),
    ] {
        let mut fields = fields;
        fields.push(("version", &version));
        let stale = stage.post(form, &fields).await;
        assert_eq!(stale.status, 409, "{form}");
        let section = stale.section("sync");
        assert!(section.contains("Load the current settings"), "{form}");
        assert!(section.contains("href=\"/mounted/push#sync\""), "{form}");
        assert!(!stale.body.contains(typed) && stale.secret().is_none());
        let switched_off = form.ends_with("enabled");
        let is_checked = input(&stale, "sync.enabled").contains(" checked");
        assert_eq!(is_checked, !switched_off, "{form}");
    }
    let page = stage.get("/push").await;
    assert_eq!(stage.deliver(&address(&page), &first, hired(1)).await, 200);
}

#[tokio::test]
async fn the_obstacle_of_an_address_without_https_is_shown() {
    let stage = Stage::empty_at("http://assess.example.com").await;
    stage.save("/push", "/push/sync/set-up", &[]).await;
    let obstacle = "Greenhouse calls only https addresses.";
    assert!(stage.get("/push").await.section("sync").contains(obstacle));
    let (stage, _) = with_webhooks().await;
    assert!(!stage.get("/push").await.section("sync").contains(obstacle));
}

async fn with_webhooks() -> (Stage, String) {
    let stage = Stage::empty().await;
    let set_up = stage.save("/push", "/push/sync/set-up", &[]).await;
    let secret = set_up.secret().unwrap();
    (stage, secret)
}

/// The webhook address on the page.
fn address(page: &Shown) -> String {
    let section = page.section("sync");
    let (_, rest) = section.split_once("data-copy=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// A webhook about an application that was never pushed.
fn hired(application: i64) -> Value {
    json!({
        "action": "hire_candidate",
        "payload": { "application": { "id": application, "candidate": { "id": 7 } } },
    })
}
