use axum_host::Axum;
use greenhouse_core::AccountId;
use serde_json::{Value, json};
use server::{
    accounts::AccountConfig,
    databases,
    keys::{KeyPurpose, NewKey},
};

use crate::{
    operator::{enter_token, open},
    page::Page,
    stage::Stage,
};

/// A user of a second account sends the ids of the first one.
pub(super) async fn foreign_ids(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let failed = failed(&stage).await;
    let entry = failed["id"].to_string();
    let assessment = failed["assessment"].as_str().unwrap();
    let keys = stage.ask("GET", "keys", None).await.1;
    let key = keys["keys"][0]["id"].as_str().unwrap();
    let before = state(&stage).await;

    let token = NewKey::new(KeyPurpose::Operator).unwrap();
    let second = AccountConfig::new(AccountId::new("second"), token.digest.into_iter().collect());
    databases::set_up(&stage.demo().config, &[second], None)
        .await
        .unwrap();
    page.goto(stage.url("/console")).await;
    enter_token(&page, token.key.expose()).await;
    page.find("button", "Set up assessments").await;
    page.submit("form[action$='set-up']", &[]).await;

    for (address, expected) in [
        (format!("activity/{entry}"), 404),
        (format!("activity/{entry}/state"), 404),
        (format!("button/{assessment}"), 404),
        (format!("activity/{entry}/unknown"), 404),
    ] {
        assert_eq!(send(&page, "GET", &address).await, expected, "{address}");
    }
    for address in [
        format!("activity/{entry}/retry"),
        format!("activity/{entry}/push"),
        format!("button/{assessment}"),
    ] {
        assert_eq!(send(&page, "POST", &address).await, 404, "{address}");
    }
    for action in ["revoke", "rotate"] {
        let address = format!("assessments/keys/{key}/{action}");
        let status = send(&page, "POST", &address).await;
        assert!([404, 422].contains(&status), "{address}: {status}");
    }
    open(&page, &stage, &format!("activity/{entry}")).await;
    page.find("heading", "Page not found").await;
    open(&page, &stage, "activity").await;
    page.wait_for_text("Nothing was exchanged with Greenhouse yet.")
        .await;
    open(&page, &stage, &format!("activity?assessment={assessment}")).await;
    page.wait_for_text("No entry matches these filters.").await;
    open(&page, &stage, "assessments").await;
    let unknown = [("assessment", Some(assessment))];
    page.submit("form[action$='report-links']", &unknown).await;
    page.wait_for_text("The product does not have this assessment.")
        .await;
    assert_eq!(state(&stage).await, before);
    stage.stop().await;
}

async fn failed(stage: &Stage) -> Value {
    stage.fail_next("POST", "/v3/candidates", 422);
    let failed = stage.completed("Lena", "Vogt", 91.0).await;
    let entry = stage.settled(&failed).await;
    assert_eq!(entry["status"], "failed");
    entry
}

async fn state(stage: &Stage) -> Value {
    let mut state = Vec::new();
    for path in [
        "settings/assessments",
        "settings/push",
        "keys",
        "account",
        "sync-log",
    ] {
        state.push(stage.ask("GET", path, None).await.1);
    }
    json!(state)
}

/// Sends a request as a page of the console. Returns the status.
async fn send(page: &Page, method: &str, address: &str) -> u64 {
    let script = "return fetch(`/console/${arguments[1]}`, { method: arguments[0], \
        redirect: 'manual' }).then((response) => response.status)";
    let status = page.js(script, vec![method.into(), address.into()]).await;
    status.as_u64().unwrap()
}
