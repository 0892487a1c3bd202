//! Events for which no webhook was sent.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{AccountId, Environment};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use serde_json::Value;
use server::{Host, HostEnvironment, demo::Demo};

use super::{directions::finished, setup::Setup};

/// Greenhouse disables a hook whose URL fails, and users can disable a hook, both without a
/// notification.
pub(crate) async fn events_of_a_disabled_hook_are_found_by_reconciliation(setup: Setup) {
    let stage = setup.stage().await;
    let id = finished(&stage, "account-executive", 90.0).await;
    let application = pushed(&stage, &id).await;
    for hook in stage.greenhouse.hooks() {
        stage.greenhouse.delete_hook(hook.id).unwrap();
    }
    // Timestamps have whole seconds. A change in the second of the push would be read twice.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let sent = stage.greenhouse.reject(application).await.unwrap();
    assert!(sent.is_empty(), "{sent:?}");
    assert_eq!(assessment(&stage, &id).await["outcome"], Value::Null);

    // A second host opens the same database, as a command does.
    let outside = HostEnvironment {
        environment: Environment::sandbox(stage.greenhouse.url()).unwrap(),
        transport: Arc::new(ReqwestTransport::direct().unwrap()),
        clock: Arc::new(SystemClock),
    };
    let host = Host::open(stage.config.clone(), outside).await.unwrap();
    let account = stage_account(&stage).await;
    let done = host.reconciliation().run(&account, |_| {}).await.unwrap();
    assert_eq!((done.compared, done.changed, done.doubted), (1, 1, 0));
    let again = host.reconciliation().run(&account, |_| {}).await.unwrap();
    assert_eq!((again.compared, again.changed), (1, 0));
    host.close().await;

    for _ in 0..200 {
        if assessment(&stage, &id).await["outcome"] == "rejected" {
            let log = format!("{LOG}?assessment={id}");
            let log = stage.client.ask("GET", &log, None).await.unwrap().body;
            let texts = log["entries"].as_array().unwrap().iter();
            let texts = texts.map(|entry| entry["text"].as_str().unwrap());
            let found =
                texts.filter(|text| text.contains("A comparison with Greenhouse found this"));
            assert_eq!(found.count(), 1, "{log}");
            stage.stop().await.unwrap();
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the product did not receive the outcome");
}

/// Returns the application to which the assessment was pushed.
pub(crate) async fn pushed(stage: &Demo, id: &str) -> i64 {
    for _ in 0..200 {
        let log = format!("{LOG}?assessment={id}");
        let log = stage.client.ask("GET", &log, None).await.unwrap().body;
        let entry = &log["entries"][0];
        if entry["status"] == "done" {
            return entry["application"].as_i64().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the push did not end");
}

pub(crate) async fn assessment(stage: &Demo, id: &str) -> Value {
    let list = stage.client.ask("GET", "/product/assessments", None).await;
    let list = list.unwrap().body;
    let mut rows = list.as_array().unwrap().iter();
    rows.find(|row| row["id"] == *id).unwrap().clone()
}

async fn stage_account(stage: &Demo) -> AccountId {
    use greenhouse_core::store::Records;
    let store = server::databases::open(&stage.config).await.unwrap();
    let page = store.accounts(None, 1).await.unwrap();
    store.close().await;
    page.accounts[0].clone()
}

const LOG: &str = "/api/integrations/greenhouse/sync-log";
