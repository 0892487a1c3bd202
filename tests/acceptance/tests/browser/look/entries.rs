use axum_host::Axum;
use mock_greenhouse::{Fault, FaultKind};
use serde_json::json;

use super::{inspection::Inspection, states::ENTRIES};
use crate::{
    operator::{change, open, sign_in},
    page::Page,
    stage::Stage,
    wait,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let mut look = Inspection::new(&page, ENTRIES);
    sign_in(&page, &stage).await;
    let done = pushed(&stage, "Noor", 90.0).await;
    open(&page, &stage, &done).await;
    look.state("entry: done").await;
    open(&page, &stage, "activity").await;
    page.js(
        "document.querySelector('[data-rows] a[data-drawer]').click()",
        vec![],
    )
    .await;
    page.wait_until(
        "the drawer",
        "return !!document.querySelector('dialog .gh-facts')",
    )
    .await;
    look.state("entry: drawer").await;

    stage.fail_next("POST", "/v3/candidates", 422);
    let failed = pushed(&stage, "Lena", 91.0).await;
    open(&page, &stage, &failed).await;
    look.state("entry: failed").await;
    several_candidates(&stage, "Ada");
    let several = pushed(&stage, "Ada", 80.0).await;
    open(&page, &stage, &several).await;
    look.state("entry: several candidates").await;
    let waiting = waiting(&stage, "Omar").await;
    let entry = stage.log(&format!("?assessment={waiting}")).await;
    open(&page, &stage, &format!("activity/{}", entry[0]["id"])).await;
    look.state("entry: waiting").await;
    stage.greenhouse().clear_faults();
    let skipped = pushed(&stage, "Tess", 41.0).await;
    open(&page, &stage, &skipped).await;
    look.state("entry: skipped").await;
    open(&page, &stage, &failed).await;
    change(&stage, "push", |stored| {
        stored["jobs"] = json!({});
        stored["enabled"] = json!(false);
    })
    .await;
    page.submit("form[action$='/retry']", &[]).await;
    look.state("entry: refused retry").await;
    look.end();
    stage.stop().await;
}

/// Completes an assessment. Returns the page of its entry.
async fn pushed(stage: &Stage, name: &str, score: f64) -> String {
    let assessment = stage.completed(name, "Haddad", score).await;
    let entry = stage.settled(&assessment).await;
    format!("activity/{}", entry["id"])
}

/// Adds two candidates with the address of an assessed one.
pub(super) fn several_candidates(stage: &Stage, name: &str) {
    let email = format!("{}@example.org", name.to_lowercase());
    for last in ["Haddad", "Haddad-Lind"] {
        stage.greenhouse().seed_candidate(name, last, &email);
    }
}

/// Completes an assessment whose push waits for Greenhouse. Returns its id.
pub(super) async fn waiting(stage: &Stage, name: &str) -> String {
    let kind = FaultKind::Status {
        status: 503,
        applied: false,
    };
    let fault = Fault::new("GET", "/v3/candidates", kind);
    stage.greenhouse().add_fault(fault.every());
    let assessment = stage.completed(name, "Said", 77.0).await;
    wait::until("the waiting push", async || {
        let push = stage
            .ask("GET", &format!("push/{assessment}"), None)
            .await
            .1;
        push["state"] == "waiting"
    })
    .await;
    assessment
}
