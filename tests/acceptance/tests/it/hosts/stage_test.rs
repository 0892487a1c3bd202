//! A test that is sent because an application entered a stage.

use std::time::Duration;

use serde_json::{Value, json};
use server::demo::Demo;

use super::setup::Setup;

/// The recruiter moves an application, Greenhouse sends its signed webhook, and the candidate
/// takes the test. Score and report then are on that application. There is no partner key.
pub(crate) async fn an_entry_into_a_stage_invites_once_and_the_result_returns(setup: Setup) {
    let stage = setup
        .setting()
        .with(|account| account.assessments = None)
        .start()
        .await
        .unwrap();
    let greenhouse = &stage.greenhouse;
    let plan = ["Application Review", "Take Home Test", "Offer"];
    let job = greenhouse.seed_job("Sales Engineer", &plan);
    let tested = job.stage("Take Home Test").unwrap();
    let candidate = greenhouse.seed_candidate("Grace", "Hopper", "grace@example.org");
    let application = greenhouse.seed_application(candidate, job.job_id).unwrap();

    let test = json!({"job": job.job_id, "stage": tested, "scenario": "discovery-call"});
    let refused = save(&stage, json!([test, test])).await;
    assert_eq!(refused.0, 422, "{}", refused.1);
    let saved = save(&stage, json!([test])).await;
    assert_eq!(saved.0, 200, "{}", saved.1);

    for _ in 0..2 {
        let sent = greenhouse.move_to(application, tested).await.unwrap();
        assert!(!sent.is_empty());
        invited(&stage, 1).await;
        // A candidate who leaves the stage and enters it again receives no second test.
        let first = job.stage("Application Review").unwrap();
        greenhouse.move_to(application, first).await.unwrap();
    }
    greenhouse.move_to(application, tested).await.unwrap();
    let assessment = invited(&stage, 1).await;
    assert_eq!(assessment["scenario"], "discovery-call", "{assessment}");

    let id = assessment["id"].as_str().unwrap();
    let path = format!("/product/assessments/{id}/complete");
    let done = ask(&stage, "POST", &path, Some(json!({ "score": 90.0 }))).await;
    assert_eq!(done.0, 200, "{}", done.1);
    for _ in 0..400 {
        if stage.note_of(application).is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(stage.note_of(application).unwrap().contains("90"));
    let reports = greenhouse.attachments();
    let reports = reports
        .iter()
        .filter(|report| report.application_id == application);
    assert_eq!(reports.count(), 1);
    assert_eq!(invited(&stage, 1).await["id"], id);
    assert!(greenhouse.unexpected().is_empty());
    stage.stop().await.unwrap();
}

async fn save(stage: &Demo, tests: Value) -> (u16, Value) {
    let (_, read) = ask(stage, "GET", SETTINGS, None).await;
    let mut settings = read["settings"].clone();
    settings["stage_tests"] = tests;
    let body = json!({ "version": read["version"], "settings": settings });
    ask(stage, "PUT", SETTINGS, Some(body)).await
}

/// Waits until the product has this number of invited assessments. Returns the first.
async fn invited(stage: &Demo, number: usize) -> Value {
    for _ in 0..400 {
        let rows = ask(stage, "GET", "/product/assessments", None).await.1;
        let rows: Vec<Value> = serde_json::from_value(rows).unwrap();
        let own: Vec<&Value> = rows
            .iter()
            .filter(|row| !row["invitation"].is_null())
            .collect();
        assert!(own.len() <= number, "{own:?}");
        if own.len() == number {
            return own[0].clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the candidate was not invited");
}

async fn ask(stage: &Demo, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let answer = stage.client.ask(method, path, body.as_ref()).await.unwrap();
    (answer.status, answer.body)
}

const SETTINGS: &str = "/api/integrations/greenhouse/settings/push";
