use serde_json::{Value, json};

use super::Messages;
use crate::terminal::{Terminal, account};

#[test]
fn invalid_settings_documents_are_explained() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let with = |member: &str, value: Value| {
        let mut settings = json!({"enabled": false, "credential": {"client_id": "acme-1"}});
        settings[member] = value;
        json!({"version": 1, "settings": settings}).to_string()
    };
    let mut messages = Messages::default();
    for (document, expected) in [
        (
            "{".to_owned(),
            "the file DIR/settings.json: not JSON: an object has no closing `}` (line 1, column 1)",
        ),
        (
            "{\"version\": 1}".to_owned(),
            "the file DIR/settings.json: `settings` is missing (line 1, column 14)",
        ),
        (
            "{\"version\": \"1\", \"settings\": {}}".to_owned(),
            "the file DIR/settings.json: version: expected a whole number, 0 or more, got a string (line 1, column 15)",
        ),
        (
            "{\"version\": 1, \"settings\": {},}".to_owned(),
            "the file DIR/settings.json: not JSON: remove the comma before the closing bracket (line 1, column 31)",
        ),
        (
            with("tags", json!("Assessed")),
            "the file DIR/settings.json: tags: expected an array, got a string",
        ),
        (with("surprise", json!(1)), "the file DIR/settings.json: surprise: unknown member, expected one of `enabled`, `credential`, `acting_user`, `trigger`, `invited_results`, `stage_tests`, `status_field`, `rules`, `thresholds`, `mixed_overall`, `jobs`, `scorecard`, `fields`, `note_visibility`, `report_attachment`, `report_visibility`, `source`, `tags`, `move_existing`, `from_stage`"),
        (with("trigger", json!({"kind": "sometimes"})), "the file DIR/settings.json: trigger.kind: expected one of `manual`, `on_complete`, `on_score`"),
        (with("mixed_overall", json!("sometimes")), "the file DIR/settings.json: mixed_overall: expected one of `no_decision`, `yes`, `no`"),
        (
            with("thresholds", json!({"strong_yes": 1, "yes": 60, "mixed": 40, "no": 20})),
            "the file DIR/settings.json: thresholds: the bound for Strong Yes (1) must be above the bound for Yes (60)",
        ),
        (with("credential", json!({"client_id": "canary"})), "the file DIR/settings.json: credential: the client secret is missing; if this is a Harvest v1 key, create a credential of type \"Harvest V3 (OAuth)\" under Configure > Dev Center > API Credential Management, because Greenhouse removed v1 and v2 on 31 August 2026"),
        (
            json!({"version": 9, "settings": {"enabled": false}}).to_string(),
            "account acme: the account has changed since it was read; it is now at version 1; edit the output of `axum-host settings show acme --of push`",
        ),
        (
            json!({"version": 9, "settings": {"enabled": false, "credential": {"client_id": "acme-1"}}})
                .to_string(),
            "account acme: the account has changed since it was read; it is now at version 1; edit the output of `axum-host settings show acme --of push`",
        ),
    ] {
        let file = terminal.write("settings.json", &document);
        let output = terminal.run_command(&["settings", "set", "acme", &file]);
        messages.compare(&terminal, &output, expected);
    }
    let missing = terminal.path("nowhere.json");
    let output = terminal.run_command(&["settings", "set", "acme", &missing]);
    let expected =
        "the file DIR/nowhere.json cannot be read: the file does not exist; check the path";
    messages.compare(&terminal, &output, expected);
    messages.finish();
}
