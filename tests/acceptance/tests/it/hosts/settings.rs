//! An operator's changes take effect with the next request.

use greenhouse_core::Secret;
use reqwest::Method;
use serde_json::{Value, json};
use server::demo::Demo;

use super::{
    http::{answer, request, signature},
    setup::Setup,
};

/// Sets up assessments for an account without settings: saves settings, creates a key, and sends a
/// request from Greenhouse with the key.
pub(crate) async fn assessments_are_set_up_with_the_endpoints(setup: Setup) {
    let stage = setup.stage().await;
    let shown = ask(&stage, "GET", "settings/assessments", None).await.1;
    assert_eq!(shown["settings"], Value::Null);
    let (status, refused) = ask(&stage, "POST", "keys", None).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("not_configured"))
    );
    let form = json!({ "version": shown["version"], "settings": {} });
    let (status, saved) = ask(&stage, "PUT", "settings/assessments", Some(&form)).await;
    assert_eq!((status, &saved["settings"]["enabled"]), (200, &json!(true)));
    let minted = ask(&stage, "POST", "keys", None).await.1;
    let key = Secret::new(minted["key"].as_str().unwrap());
    assert_eq!(list_tests(&stage, &key).await, 200);
    stage.stop().await.unwrap();
}

pub(crate) async fn settings_and_keys_take_effect_at_once(setup: Setup) {
    let stage = setup.stage().await;
    let listed = ask(&stage, "GET", "keys", None).await.1;
    let id = listed["keys"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list_tests(&stage, &stage.partner_key).await, 200);
    let rotated = ask(&stage, "POST", &format!("keys/{id}/rotate"), None).await;
    assert_eq!(rotated.0, 201);
    let new = Secret::new(rotated.1["key"].as_str().unwrap());
    for key in [&new, &stage.partner_key] {
        assert_eq!(
            list_tests(&stage, key).await,
            200,
            "both keys are valid during the overlap"
        );
    }
    assert_eq!(
        ask(&stage, "DELETE", &format!("keys/{id}"), None).await.0,
        200
    );
    assert_eq!(list_tests(&stage, &stage.partner_key).await, 401);
    assert_eq!(list_tests(&stage, &new).await, 200);
    for (enabled, status) in [(false, 404), (true, 200)] {
        change(&stage, "assessments", "enabled", json!(enabled)).await;
        assert_eq!(list_tests(&stage, &new).await, status, "{enabled}");
    }

    let (old, secret) = &stage.hook;
    let old = old.strip_prefix(&stage.host_url).unwrap();
    assert_eq!(ping(&stage, old, secret).await, 200);
    change(
        &stage,
        "sync",
        "secrets",
        json!(["another-secret", { "kept": 0 }]),
    )
    .await;
    let another = Secret::new("another-secret");
    for secret in [secret, &another] {
        assert_eq!(
            ping(&stage, old, secret).await,
            200,
            "both secrets are valid during a rotation"
        );
    }
    change(&stage, "sync", "secrets", json!([{ "kept": 0 }])).await;
    assert_eq!(ping(&stage, old, secret).await, 401);
    assert_eq!(ping(&stage, old, &another).await, 200);
    let key = "a-hook-key-of-this-test";
    change(&stage, "sync", "hook_key", json!(key)).await;
    assert_eq!(ping(&stage, old, &another).await, 404);
    let own = format!("api/webhooks/greenhouse/{key}");
    assert_eq!(ping(&stage, &own, &another).await, 200);
    stage.stop().await.unwrap();
}

pub(crate) async fn an_account_is_switched_off_and_removed(setup: Setup) {
    let stage = setup.stage().await;
    let (hook, secret) = &stage.hook;
    let hook = hook.strip_prefix(&stage.host_url).unwrap();
    for (enabled, tests, delivered) in [(false, 404, 404), (true, 200, 200)] {
        let body = json!({ "enabled": enabled });
        let (status, shown) = ask(&stage, "PUT", "account", Some(&body)).await;
        assert_eq!((status, &shown["enabled"]), (200, &json!(enabled)));
        assert_eq!(list_tests(&stage, &stage.partner_key).await, tests);
        assert_eq!(ping(&stage, hook, secret).await, delivered);
        let (status, health) = ask(&stage, "GET", "health", None).await;
        let checks = health["checks"].as_array().unwrap();
        let warns = checks.iter().any(|check| check["name"] == "account");
        assert_eq!((status, warns), (200, !enabled), "{health}");
    }
    let (status, removed) = ask(&stage, "DELETE", "account", None).await;
    assert_eq!((status, &removed["state"]), (200, &json!("removed")));
    // Greenhouse and operators receive the response for an unknown account.
    assert_eq!(list_tests(&stage, &stage.partner_key).await, 401);
    assert_eq!(ping(&stage, hook, secret).await, 404);
    for path in ["health", "account", "sync-log"] {
        assert_eq!(ask(&stage, "GET", path, None).await.0, 401, "{path}");
    }
    stage.stop().await.unwrap();
}

/// An administrator reads what to set up in Greenhouse for the push.
pub(crate) async fn the_set_up_of_the_push_is_shown(setup: Setup) {
    let stage = setup.stage().await;
    let (status, shown) = ask(&stage, "GET", "set-up/push", None).await;
    assert_eq!(status, 200, "{shown}");
    let push = &shown["push"];
    let scopes = push["scopes"].as_array().unwrap();
    let text = push["text"].as_str().unwrap();
    assert!(scopes.contains(&json!("harvest:candidates:list")), "{push}");
    for scope in scopes {
        assert!(text.contains(scope.as_str().unwrap()), "{scope}: {text}");
    }
    assert_eq!(
        (&push["enabled"], &push["is_partner_app"]),
        (&json!(true), &json!(false))
    );
    let settings = ask(&stage, "GET", "settings/push", None).await.1;
    let secret = settings["settings"]["credential"]["client_secret"].as_str();
    assert_eq!(secret, None, "{settings}");
    assert_eq!(
        push["acting_user"], settings["settings"]["acting_user"],
        "{push}"
    );
    assert_eq!(ask(&stage, "POST", "set-up/push", None).await.0, 405);

    let removed = json!({ "version": settings["version"], "settings": null });
    let (status, saved) = ask(&stage, "PUT", "settings/push", Some(&removed)).await;
    assert_eq!(status, 200, "{saved}");
    let (status, shown) = ask(&stage, "GET", "set-up/push", None).await;
    assert_eq!((status, &shown["push"]), (200, &Value::Null), "{shown}");
    let scopes = shown["default_scopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("harvest:candidates:create")));
    stage.stop().await.unwrap();
}

/// Changes one member of the shown settings and saves them.
async fn change(stage: &Demo, part: &str, member: &str, value: Value) {
    let path = format!("settings/{part}");
    let (status, mut shown) = ask(stage, "GET", &path, None).await;
    assert_eq!(status, 200, "{shown}");
    shown["settings"][member] = value;
    let (status, saved) = ask(stage, "PUT", &path, Some(&shown)).await;
    assert_eq!(status, 200, "{saved}");
}

async fn ask(stage: &Demo, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let path = format!("/api/integrations/greenhouse/{path}");
    let answer = stage.client.ask(method, &path, body).await.unwrap();
    (answer.status, answer.body)
}

async fn list_tests(stage: &Demo, key: &Secret) -> u16 {
    let request = request(stage, Method::GET, "api/greenhouse/list-tests");
    answer(request.basic_auth(key.expose(), Some(""))).await.0
}

async fn ping(stage: &Demo, path: &str, secret: &Secret) -> u16 {
    let body = r#"{"action":"ping","payload":{"web_hook_id":7}}"#;
    let request = request(stage, Method::POST, path).body(body);
    let signed = request.header("Signature", signature(secret, body.as_bytes()));
    answer(signed).await.0
}
