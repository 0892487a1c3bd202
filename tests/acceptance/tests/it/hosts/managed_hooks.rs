//! Webhooks that the server creates in Greenhouse.

use std::collections::BTreeSet;

use greenhouse_core::webhook::HookEvent;
use mock_greenhouse::{Hook, HookForm};
use serde_json::{Value, json};
use server::demo::Demo;

use super::setup::Setup;

pub(crate) async fn webhooks_are_created_repaired_and_removed(setup: Setup) {
    let stage = setup.stage().await;
    for hook in stage.greenhouse.hooks() {
        stage.greenhouse.delete_hook(hook.id).unwrap();
    }
    // The same address without the hook key belongs to another receiver.
    let foreign = HookForm::new(
        "hire_candidate",
        format!("{}/hook", stage.host_url),
        "other",
    );
    let foreign = stage.greenhouse.add_hook_with(foreign).await.unwrap();
    let (status, shown) = ask(&stage, "GET", None).await;
    assert_eq!(
        (status, &shown["management"]["permission"]["allowed"]),
        (200, &json!(true))
    );
    assert_eq!(shown["management"]["hooks"], json!([]));

    let (status, created) = post(&stage, "create").await;
    assert_eq!(
        (status, results(&created)),
        (200, BTreeSet::from(["created".to_owned()]))
    );
    assert_eq!(created["foreign"], 1);
    assert!(stage.greenhouse.settle().await);
    let made = own(&stage, &foreign);
    let actions: BTreeSet<_> = made.iter().map(|hook| hook.action.as_str()).collect();
    let wanted: BTreeSet<_> = HookEvent::ALL.iter().map(|event| event.action).collect();
    assert_eq!((actions, made.len()), (wanted, wanted_count()));
    let (address, _) = &stage.hook;
    for hook in &made {
        assert!(hook.active, "the ping of {} failed", hook.action);
        assert_eq!((&hook.url, hook.max_attempts), (address, 7));
    }

    // A second call changes nothing.
    let (status, again) = post(&stage, "create").await;
    assert_eq!(
        (status, results(&again)),
        (200, BTreeSet::from(["ok".to_owned()]))
    );
    assert_eq!(own(&stage, &foreign), made);

    // Greenhouse disables a webhook whose ping fails, and another was deleted.
    let (disabled, deleted) = (&made[0], &made[1]);
    let form = HookForm::default().with_active(false);
    stage
        .greenhouse
        .change_hook(disabled.id, form)
        .await
        .unwrap();
    stage.greenhouse.delete_hook(deleted.id).unwrap();
    let (_, checked) = post(&stage, "check").await;
    let of = |report: &Value, action: &str| {
        let mut hooks = report["hooks"].as_array().unwrap().iter();
        hooks.find(|hook| hook["action"] == action).unwrap().clone()
    };
    let found = of(&checked, &disabled.action);
    assert_eq!(
        (&found["result"], &found["defects"]),
        (&json!("defective"), &json!(["disabled"]))
    );
    let health = stage.client.ask("GET", HEALTH, None).await.unwrap().body;
    let mut checks = health["checks"].as_array().unwrap().iter();
    let check = checks
        .find(|check| check["name"] == "managed_hooks")
        .unwrap();
    assert_eq!(check["state"], "problem", "{check}");
    let lines = check["lines"].to_string();
    assert!(lines.contains("The webhook is disabled."), "{lines}");

    let (_, repaired) = post(&stage, "repair").await;
    assert_eq!(of(&repaired, &disabled.action)["result"], "repaired");
    assert!(stage.greenhouse.settle().await);
    let after = own(&stage, &foreign);
    assert!(
        after
            .iter()
            .any(|hook| hook.id == disabled.id && hook.active),
        "{after:?}"
    );

    // Switching the webhooks off removes those that the server created.
    let path = "/api/integrations/greenhouse/settings/sync";
    let mut sync = stage.client.ask("GET", path, None).await.unwrap().body;
    sync["settings"]["enabled"] = json!(false);
    let saved = stage.client.ask("PUT", path, Some(&sync)).await.unwrap();
    assert_eq!(
        (saved.status, &saved.body["settings"]["enabled"]),
        (200, &json!(false))
    );
    let left: Vec<_> = stage
        .greenhouse
        .hooks()
        .iter()
        .map(|hook| hook.id)
        .collect();
    assert_eq!(left, [foreign.id]);
    let (_, shown) = ask(&stage, "GET", None).await;
    assert_eq!(shown["management"]["hooks"], json!([]));
    stage.stop().await.unwrap();
}

pub(crate) async fn a_missing_scope_leaves_the_checklist_and_names_the_remedy(setup: Setup) {
    let stage = setup.stage().await;
    let scope = "harvest:webhooks:create";
    stage.greenhouse.withhold_scope(scope, true);
    let before = stage.greenhouse.hooks();
    let (status, refused) = post(&stage, "create").await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("hooks_not_allowed")),
        "{refused}"
    );
    let texts = [&refused["error"]["message"], &refused["error"]["remedy"]];
    for text in texts {
        assert!(text.as_str().unwrap().contains(scope), "{refused}");
    }
    assert_eq!(stage.greenhouse.hooks(), before);

    // The events and steps for a person are still returned.
    let (status, shown) = ask(&stage, "GET", None).await;
    let hooks = shown["hooks"].as_array().unwrap();
    assert_eq!((status, hooks.len()), (200, wanted_count()));
    let set_up = "/api/integrations/greenhouse/set-up";
    let set_up = stage.client.ask("GET", set_up, None).await.unwrap().body;
    assert!(
        set_up["sync"]["text"]
            .as_str()
            .unwrap()
            .contains("Create Webhook")
    );

    for body in [
        json!({}),
        json!({ "action": "news" }),
        json!({ "action": "check", "x": 1 }),
    ] {
        let (status, refused) = ask(&stage, "POST", Some(&body)).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (422, &json!("bad_body"))
        );
    }
    stage.stop().await.unwrap();
}

async fn post(stage: &Demo, action: &str) -> (u16, Value) {
    ask(stage, "POST", Some(&json!({ "action": action }))).await
}

async fn ask(stage: &Demo, method: &str, body: Option<&Value>) -> (u16, Value) {
    let path = "/api/integrations/greenhouse/hooks";
    let answer = stage.client.ask(method, path, body).await.unwrap();
    (answer.status, answer.body)
}

/// Returns the webhooks that the server created.
fn own(stage: &Demo, foreign: &Hook) -> Vec<Hook> {
    let mut hooks = stage.greenhouse.hooks();
    hooks.retain(|hook| hook.id != foreign.id);
    for hook in &mut hooks {
        hook.last_delivered = None;
    }
    hooks
}

fn results(report: &Value) -> BTreeSet<String> {
    let hooks = report["hooks"].as_array().unwrap().iter();
    hooks
        .map(|hook| hook["result"].as_str().unwrap().to_owned())
        .collect()
}

fn wanted_count() -> usize {
    HookEvent::ALL.len()
}

const HEALTH: &str = "/api/integrations/greenhouse/health";
