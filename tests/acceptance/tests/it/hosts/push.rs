//! A failed push that a person retries.

use serde_json::{Value, json};
use server::demo::{Answer, Demo};

use super::{directions::finished, setup::Setup};

pub(crate) async fn a_failed_automatic_push_waits_for_a_persons_choice(setup: Setup) {
    let stage = setup.stage().await;
    let one = stage
        .greenhouse
        .seed_candidate("Noor", "Haddad", "noor@example.org");
    let other = stage
        .greenhouse
        .seed_candidate("N.", "Haddad", "noor@example.org");
    let before = stage.counts();

    // The trigger pushes the assessment, but several candidates match.
    let id = finished(&stage, "account-executive", 90.0).await;
    let entry = settled(&stage, &id).await;
    assert_eq!(
        (&entry["status"], &entry["retry"]),
        (&json!("failed"), &json!(true))
    );
    let text = entry["text"].as_str().unwrap();
    assert!(
        text.contains(&one.to_string()) && text.contains(&other.to_string()),
        "{text}"
    );

    // Another completion event is not a retry.
    let exchanges = stage.greenhouse.exchanges().len();
    let path = format!("/product/assessments/{id}/complete");
    let repeat = ask(&stage, "POST", &path, Some(json!({ "score": 90.0 }))).await;
    assert_eq!(repeat.status, 200, "{repeat:?}");
    assert_eq!(settled(&stage, &id).await, entry);
    assert_eq!(stage.greenhouse.exchanges().len(), exchanges);

    // A retry finds the same candidates and writes nothing.
    let retry = format!("{LOG}/{}/retry", entry["id"]);
    let retried = ask(&stage, "POST", &retry, None).await;
    assert_eq!(
        (retried.status, &retried.body["state"]),
        (200, &json!("failed"))
    );
    assert_eq!(retried.body["error"]["code"], "several_candidates");
    assert_eq!(
        retried.body["error"]["candidates"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(stage.counts(), before);

    let push = format!("/api/integrations/greenhouse/push/{id}");
    let chosen = ask(&stage, "POST", &push, Some(json!({ "candidate_id": one }))).await;
    assert_eq!(
        (chosen.status, &chosen.body["state"]),
        (200, &json!("done")),
        "{chosen:?}"
    );
    assert_eq!(chosen.body["candidate"], one);
    assert_eq!(
        stage.greenhouse.candidates().len(),
        3,
        "no candidate was created"
    );
    assert_eq!(stage.greenhouse.attachments().len(), 1);
    assert_eq!(stage.greenhouse.notes().len(), 1);
    let entry = settled(&stage, &id).await;
    assert_eq!(
        (&entry["status"], &entry["retry"]),
        (&json!("done"), &json!(false))
    );
    let refused = ask(&stage, "POST", &retry, None).await;
    assert_eq!(
        (refused.status, &refused.body["error"]["code"]),
        (409, &json!("not_failed"))
    );
    stage.stop().await.unwrap();
}

/// Returns the sync log entry of the assessment's push when it is no longer pending.
async fn settled(stage: &Demo, assessment: &str) -> Value {
    let path = format!("{LOG}?assessment={assessment}");
    for _ in 0..200 {
        let entry = ask(stage, "GET", &path, None).await.body["entries"][0].clone();
        if entry["status"] != "pending" {
            return entry;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the push did not end");
}

async fn ask(stage: &Demo, method: &str, path: &str, body: Option<Value>) -> Answer {
    stage.client.ask(method, path, body.as_ref()).await.unwrap()
}

const LOG: &str = "/api/integrations/greenhouse/sync-log";
