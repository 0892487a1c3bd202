use greenhouse_core::{AccountId, store::Records};
use serde_json::{Value, json};

use crate::terminal::{CommandOutput, Terminal, account};

#[tokio::test]
async fn shown_settings_can_be_changed_and_saved() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let said = terminal.run_command(&["settings", "show", "acme"]);
    assert!(said.ok, "{said:?}");
    let mut shown: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(shown["version"], 1);
    let credential = json!({"client_id": "acme-1", "client_secret_set": true});
    assert_eq!(shown["settings"]["credential"], credential);
    shows_no_secret(&said);

    // The push is disabled, so that no request goes to Greenhouse.
    shown["settings"]["enabled"] = json!(false);
    shown["settings"]["tags"] = json!(["Assessed"]);
    let file = terminal.write("settings.json", &shown.to_string());
    let said = terminal.run_command(&["settings", "set", "acme", &file]);
    assert!(said.ok, "{said:?}");
    assert!(
        said.out.contains("account acme: saved, version 2"),
        "{said:?}"
    );
    let said = terminal.run_command(&["settings", "set", "acme", &file]);
    assert!(!said.ok, "{said:?}");
    for part in ["now at version 2", "axum-host settings show acme"] {
        assert!(said.err.contains(part), "{part}: {said:?}");
    }

    let store = terminal.store().await;
    let record = store.account(&AccountId::new("acme")).await.unwrap();
    let push = record.unwrap().settings.push.unwrap();
    assert_eq!(push.tags, ["Assessed"]);
    assert!(push.credential.client_secret().matches(b"canary-client"));
    store.close().await;
}

#[test]
fn invalid_settings_are_explained_and_not_saved() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let set = |text: &str| {
        let file = terminal.write("settings.json", text);
        terminal.run_command(&["settings", "set", "acme", &file])
    };
    let off = |member: &str, value: Value| {
        let mut settings = json!({"enabled": false, "credential": {"client_id": "acme-1"}});
        settings[member] = value;
        json!({"version": 1, "settings": settings}).to_string()
    };
    for (text, expected) in [
        ("{".to_owned(), "not JSON"),
        ("{\"version\":1}".to_owned(), "settings"),
        (off("tags", json!("canary")), "tags: "),
        (off("surprise", json!("canary")), "surprise: "),
        (
            off("credential", json!({"client_id": "canary"})),
            "Harvest V3 (OAuth)",
        ),
        (
            off(
                "thresholds",
                json!({"strong_yes": 1, "yes": 60, "mixed": 40, "no": 20}),
            ),
            "thresholds: ",
        ),
    ] {
        let said = set(&text);
        assert!(!said.ok, "{text}");
        assert!(said.err.contains(expected), "{expected}: {said:?}");
        shows_no_secret(&said);
    }
    let missing = terminal.path("nowhere.json");
    let said = terminal.run_command(&["settings", "set", "acme", &missing]);
    assert!(!said.ok && said.err.contains("nowhere.json"), "{said:?}");
    for command in ["show", "check"] {
        let said = terminal.run_command(&["settings", command, "unknown"]);
        assert!(
            !said.ok && said.err.contains("no account unknown"),
            "{said:?}"
        );
    }
    let said = terminal.run_command(&["settings", "show", "acme"]);
    assert!(said.out.contains("\"version\": 1"), "{said:?}");
}

#[test]
fn an_unconfigured_push_cannot_be_checked() {
    let terminal = Terminal::new();
    let text = account("acme");
    let (head, rest) = text.split_once("[accounts.push]").unwrap();
    let (_, sync) = rest.split_once("[accounts.sync]").unwrap();
    assert!(terminal.apply(&format!("{head}[accounts.sync]{sync}")).ok);
    let said = terminal.run_command(&["settings", "check", "acme"]);
    assert!(
        !said.ok && said.err.contains("no push settings"),
        "{said:?}"
    );
    let said = terminal.run_command(&["settings", "show", "acme"]);
    assert!(
        said.ok && said.out.contains("\"settings\": null"),
        "{said:?}"
    );
}

#[tokio::test]
async fn the_settings_of_every_direction_are_shown_and_set() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let show = |of: &str| {
        let said = terminal.run_command(&["settings", "show", "acme", "--of", of]);
        assert!(said.ok, "{said:?}");
        shows_no_secret(&said);
        serde_json::from_str::<Value>(&said.out).unwrap()
    };
    let set = |of: &str, settings: &Value| {
        let file = terminal.write("settings.json", &settings.to_string());
        terminal.run_command(&["settings", "set", "acme", "--of", of, &file])
    };
    let mut assessments = show("assessments");
    assert_eq!(assessments["settings"], Value::Null);
    assessments["settings"] =
        json!({"completion": {"user": "canary-user", "password": "canary-password"}});
    assert!(set("assessments", &assessments).ok);
    let mut assessments = show("assessments");
    let completion = json!({"user_set": true, "password_set": true});
    assert_eq!(assessments["settings"]["completion"], completion);
    let checked = terminal.run_command(&["settings", "check", "acme", "--of", "assessments"]);
    assert!(
        checked.ok
            && checked
                .out
                .contains("no problems in the assessment settings"),
        "{checked:?}"
    );

    assessments["settings"]["completion"] = json!({"user": "gpk_canary"});
    let refused = set("assessments", &assessments);
    assert!(
        !refused.ok && refused.out.contains("This is a partner key"),
        "{refused:?}"
    );
    shows_no_secret(&refused);

    let mut sync = show("sync");
    assert_eq!(sync["settings"]["secrets"], json!([{"kept": 0}]));
    sync["settings"]["secrets"] = json!(["canary-new", {"kept": 0}]);
    assert!(set("sync", &sync).ok);
    let stale = set("sync", &sync);
    let expected = "axum-host settings show acme --of sync";
    assert!(!stale.ok && stale.err.contains(expected), "{stale:?}");

    let store = terminal.store().await;
    let record = store.account(&AccountId::new("acme")).await.unwrap();
    let settings = record.unwrap().settings;
    let completion = settings.assessments.unwrap().completion.unwrap();
    assert!(completion.user.matches(b"canary-user"));
    let secrets = settings.sync.unwrap();
    let secrets: Vec<&str> = secrets
        .secrets()
        .iter()
        .map(|secret| secret.expose())
        .collect();
    assert_eq!(secrets, ["canary-new", "canary-webhook-secret"]);
    store.close().await;
}

fn shows_no_secret(said: &CommandOutput) {
    assert!(!format!("{said:?}").contains("canary"), "{said:?}");
}
