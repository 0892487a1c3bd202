//! The section of the tests by stage: without the script, a test is added in two steps and removed.

use serde_json::{Value, json};

use crate::{
    form_fields::{of_section, pairs, problems_at, set},
    scorecard::stored,
    stage::Stage,
};

/// The page with a chosen job, and the fields of the last form that adds a test.
async fn opened(stage: &Stage) -> String {
    let job = stage.job.job_id;
    let page = stage.get(&format!("/push?stage_tests.job={job}")).await;
    page.body
}

async fn tests(stage: &Stage) -> Value {
    stored(stage).await["settings"]["stage_tests"].clone()
}

#[tokio::test]
async fn a_test_is_added_shown_and_removed() {
    let stage = Stage::set_up().await;
    assert_eq!(tests(&stage).await, json!([]));
    let page = stage.get("/push").await.body;
    assert!(page.contains("No stage has a test."));
    assert!(
        !page.contains("gh-stage_tests-scenario"),
        "the job comes first"
    );

    assert!(page.contains("/mounted/push?add=stage-test#stage-tests"));
    let page = stage.get("/push?add=stage-test").await.body;
    assert!(page.contains("gh-stage_tests-job"), "the jobs are offered");

    let page = opened(&stage).await;
    let (job, id) = (stage.job.job_id, stage.job.stage("Offer").unwrap());
    let mut form = of_section(&page, "stage-tests");
    set(&mut form, "stage_tests.stage", &id.to_string());
    set(&mut form, "stage_tests.scenario", "case-study");
    let added = stage.post("/push/stage-tests", &pairs(&form)).await;
    let address = "/mounted/push?saved=stage-tests#stage-tests";
    assert_eq!(added.location.as_deref(), Some(address), "{}", added.body);
    let expected = json!([{"job": job, "stage": id, "scenario": "case-study"}]);
    assert_eq!(tests(&stage).await, expected);
    let page = stage.get("/push").await.body;
    assert!(page.contains("Remove test"));

    // A second test of the stage is refused at its field, and what was typed is kept.
    let page = opened(&stage).await;
    let mut form = of_section(&page, "stage-tests");
    form.retain(|(name, _)| name != "remove");
    set(&mut form, "stage_tests.stage", &id.to_string());
    set(&mut form, "stage_tests.scenario", "case-study");
    let refused = stage.post("/push/stage-tests", &pairs(&form)).await;
    assert_eq!(refused.status, 422);
    let shown = problems_at(&refused.body, "gh-stage_tests-stage").unwrap();
    assert!(shown.contains("has two tests"), "{shown}");
    assert_eq!(tests(&stage).await, expected);

    let version = stored(&stage).await["version"].to_string();
    let id = id.to_string();
    let removal = [("version", version.as_str()), ("remove", &id)];
    let removed = stage.post("/push/stage-tests", &removal).await;
    assert_eq!(
        removed.location.as_deref(),
        Some(address),
        "{}",
        removed.body
    );
    assert_eq!(tests(&stage).await, json!([]));
}
