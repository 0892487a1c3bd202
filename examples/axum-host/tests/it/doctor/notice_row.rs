//! A completion notice that Greenhouse refuses, starting with the invitation.

use std::{future::pending, sync::Arc};

use axum_host::Axum;
use bytes::Bytes;
use greenhouse_core::{
    ScenarioId,
    health::CheckState::Problem,
    platform::Scenario,
    settings::{AssessmentSettings, KeyDigest},
};
use http::{Request, StatusCode, header};
use mock_greenhouse::Partner;
use serde_json::{Value, json};
use server::{Host, framework, settings::SettingsOf};
use tokio::net::TcpListener;

use super::{Row, scene::Scene};

pub(super) const ROWS: &[Row] = &[Row {
    about: "notices",
    level: Problem,
    told: "1 completion notice failed in the last day",
    remedy: "retry the failed notices in the sync log",
    wrong: |scene| Box::pin(refuse_a_notice(scene)),
    right: |scene| Box::pin(retry(scene)),
    besides: &[],
}];

/// Sends a test and completes it. Greenhouse refuses the notice's credential.
async fn refuse_a_notice(scene: &mut Scene) {
    scene.account.scenarios = vec![Scenario {
        id: ScenarioId::new("discovery-call"),
        name: "Discovery call".to_owned(),
    }];
    let key = "gpk_canary-of-this-row";
    let known = scene.account.assessments.take().unwrap();
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of(key)]);
    assessments.completion = known.completion;
    scene.account.assessments = Some(assessments);
    scene.apply().await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/greenhouse", listener.local_addr().unwrap());
    let host = Arc::new(scene.host().await);
    let serving = Arc::clone(&host);
    tokio::spawn(async move { framework::serve(&Axum, listener, serving, pending()).await });
    let greenhouse = &scene.greenhouse;
    let address = |name: &str| format!("{url}/{name}");
    greenhouse.set_partner(Partner::new(
        address("list-tests"),
        address("send-test"),
        address("test-status"),
        address("response-error"),
        key,
    ));
    let candidate = greenhouse.seed_candidate("Canary", "Canary", "canary@example.org");
    let application = greenhouse.seed_application(candidate, scene.job()).unwrap();
    greenhouse
        .send_test(application, "discovery-call")
        .await
        .unwrap();
    scene.serve().await;
    let listed = ask(&host, "GET", "/product/assessments", "").await;
    let assessment = listed[0]["id"].as_str().unwrap();
    let result = json!({"score": 82.5, "traits": [], "summary": "Listens well."});
    let complete = format!("/product/assessments/{assessment}/complete");
    ask(&host, "POST", &complete, &result.to_string()).await;
    scene.serve().await;
}

/// Fixes the credential and retries, as an operator does.
async fn retry(scene: &mut Scene) {
    let right = scene.greenhouse.completion_credential();
    let completion = json!({"user": right.username, "password": right.password});
    let of = SettingsOf::Assessments;
    scene.set_member(of, "completion", completion).await;
    let host = scene.host().await;
    let log = "/api/integrations/greenhouse/sync-log";
    let failed = ask(&host, "GET", &format!("{log}?status=failed"), "").await;
    let entries = failed["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{failed}");
    let entry = entries[0]["id"].to_string();
    let entry = entry.trim_matches('"');
    ask(&host, "POST", &format!("{log}/{entry}/retry"), "").await;
    host.close().await;
    scene.serve().await;
}

async fn ask(host: &Host, method: &str, path: &str, body: &str) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, "Bearer token")
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    let answer = host.handle(request).await;
    let status = answer.status();
    assert!(
        status.is_success() || status == StatusCode::ACCEPTED,
        "{method} {path}: {status}: {:?}",
        answer.body()
    );
    serde_json::from_slice(answer.body()).unwrap_or_default()
}
