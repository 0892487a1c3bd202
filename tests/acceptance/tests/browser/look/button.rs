use axum_host::Axum;
use mock_greenhouse::{Fault, FaultKind};
use serde_json::json;

use super::{
    entries::{several_candidates, waiting},
    inspection::Inspection,
    states::BUTTON,
};
use crate::{
    operator::{change, open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let mut look = Inspection::new(&page, BUTTON);
    sign_in(&page, &stage).await;
    change(&stage, "push", |stored| {
        stored["trigger"] = json!({ "kind": "manual" })
    })
    .await;
    let button =
        async |assessment: &str| open(&page, &stage, &format!("button/{assessment}")).await;

    let noor = stage.start_assessment("Noor", "Haddad").await;
    button(&noor).await;
    look.state("button: not completed").await;
    stage.complete(&noor, 90.0).await;
    button(&noor).await;
    look.state("button: ready").await;
    stage.push(&noor).await;
    button(&noor).await;
    look.state("button: in Greenhouse").await;

    stage.fail_next("POST", "/v3/candidates", 422);
    let lena = stage.completed("Lena", "Vogt", 91.0).await;
    stage.push(&lena).await;
    button(&lena).await;
    look.state("button: failed").await;
    several_candidates(&stage, "Ada");
    let ada = stage.completed("Ada", "Haddad", 80.0).await;
    stage.push(&ada).await;
    button(&ada).await;
    look.state("button: several candidates").await;

    change(&stage, "push", |stored| {
        stored["trigger"] = json!({ "kind": "on_complete" })
    })
    .await;
    let omar = waiting(&stage, "Omar").await;
    button(&omar).await;
    look.state("button: waiting").await;
    stage.greenhouse().clear_faults();
    button("unknown").await;
    look.state("button: unknown assessment").await;
    let new = json!({
        "scenario": "discovery-call",
        "person": { "first_name": "Jana", "last_name": "Weber", "email": "jana@example.org" },
    });
    let started = stage.ask("POST", "/product/assessments", Some(new)).await.1;
    let jana = started["assessment"].as_str().unwrap();
    stage.complete(jana, 70.0).await;
    let enable =
        async |on: bool| change(&stage, "push", |stored| stored["enabled"] = json!(on)).await;
    change(&stage, "push", |stored| {
        stored["trigger"] = json!({ "kind": "manual" })
    })
    .await;
    let max = stage.completed("Max", "Weber", 70.0).await;
    enable(false).await;
    button(&max).await;
    look.state("button: push switched off").await;
    enable(true).await;
    button(jana).await;
    look.state("button: without a job").await;

    // The stalled push would delay the end of the server, so the stage is dropped.
    change(&stage, "push", |stored| {
        stored["trigger"] = json!({ "kind": "on_complete" })
    })
    .await;
    let stalled = Fault::new("GET", "/v3/candidates", FaultKind::StallApplied);
    stage.greenhouse().add_fault(stalled.next(2));
    let nora = stage.completed("Nora", "Costa", 88.0).await;
    button(&nora).await;
    page.wait_for_text("Pushing…").await;
    look.state("button: pushing").await;
    look.end();
}
