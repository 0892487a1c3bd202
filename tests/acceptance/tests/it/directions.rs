//! Each direction works with the others switched off, and asks for nothing of theirs.

use axum_host::demo::Stage;
use reqwest::Method;
use serde_json::json;

use crate::http::{answer, request};

#[tokio::test(flavor = "multi_thread")]
async fn assessments_alone() {
    let stage = Stage::set_with(|settings| (settings.push, settings.sync) = (None, None))
        .await
        .unwrap();
    let tests = stage.greenhouse.list_tests().await.unwrap();
    assert_eq!(tests.len(), 2);
    let sent = stage
        .greenhouse
        .send_test(stage.applicant, "discovery-call")
        .await
        .unwrap();
    assert!(sent.partner_interview_id.is_some());

    let (status, _) = answer(request(&stage, Method::POST, hook_path(&stage)).body("{}")).await;
    assert_eq!(status, 404, "webhooks are switched off");
    let push = stage
        .recruiter
        .ask("POST", "/api/integrations/greenhouse/push/any", None)
        .await
        .unwrap();
    assert_eq!(push.status, 404, "{push:?}");
    assert_no_check_named(&stage, "harvest_credential").await;
    stage.strike().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_push_alone() {
    let stage = Stage::set_with(|settings| (settings.assessments, settings.sync) = (None, None))
        .await
        .unwrap();
    assert!(
        stage.greenhouse.list_tests().await.is_err(),
        "the assessment endpoints are switched off"
    );

    let id = finished(&stage, "account-executive", 90.0).await;
    let before = stage.counts();
    let path = format!("/api/integrations/greenhouse/push/{id}");
    let pushed = stage.recruiter.ask("POST", &path, None).await.unwrap();
    assert_eq!(
        (pushed.status, &pushed.body["state"]),
        (200, &json!("done")),
        "{pushed:?}"
    );
    // The trigger may have pushed it before the button did; either way there is one of each.
    let after = stage.counts();
    assert!(
        after == before.plus_one() || after == before,
        "{before:?} {after:?}"
    );
    assert_eq!(stage.greenhouse.attachments().len(), 1);
    assert_eq!(stage.greenhouse.notes().len(), 1);
    stage.strike().await.unwrap();
}

fn hook_path(stage: &Stage) -> &str {
    stage.hook.0.strip_prefix(&stage.host_url).unwrap()
}

async fn assert_no_check_named(stage: &Stage, name: &str) {
    let health = stage
        .recruiter
        .ask("GET", "/api/integrations/greenhouse/health", None)
        .await
        .unwrap();
    let checks = health.body["checks"].as_array().unwrap();
    assert!(
        checks.iter().all(|check| check["name"] != *name),
        "{checks:?}"
    );
}

/// An assessment that was taken and completed outside Greenhouse.
pub(crate) async fn finished(stage: &Stage, job: &str, score: f64) -> String {
    let id = taken(stage, job).await;
    let path = format!("/product/assessments/{id}/complete");
    let done = stage
        .recruiter
        .ask("POST", &path, Some(&json!({ "score": score })))
        .await
        .unwrap();
    assert_eq!(done.status, 200, "{done:?}");
    id
}

pub(crate) async fn taken(stage: &Stage, job: &str) -> String {
    let person =
        json!({ "first_name": "Noor", "last_name": "Haddad", "email": "noor@example.org" });
    let new = json!({ "scenario": "discovery-call", "job": job, "person": person });
    let taken = stage
        .recruiter
        .ask("POST", "/product/assessments", Some(&new))
        .await
        .unwrap();
    assert_eq!(taken.status, 201, "{taken:?}");
    taken.body["assessment"].as_str().unwrap().to_owned()
}
